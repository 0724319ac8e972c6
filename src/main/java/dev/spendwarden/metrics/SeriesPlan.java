package dev.spendwarden.metrics;

import dev.spendwarden.alert.Snapshot;
import dev.spendwarden.alert.Snapshot.BudgetView;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Period;
import dev.spendwarden.policy.Policy;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Which budgets of a snapshot get series of their own, and what the rest of each policy adds up
/// to.
///
/// @param kept budgets with their rendered labels
/// @param others one for each policy and unit with budgets that were left out
/// @param droppedByPolicy series left out
record SeriesPlan(
    Snapshot snapshot, List<Kept> kept, List<Other> others, Map<String, Long> droppedByPolicy) {

  /// The label value under which left out budgets are summed.
  static final String OTHER = "other";

  /// Series a policy has whatever its budgets: alerts by severity and state.
  static final int ALERT_SERIES = 6;

  record Kept(byte[] labels, Assessment assessment) {}

  /// @param limit null when a budget among them has none: a partial sum would understate it
  record Other(byte[] labels, BigDecimal spent, @Nullable BigDecimal limit) {}

  /// @param maxSeries of one policy, all families together
  static SeriesPlan of(Snapshot snapshot, int maxSeries) {
    var byPolicy = new LinkedHashMap<String, List<Assessment>>();
    for (BudgetView view : snapshot.budgets().values()) {
      Assessment assessment = view.assessment();
      byPolicy
          .computeIfAbsent(assessment.budget().policy(), _ -> new ArrayList<>())
          .add(assessment);
    }
    var plan =
        new SeriesPlan(snapshot, new ArrayList<>(), new ArrayList<>(), new LinkedHashMap<>());
    byPolicy.forEach((policy, budgets) -> plan.add(policy, budgets, maxSeries));
    return plan;
  }

  private void add(String policy, List<Assessment> budgets, int maxSeries) {
    List<Dimension> per = labelNames(snapshot.policies().get(policy), budgets);
    long wanted = ALERT_SERIES;
    Set<Unit> units = new HashSet<>();
    for (Assessment budget : budgets) {
      wanted += seriesOf(budget);
      budget.unit().ifPresent(units::add);
    }
    long room = Long.MAX_VALUE;
    List<Assessment> ranked = budgets;
    if (wanted > maxSeries) {
      // Two series for each unit that the rest may be in.
      room = maxSeries - ALERT_SERIES - 2L * units.size();
      ranked = new ArrayList<>(budgets);
      ranked.sort(BY_RISK);
    }
    // By their labels: names that are cut or cleaned may become alike, and a series that comes
    // twice
    // would make Prometheus refuse the whole scrape.
    var own = new LinkedHashMap<String, Assessment>();
    var rest = new ArrayList<Assessment>();
    for (Assessment budget : ranked) {
      room -= seriesOf(budget);
      if (room < 0 || own.putIfAbsent(labels(policy, per, budget), budget) != null) {
        rest.add(budget);
      }
    }
    if (!rest.isEmpty()) {
      // A user may really be called "other".
      for (Unit unit : units) {
        Assessment namesake = own.remove(otherLabels(policy, per, unit.code()));
        if (namesake != null) {
          rest.add(namesake);
        }
      }
    }
    own.forEach((labels, budget) -> kept.add(new Kept(SampleWriter.utf8(labels), budget)));
    sum(policy, per, rest);
  }

  private static final Comparator<Assessment> BY_RISK =
      Comparator.comparingDouble((Assessment a) -> a.used().orElse(-1))
          .reversed()
          .thenComparing(a -> a.budget().id());

  private void sum(String policy, List<Dimension> per, List<Assessment> rest) {
    var byUnit = new TreeMap<Unit, List<Assessment>>();
    long dropped = 0;
    for (Assessment budget : rest) {
      dropped += seriesOf(budget);
      budget.unit().ifPresent(u -> byUnit.computeIfAbsent(u, _ -> new ArrayList<>()).add(budget));
    }
    byUnit.forEach((unit, budgets) -> {
      BigDecimal spent = BigDecimal.ZERO;
      BigDecimal limit = BigDecimal.ZERO;
      for (Assessment budget : budgets) {
        spent = spent.add(budget.spent().orElse(BigDecimal.ZERO));
        limit =
            limit == null || budget.limit().isEmpty()
                ? null
                : limit.add(budget.limit().orElseThrow());
      }
      others.add(new Other(SampleWriter.utf8(otherLabels(policy, per, unit.code())), spent, limit));
    });
    if (dropped > 0) {
      droppedByPolicy.put(policy, dropped);
    }
  }

  /// The same names for every budget of a policy: a dimension that a budget lacks is empty, which
  /// Prometheus reads as absent.
  private static List<Dimension> labelNames(@Nullable Policy policy, List<Assessment> budgets) {
    if (policy != null) {
      return policy.selection().per();
    }
    var names = new TreeSet<Dimension>();
    budgets.forEach(budget -> names.addAll(budget.budget().labels().asMap().keySet()));
    return List.copyOf(names);
  }

  private static String labels(String policy, List<Dimension> per, Assessment assessment) {
    var labels =
        new Labels()
            .add("policy", policy)
            .add("unit", assessment.unit().map(Unit::code).orElse(""));
    for (Dimension dimension : per) {
      String value = assessment.budget().labels().valueOrNull(dimension);
      labels.add(dimension.word(), value == null ? "" : value);
    }
    return labels.toString();
  }

  private static String otherLabels(String policy, List<Dimension> per, String unit) {
    var labels = new Labels().add("policy", policy).add("unit", unit);
    per.forEach(dimension -> labels.add(dimension.word(), OTHER));
    return labels.toString();
  }

  /// How many series [BudgetCollector] writes for this budget.
  static int seriesOf(Assessment a) {
    int count = a.spent().isPresent() ? 1 : 0;
    count += a.limit().isPresent() ? 1 : 0;
    count += Double.isNaN(a.used().orElse(Double.NaN)) ? 0 : 1;
    count += Double.isNaN(a.elapsed().orElse(Double.NaN)) ? 0 : 1;
    for (double burn : a.burn().values()) {
      count += Double.isNaN(burn) ? 0 : 1;
    }
    if (a.forecast().isPresent()) {
      var forecast = a.forecast().get();
      count += Double.isNaN(forecast.p10()) ? 0 : 1;
      count += Double.isNaN(forecast.p50()) ? 0 : 1;
      count += Double.isNaN(forecast.p90()) ? 0 : 1;
      count += Double.isNaN(forecast.probOver()) ? 0 : 1;
    }
    count += Double.isNaN(exhaustionSeconds(a)) ? 0 : 1;
    count += Double.isNaN(periodEndSeconds(a)) ? 0 : 1;
    return count;
  }

  /// Seconds since 1970 at which the limit is reached at the present pace; NaN when it is not known
  /// or not before the year 9999.
  static double exhaustionSeconds(Assessment a) {
    double at = seconds(a.at()) + a.runwaySeconds().orElse(Double.NaN);
    return at < Period.FAR_FUTURE.getEpochSecond() ? at : Double.NaN;
  }

  /// NaN for a period without an end.
  static double periodEndSeconds(Assessment a) {
    Instant end = a.period().end();
    return end.isBefore(Period.FAR_FUTURE) ? seconds(end) : Double.NaN;
  }

  static double seconds(Instant instant) {
    return instant.getEpochSecond() + instant.getNano() / 1e9;
  }
}
