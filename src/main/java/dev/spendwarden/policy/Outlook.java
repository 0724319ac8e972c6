package dev.spendwarden.policy;

import dev.spendwarden.burn.DailySeries;
import dev.spendwarden.burn.DateSpan;
import dev.spendwarden.burn.DayUse;
import dev.spendwarden.burn.Experience;
import dev.spendwarden.burn.Forecast;
import dev.spendwarden.burn.Forecaster;
import dev.spendwarden.burn.Hindsight;
import dev.spendwarden.burn.Pattern;
import dev.spendwarden.burn.SettlingCurve;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.ledger.BudgetSeries;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/// Forecasts one budget and remembers what it said. A forecast is made anew when the budget's
/// figures have changed, of counters also once an hour, for what has not been spent by now says
/// something too, and of daily charges after a day or when late days are completed otherwise; the
/// costly half of it (how wrong it was before) once a day. Every budget's hour begins at a minute
/// of its own, so that not all of them are forecast at once. Not thread-safe.
final class Outlook {

  /// As far back as the forecaster looks in a month: half a year of its own errors, the first of
  /// them a month long, each on the sixteen weeks before it.
  private static final Duration HISTORY = Duration.ofDays(180 + 31 + 16 * 7);

  private static final long HOUR = Duration.ofHours(1).toSeconds();
  private static final long DAY = Duration.ofDays(1).toSeconds();

  private @Nullable Said said;

  /// What was forecast, and from what.
  private record Said(
      long revision,
      Instant madeOf,
      Instant holdsUntil,
      LocalDate day,
      DateSpan span,
      double spent,
      SettlingCurve curve,
      Hindsight hindsight,
      Experience experience,
      Pattern pattern,
      Forecast forecast) {

    /// Whether data of then is neither older nor so much newer that it is forecast anew.
    boolean isFor(Instant dataAsOf) {
      return !dataAsOf.isBefore(madeOf) && dataAsOf.isBefore(holdsUntil);
    }

    boolean isOf(LocalDate nowDay, DateSpan nowSpan) {
      return day.equals(nowDay) && span.equals(nowSpan);
    }

    boolean stillHolds(
        long nowRevision,
        Instant dataAsOf,
        DateSpan nowSpan,
        double nowSpent,
        SettlingCurve nowCurve) {
      return revision == nowRevision
          && isFor(dataAsOf)
          && span.equals(nowSpan)
          && spent == nowSpent
          && curve.equals(nowCurve);
    }
  }

  /// @param dataAsOf up to when the figures tell
  /// @param spent in the period, as the ledger says
  /// @param curve how complete the newest days are
  Forecast forecast(
      BudgetSeries series,
      Period period,
      Instant dataAsOf,
      Unit unit,
      boolean gross,
      double spent,
      SettlingCurve curve) {
    LocalDate today = LocalDate.ofInstant(dataAsOf, ZoneOffset.UTC);
    DateSpan span = span(period, today);
    @Nullable Said before = said;
    if (before != null && before.stillHolds(series.revision(), dataAsOf, span, spent, curve)) {
      return before.forecast();
    }
    DailySeries days = days(series, dataAsOf, unit, gross, curve);
    Hindsight hindsight = before == null ? Hindsight.NONE : before.hindsight();
    Experience experience;
    if (before != null && before.isOf(today, span)) {
      experience = before.experience();
    } else {
      hindsight = Hindsight.of(days, span, hindsight);
      experience = Experience.of(days, span, hindsight);
    }
    Pattern pattern =
        Pattern.of(days, span, spent, before == null ? Pattern.NONE : before.pattern());
    Forecast forecast = Forecaster.forecast(days, span, spent, experience, pattern);
    said =
        new Said(
            series.revision(),
            dataAsOf,
            holdsUntil(series, dataAsOf),
            today,
            span,
            spent,
            curve,
            hindsight,
            experience,
            pattern,
            forecast);
    return forecast;
  }

  /// How new data must be for what was forecast last to be forecast anew though no figure has
  /// changed; where that was not asked for lately, for what would be forecast now.
  Instant standsUntil(BudgetSeries series, Instant dataAsOf) {
    @Nullable Said last = said;
    return last != null && last.isFor(dataAsOf) ? last.holdsUntil() : holdsUntil(series, dataAsOf);
  }

  /// The figures of daily charges come once a day, and what they do not know yet is as unknown a
  /// few hours later.
  private static Instant holdsUntil(BudgetSeries series, Instant madeOf) {
    if (series.billedByDay()) {
      return madeOf.plusSeconds(DAY);
    }
    long second = madeOf.getEpochSecond();
    long midnight = (Math.floorDiv(second, DAY) + 1) * DAY;
    long offset = series.minute() * 60L;
    long hour = (Math.floorDiv(second + offset, HOUR) + 1) * HOUR - offset;
    return Instant.ofEpochSecond(Math.min(hour, midnight));
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
      BudgetSeries series,
      Period period,
      Instant dataAsOf,
      Unit unit,
      boolean gross,
      double spent,
      SettlingCurve curve) {
    DateSpan span = span(period, LocalDate.ofInstant(dataAsOf, ZoneOffset.UTC));
    DailySeries days = days(series, dataAsOf, unit, gross, curve);
    return new DayUse.Basis(
        forecast(series, period, dataAsOf, unit, gross, spent, curve),
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
