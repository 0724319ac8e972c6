package dev.spendwarden.alert;

import dev.spendwarden.charge.ChargePeriod;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.ledger.BudgetSeries;
import dev.spendwarden.ledger.Day;
import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Policy;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/// What a budget spent day by day: what its chart is drawn from. Immutable.
///
/// @param latest the assessment that holds the unit, the limit and the forecast
/// @param opening what was spent in the period but on no day that is known: what a counter showed
///   when it was first read. Zero where the days do not begin with the period
/// @param days in order, without gaps; amounts in the unit of `latest`
/// @param settledBefore days that ended by then are final, later ones are provisional
public record BudgetHistory(
    Assessment latest, BigDecimal opening, List<Day> days, Instant settledBefore) {

  public BudgetHistory {
    days = List.copyOf(days);
  }

  /// As far back as the days go: a year, and some to look back at its beginning.
  static final Duration LONGEST = Duration.ofDays(400);

  /// @param from where the days begin; empty: with the period of `latest`
  /// @param to where they end; empty, or later than `now`: now
  static BudgetHistory of(
      Policy policy,
      Assessment latest,
      BudgetSeries series,
      Unit unit,
      Optional<Instant> from,
      Optional<Instant> to,
      Instant now) {
    Instant end = to.filter(asked -> asked.isBefore(now)).orElse(now);
    Instant earliest = end.minus(LONGEST);
    Instant asked = from.orElse(latest.period().start());
    Instant start = asked.isBefore(earliest) ? earliest : asked;
    List<Day> days =
        start.isBefore(end)
            ? series.days(new ChargePeriod(start, end), unit, policy.gross())
            : List.of();
    BigDecimal inDays = days.stream().map(Day::spent).reduce(BigDecimal.ZERO, BigDecimal::add);
    boolean ofPeriod = from.isEmpty() && to.isEmpty();
    BigDecimal opening =
        ofPeriod ? latest.spent().orElse(inDays).subtract(inDays) : BigDecimal.ZERO;
    Instant settledBefore = series.billedByDay() ? now.minus(BudgetSeries.SETTLING) : now;
    return new BudgetHistory(latest, opening, days, settledBefore);
  }

  public boolean isSettled(Day day) {
    Instant end = day.day().plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    return !end.isAfter(settledBefore);
  }
}
