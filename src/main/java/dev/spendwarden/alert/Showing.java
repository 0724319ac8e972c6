package dev.spendwarden.alert;

import dev.spendwarden.charge.ReportStatus;
import dev.spendwarden.ledger.BudgetSeries;
import dev.spendwarden.ledger.Ledger;
import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Policy;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// All that is known and judged, put together for people and machines. Changes nothing.
final class Showing {

  private Showing() {}

  static Snapshot snapshot(
      Collection<Watch> watches, Optional<HealthWatch> health, Ledger ledger, Instant now) {
    var policies = new LinkedHashMap<String, Policy>();
    var budgets = new LinkedHashMap<String, Snapshot.BudgetView>();
    for (Watch watch : watches) {
      policies.put(watch.policy().name(), watch.policy());
      show(watch.budgets(), budgets);
    }
    if (health.isPresent()) {
      for (Policy policy : health.get().policies()) {
        policies.put(policy.name(), policy);
        show(health.get().budgets(policy.name()), budgets);
      }
    }
    return new Snapshot(
        now, policies, budgets, List.copyOf(ledger.statuses()), recentReports(ledger, now));
  }

  private static void show(
      Collection<BudgetWatch> watched, Map<String, Snapshot.BudgetView> budgets) {
    for (BudgetWatch budget : watched) {
      @Nullable Assessment latest = budget.latest;
      if (latest != null) {
        budgets.put(budget.budget.id(), new Snapshot.BudgetView(latest, budget.newest()));
      }
    }
  }

  private static List<ReportStatus> recentReports(Ledger ledger, Instant now) {
    Instant from = now.minus(Snapshot.REPORTS_SHOWN);
    return ledger.statuses().stream()
        .flatMap(status -> ledger.reports(status.source()).stream())
        .filter(
            task -> task.state() == ReportStatus.State.PENDING || !task.updatedAt().isBefore(from))
        .sorted(
            Comparator.comparing(ReportStatus::createdAt)
                .reversed()
                .thenComparing(ReportStatus::source)
                .thenComparing(ReportStatus::id))
        .toList();
  }

  static Optional<BudgetHistory> history(
      Watch watch, BudgetWatch known, Optional<Instant> from, Optional<Instant> to, Instant now) {
    Optional<BudgetSeries> series = watch.series(known);
    @Nullable Assessment latest = known.latest;
    if (latest == null || series.isEmpty()) {
      return Optional.empty();
    }
    return latest
        .unit()
        .map(unit -> BudgetHistory.of(watch.policy(), latest, series.get(), unit, from, to, now));
  }
}
