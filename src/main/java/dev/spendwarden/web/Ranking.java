package dev.spendwarden.web;

import dev.spendwarden.alert.Snapshot;
import dev.spendwarden.alert.Snapshot.BudgetView;
import dev.spendwarden.policy.Assessment;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/// The budgets of one snapshot in the orders that were asked for; kept, since many pages ask for
/// the same. Thread-safe.
final class Ranking {

  private static final String DESCENDING = "desc";

  /// What lists can be sorted by. Each answers empty for what is not known, which always comes
  /// last.
  private static final Map<String, Function<BudgetView, Optional<Double>>> NUMBERS =
      Map.of(
          "used", view -> boxed(view.assessment().used()),
          "spent", view -> view.assessment().spent().map(BigDecimal::doubleValue),
          "burn", view -> boxed(worstBurn(view.assessment())),
          "forecast", view -> view.assessment().forecast().map(Assessment.Forecast::p50),
          "runway", view -> boxed(view.assessment().runwaySeconds()),
          "age", view -> view.assessment().dataAsOf().map(at -> -(double) at.getEpochSecond()));

  private final Snapshot snapshot;
  private final Map<String, List<BudgetView>> orders = new ConcurrentHashMap<>();

  Ranking(Snapshot snapshot) {
    this.snapshot = snapshot;
  }

  boolean isOf(Snapshot other) {
    return snapshot == other;
  }

  /// @param order `asc` or `desc`; empty: risk from the riskiest, the rest upwards
  /// @throws Problem for a key or an order that there is not
  List<BudgetView> by(String key, String order) {
    boolean descending = order.isEmpty() ? key.equals("risk") : order.equals(DESCENDING);
    if (!descending && !order.isEmpty() && !order.equals("asc")) {
      throw Problem.badRequest("order: asc or desc");
    }
    if (key.equals("id")) {
      List<BudgetView> all = List.copyOf(snapshot.budgets().values());
      return descending ? all.reversed() : all;
    }
    Comparator<BudgetView> comparator = comparator(key, descending);
    return orders.computeIfAbsent(
        key + " " + descending,
        _ ->
            snapshot.budgets().values().stream()
                .sorted(comparator.thenComparing(view -> view.assessment().budget().id()))
                .toList());
  }

  private static Comparator<BudgetView> comparator(String key, boolean descending) {
    switch (key) {
      case "risk":
        return directed(
            Comparator.comparingInt(Ranking::urgency).thenComparingDouble(Ranking::danger),
            descending);
      case "policy":
        return directed(
            Comparator.comparing((BudgetView view) -> view.assessment().budget().policy())
                .thenComparing(view -> view.assessment().budget().labels().toString()),
            descending);
      default:
        Function<BudgetView, Optional<Double>> number = NUMBERS.get(key);
        if (number == null) {
          throw Problem.badRequest(
              "sort: id, risk, policy, used, spent, burn, forecast, runway or age");
        }
        double last = descending ? Double.NEGATIVE_INFINITY : Double.NaN;
        return directed(
            Comparator.comparingDouble(view -> number.apply(view).orElse(last)), descending);
    }
  }

  private static Comparator<BudgetView> directed(Comparator<BudgetView> up, boolean descending) {
    return descending ? up.reversed() : up;
  }

  /// Firing before pending before the rest, each by severity.
  private static int urgency(BudgetView view) {
    return view.alert()
        .map(alert ->
            switch (alert.state()) {
              case FIRING -> 10 + alert.severity().ordinal();
              case PENDING -> 1 + alert.severity().ordinal();
              case RESOLVED -> 0;
            })
        .orElse(0);
  }

  /// How much is gone or, where that is more, how likely the period ends above the limit.
  private static double danger(BudgetView view) {
    double used = view.assessment().used().orElse(-1);
    double over = view.assessment().forecast().map(Assessment.Forecast::probOver).orElse(-1.0);
    return Double.isNaN(over) ? used : Math.max(used, over);
  }

  private static OptionalDouble worstBurn(Assessment assessment) {
    return assessment.burn().values().stream()
        .mapToDouble(burn -> burn)
        .filter(Double::isFinite)
        .max();
  }

  private static Optional<Double> boxed(OptionalDouble value) {
    return value.isPresent() ? Optional.of(value.getAsDouble()) : Optional.empty();
  }
}
