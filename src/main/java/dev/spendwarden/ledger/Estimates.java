package dev.spendwarden.ledger;

import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.ChargePeriod;
import dev.spendwarden.charge.Estimate;
import dev.spendwarden.charge.Unit;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/// What one budget's sources estimate for inside the day. Kept in memory only: after a start they
/// are not known until the first poll. Not thread-safe.
final class Estimates {

  private static final Duration HOUR = Duration.ofHours(1);

  /// By source; empty: the source makes estimates and none has come yet.
  private final Map<String, Optional<Estimate>> bySource = new HashMap<>();

  /// From now on the pace inside a day is not known while `source` has given no estimate.
  void expect(String source) {
    bySource.putIfAbsent(source, Optional.empty());
  }

  void put(String source, Estimate estimate) {
    bySource.put(source, Optional.of(estimate));
  }

  /// Whether the pace of `source` inside a day comes from here rather than from whole days.
  boolean speakFor(String source) {
    return bySource.containsKey(source);
  }

  boolean areNone() {
    return bySource.isEmpty();
  }

  /// Units a second over the whole hours nearest to `window` that ended by `dataAsOf`; empty when
  /// an estimate does not reach that far or has not come yet.
  OptionalDouble perSecond(Duration window, Instant dataAsOf, Unit unit, boolean gross) {
    double perSecond = 0;
    for (Optional<Estimate> known : bySource.values()) {
      if (known.isEmpty()) {
        return OptionalDouble.empty();
      }
      ChargePeriod covered = known.get().covered();
      ChargePeriod hours = hours(window, dataAsOf, covered.end());
      if (hours.start().isBefore(covered.start())) {
        return OptionalDouble.empty();
      }
      perSecond += sum(known.get().charges(), hours, unit, gross) / hours.length().toSeconds();
    }
    return OptionalDouble.of(Math.max(0, perSecond));
  }

  private static ChargePeriod hours(Duration window, Instant dataAsOf, Instant newest) {
    Instant lastWhole = dataAsOf.truncatedTo(ChronoUnit.HOURS);
    Instant end = lastWhole.isBefore(newest) ? lastWhole : newest;
    long count = Math.max(1, Math.round(window.toMillis() / (double) HOUR.toMillis()));
    return new ChargePeriod(end.minus(HOUR.multipliedBy(count)), end);
  }

  private static double sum(List<Charge> charges, ChargePeriod hours, Unit unit, boolean gross) {
    BigDecimal sum = BigDecimal.ZERO;
    for (Charge charge : charges) {
      if (charge.unit().equals(unit) && hours.contains(charge.period().start())) {
        sum = sum.add(gross ? charge.gross().orElse(charge.net()) : charge.net());
      }
    }
    return sum.doubleValue();
  }
}
