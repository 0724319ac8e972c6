package dev.spendwarden.policy;

import dev.spendwarden.burn.SettlingCurve;
import dev.spendwarden.charge.ChargePeriod;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.ledger.Arrivals;
import dev.spendwarden.ledger.BudgetSeries;
import dev.spendwarden.ledger.Ledger;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How complete the days of each source are, learned from the ledger's own revisions, and so only
/// from what was known by then. A curve is made anew when the hour or the source's charges have
/// changed. Not thread-safe.
final class Settling {

  /// As far back as a budget's sources are weighed against each other.
  private static final Duration WEIGHED = Duration.ofDays(28);

  private final Ledger ledger;
  private final Map<Key, Learned> curves = new HashMap<>();

  private record Key(String source, Unit unit) {}

  private record Learned(long revision, long hour, SettlingCurve curve) {}

  Settling(Ledger ledger) {
    this.ledger = ledger;
  }

  /// The curve of the budget: its source's, or the mean of its sources' by what they cost it.
  ///
  /// @param dataAsOf up to when the figures tell
  SettlingCurve of(Collection<String> sources, BudgetSeries series, Unit unit, Instant dataAsOf) {
    if (sources.size() == 1) {
      return of(sources.iterator().next(), unit, dataAsOf);
    }
    if (sources.stream()
        .allMatch(name -> of(name, unit, dataAsOf).equals(SettlingCurve.IDENTITY))) {
      return SettlingCurve.IDENTITY;
    }
    var weights = new HashMap<SettlingCurve, Double>();
    series
        .bySource(new ChargePeriod(dataAsOf.minus(WEIGHED), dataAsOf), unit)
        .forEach((source, cost) ->
            weights.merge(of(source, unit, dataAsOf), Math.max(0, cost), Double::sum));
    return SettlingCurve.blend(weights);
  }

  /// The curves of the source by the unit of its charges, without those that complete nothing.
  Map<Unit, SettlingCurve> late(String source, Instant dataAsOf) {
    var late = new HashMap<Unit, SettlingCurve>();
    for (Unit unit : ledger.arrivals(source).units()) {
      SettlingCurve curve = of(source, unit, dataAsOf);
      if (!curve.equals(SettlingCurve.IDENTITY)) {
        late.put(unit, curve);
      }
    }
    return late;
  }

  private SettlingCurve of(String source, Unit unit, Instant dataAsOf) {
    Arrivals arrivals = ledger.arrivals(source);
    var key = new Key(source, unit);
    long hour = Math.floorDiv(dataAsOf.getEpochSecond(), Duration.ofHours(1).toSeconds());
    @Nullable Learned known = curves.get(key);
    if (known != null && known.revision() == arrivals.revision() && known.hour() == hour) {
      return known.curve();
    }
    SettlingCurve curve =
        SettlingCurve.learn(
            arrivals.seen(unit, dataAsOf).stream()
                .map(seen -> new SettlingCurve.Observation(seen.age(), seen.share()))
                .toList());
    curves.put(key, new Learned(arrivals.revision(), hour, curve));
    return curve;
  }
}
