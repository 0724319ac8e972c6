package dev.spendwarden.policy;

import dev.spendwarden.burn.DailySeries;
import dev.spendwarden.burn.DateSpan;
import dev.spendwarden.burn.DayUse;
import dev.spendwarden.burn.Experience;
import dev.spendwarden.burn.Forecast;
import dev.spendwarden.burn.Forecaster;
import dev.spendwarden.burn.SettlingCurve;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.ledger.BudgetSeries;
import dev.spendwarden.ledger.Ledger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/// Forecasts budgets and remembers what it said: a forecast is made anew when the budget's figures
/// or the hour have changed, and the costly half of it (how wrong it was before) once a day. Not
/// thread-safe.
final class Outlook {

  /// As far back as the forecaster looks: its baseline's twelve weeks and half a year of its own
  /// errors.
  private static final Duration HISTORY = Duration.ofDays(210);

  private final Settling settling;
  private final Map<BudgetSeries, Said> said = new WeakHashMap<>();

  Outlook(Ledger ledger) {
    this.settling = new Settling(ledger);
  }

  /// What was forecast, and from what.
  private record Said(
      long revision,
      long hour,
      LocalDate day,
      DateSpan span,
      double spent,
      SettlingCurve curve,
      Experience experience,
      Forecast forecast) {

    boolean isOf(LocalDate nowDay, DateSpan nowSpan) {
      return day.equals(nowDay) && span.equals(nowSpan);
    }

    boolean stillHolds(
        long nowRevision, long nowHour, DateSpan nowSpan, double nowSpent, SettlingCurve nowCurve) {
      return revision == nowRevision
          && hour == nowHour
          && span.equals(nowSpan)
          && spent == nowSpent
          && curve.equals(nowCurve);
    }
  }

  /// @param dataAsOf up to when the figures tell
  /// @param spent in the period, as the ledger says
  Forecast forecast(
      Policy policy,
      BudgetSeries series,
      Period period,
      Instant dataAsOf,
      Unit unit,
      double spent) {
    long hour = dataAsOf.getEpochSecond() / Duration.ofHours(1).toSeconds();
    LocalDate today = LocalDate.ofInstant(dataAsOf, ZoneOffset.UTC);
    DateSpan span = span(period, today);
    SettlingCurve curve = settling.of(policy.selection().sources(), series, unit, dataAsOf);
    @Nullable Said before = said.get(series);
    if (before != null && before.stillHolds(series.revision(), hour, span, spent, curve)) {
      return before.forecast();
    }
    DailySeries days = days(series, dataAsOf, unit, policy.gross(), curve);
    Experience experience =
        before != null && before.isOf(today, span)
            ? before.experience()
            : Experience.of(days, span);
    Forecast forecast = Forecaster.forecast(days, span, spent, experience);
    said.put(
        series, new Said(series.revision(), hour, today, span, spent, curve, experience, forecast));
    return forecast;
  }

  /// The days of the period; without an end by the calendar just today, which is all that a pace
  /// needs.
  private static DateSpan span(Period period, LocalDate today) {
    boolean endless = period.end().equals(Period.FAR_FUTURE);
    return endless
        ? new DateSpan(today, today.plusDays(1))
        : DateSpan.ofUtcDays(period.start(), period.end());
  }

  /// What the forecast of a budget rests on, for explanations.
  DayUse.Basis basis(
      Policy policy,
      BudgetSeries series,
      Period period,
      Instant dataAsOf,
      Unit unit,
      double spent) {
    SettlingCurve curve = settling.of(policy.selection().sources(), series, unit, dataAsOf);
    DateSpan span = span(period, LocalDate.ofInstant(dataAsOf, ZoneOffset.UTC));
    DailySeries days = days(series, dataAsOf, unit, policy.gross(), curve);
    return new DayUse.Basis(
        forecast(policy, series, period, dataAsOf, unit, spent),
        curve,
        DayUse.of(days, span, spent));
  }

  private static DailySeries days(
      BudgetSeries series, Instant dataAsOf, Unit unit, boolean gross, SettlingCurve curve) {
    Instant from = dataAsOf.minus(HISTORY);
    double[] amounts = series.daily(from, dataAsOf, unit, gross);
    LocalDate today = LocalDate.ofInstant(dataAsOf, ZoneOffset.UTC);
    Instant midnight = today.atStartOfDay(ZoneOffset.UTC).toInstant();
    double gone = Duration.between(midnight, dataAsOf).toMillis() / 86_400_000.0;
    return DailySeries.of(LocalDate.ofInstant(from, ZoneOffset.UTC), amounts, gone, curve);
  }
}
