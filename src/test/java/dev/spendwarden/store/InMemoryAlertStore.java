package dev.spendwarden.store;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.AlertStore;
import dev.spendwarden.store.InMemoryDatabase.Undo;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/// Alerts in a map by id.
final class InMemoryAlertStore implements AlertStore {

  private record BudgetKey(String policy, String budgetId) {}

  private static final Comparator<Alert> AGE =
      Comparator.comparing(Alert::periodStart)
          .thenComparing(Alert::episode)
          .thenComparing(Alert::id);

  private final Undo undo;
  private final Map<String, Alert> alerts = new HashMap<>();
  private final Supplier<Set<String>> owed;

  /// @param owed the ids of alerts of which something is owed
  InMemoryAlertStore(Undo undo, Supplier<Set<String>> owed) {
    this.undo = undo;
    this.owed = owed;
  }

  @Override
  public void put(Alert alert) {
    Alert former = alerts.put(alert.id(), alert);
    undo.push(() -> {
      if (former == null) {
        alerts.remove(alert.id());
      } else {
        alerts.put(alert.id(), former);
      }
    });
  }

  @Override
  public void remove(String alertId) {
    Alert former = alerts.remove(alertId);
    if (former != null) {
      undo.push(() -> alerts.put(alertId, former));
    }
  }

  @Override
  public List<Alert> restore(Instant periodEndedAfter) {
    var newest = newest();
    Set<String> owing = owed.get();
    return alerts.values().stream()
        .filter(alert ->
            alert.state() != Alert.State.RESOLVED
                || alert.periodEnd().isAfter(periodEndedAfter)
                || newest.contains(alert)
                || owing.contains(alert.id()))
        .sorted(
            Comparator.comparing(Alert::policy).thenComparing(Alert::budgetId).thenComparing(AGE))
        .toList();
  }

  private List<Alert> newest() {
    var newest =
        new TreeMap<BudgetKey, Alert>(
            Comparator.comparing(BudgetKey::policy).thenComparing(BudgetKey::budgetId));
    for (Alert alert : alerts.values()) {
      newest.merge(
          new BudgetKey(alert.policy(), alert.budgetId()),
          alert,
          (a, b) -> AGE.compare(a, b) > 0 ? a : b);
    }
    return List.copyOf(newest.values());
  }

  @Override
  public List<Alert> page(int offset, int limit) {
    return alerts.values().stream()
        .sorted(Comparator.comparing(Alert::startedAt).thenComparing(Alert::id).reversed())
        .skip(offset)
        .limit(limit)
        .toList();
  }

  /// @return the ids of those removed
  List<String> prune(Instant before) {
    var newest = newest();
    var doomed =
        alerts.values().stream()
            .filter(alert -> alert.state() == Alert.State.RESOLVED && !newest.contains(alert))
            .filter(alert -> alert.endedAt().filter(end -> end.isBefore(before)).isPresent())
            .map(Alert::id)
            .toList();
    doomed.forEach(alerts::remove);
    return doomed;
  }
}
