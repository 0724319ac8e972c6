package dev.spendwarden.policy;

import dev.spendwarden.burn.DailySeries;
import dev.spendwarden.burn.DateSpan;
import dev.spendwarden.burn.Experience;
import dev.spendwarden.burn.Forecast;
import dev.spendwarden.burn.Forecaster;
import dev.spendwarden.burn.SettlingCurve;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.ledger.BudgetSeries;
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

  private final Map<BudgetSeries, Said> said = new WeakHashMap<>();

  /// What was forecast, and from what.
  private record Said(
      long revision,
      long hour,
      LocalDate day,
      DateSpan span,
      double spent,
      Experience experience,
      Forecast forecast) {

    boolean isOf(LocalDate nowDay, DateSpan nowSpan) {
      return day.equals(nowDay) && span.equals(nowSpan);
    }

    boolean stillHolds(long nowRevision, long nowHour, DateSpan nowSpan, double nowSpent) {
      return revision == nowRevision
          && hour == nowHour
          && span.equals(nowSpan)
          && spent == nowSpent;
    }
  }

  /// @param dataAsOf up to when the figures tell
  /// @param spent in the period, as the ledger says
  Forecast forecast(
      BudgetSeries series,
      Period period,
      Instant dataAsOf,
      Unit unit,
      boolean gross,
      double spent) {
    long hour = dataAsOf.getEpochSecond() / Duration.ofHours(1).toSeconds();
    LocalDate today = LocalDate.ofInstant(dataAsOf, ZoneOffset.UTC);
    DateSpan span = span(period, today);
    @Nullable Said before = said.get(series);
    if (before != null && before.stillHolds(series.revision(), hour, span, spent)) {
      return before.forecast();
    }
    DailySeries days = days(series, dataAsOf, today, unit, gross);
    Experience experience =
        before != null && before.isOf(today, span)
            ? before.experience()
            : Experience.of(days, span);
    Forecast forecast = Forecaster.forecast(days, span, spent, experience);
    said.put(series, new Said(series.revision(), hour, today, span, spent, experience, forecast));
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

  private static DailySeries days(
      BudgetSeries series, Instant dataAsOf, LocalDate today, Unit unit, boolean gross) {
    Instant from = dataAsOf.minus(HISTORY);
    double[] amounts = series.daily(from, dataAsOf, unit, gross);
    Instant midnight = today.atStartOfDay(ZoneOffset.UTC).toInstant();
    double gone = Duration.between(midnight, dataAsOf).toMillis() / 86_400_000.0;
    return DailySeries.of(
        LocalDate.ofInstant(from, ZoneOffset.UTC), amounts, gone, SettlingCurve.IDENTITY);
  }
}
