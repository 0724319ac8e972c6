package dev.spendwarden.alert;

import dev.spendwarden.burn.ForecastScore;
import dev.spendwarden.charge.ReportStatus;
import dev.spendwarden.ledger.BudgetSeries;
import dev.spendwarden.ledger.Ledger;
import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Policy;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// All that is known and judged, put together for people and machines. Changes nothing.
final class Showing {

  private Showing() {}

  static Snapshot snapshot(
      Watches watches, Optional<HealthWatch> health, Ledger ledger, Instant now) {
    var policies = new LinkedHashMap<String, Policy>();
    var budgets = new LinkedHashMap<String, Snapshot.BudgetView>();
    var scores = new LinkedHashMap<String, ForecastScore>();
    for (Watch watch : watches.all()) {
      policies.put(watch.policy().name(), watch.policy());
      show(watches, watch.budgets(), budgets);
      ForecastScore score = ForecastKeeping.scoreOf(watch);
      if (score.forecasts() > 0) {
        scores.put(watch.policy().name(), score);
      }
    }
    if (health.isPresent()) {
      for (Policy policy : health.get().policies()) {
        policies.put(policy.name(), policy);
        show(watches, health.get().budgets(policy.name()), budgets);
      }
    }
    return new Snapshot(
        now, policies, budgets, List.copyOf(ledger.statuses()), recentReports(ledger, now), scores);
  }

  private static void show(
      Watches watches, Collection<BudgetWatch> watched, Map<String, Snapshot.BudgetView> budgets) {
    for (BudgetWatch budget : watched) {
      watches
          .shown(budget)
          .ifPresent(shown ->
              budgets.put(budget.budget.id(), new Snapshot.BudgetView(shown, budget.newest())));
    }
  }

  private static List<ReportStatus> recentReports(Ledger ledger, Instant now) {
    Instant from = now.minus(Snapshot.REPORTS_SHOWN);
    return ledger.statuses().stream()
        .flatMap(status -> ledger.reports(status.source()).stream())
        .filter(
            task -> task.state() == ReportStatus.State.PENDING || !task.updatedAt().isBefore(from))
        .sorted(Snapshot.NEWEST_FIRST)
        .toList();
  }

  static Optional<BudgetHistory> history(
      Watch watch,
      BudgetWatch known,
      Optional<Assessment> shown,
      Optional<Instant> from,
      Optional<Instant> to,
      Instant now) {
    Optional<BudgetSeries> series = watch.series(known);
    if (shown.isEmpty() || series.isEmpty()) {
      return Optional.empty();
    }
    return shown
        .get()
        .unit()
        .map(unit ->
            BudgetHistory.of(watch.policy(), shown.get(), series.get(), unit, from, to, now));
  }
}
