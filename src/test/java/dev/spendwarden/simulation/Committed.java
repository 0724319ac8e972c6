package dev.spendwarden.simulation;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.notify.Notification;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What is durable, kept beside the store from the writes that were committed: what the invariants
/// ask again and again without a walk through the store.
final class Committed {

  private final Map<String, Notification> notifications = new HashMap<>();
  private final Map<String, Map<String, Alert>> live = new TreeMap<>();
  private final Map<String, Map<String, Notification>> told = new HashMap<>();
  private final Map<String, Map<String, Notification>> undelivered = new TreeMap<>();

  /// All of `live`, put together when it is asked for.
  private @Nullable List<Alert> allLive;

  void put(Alert alert) {
    allLive = null;
    Map<String, Alert> ofBudget =
        live.computeIfAbsent(alert.budgetId(), id -> new LinkedHashMap<>());
    if (alert.state() == Alert.State.RESOLVED) {
      ofBudget.remove(alert.id());
    } else {
      ofBudget.put(alert.id(), alert);
    }
  }

  void removeAlert(String alertId) {
    allLive = null;
    live.values().forEach(ofBudget -> ofBudget.remove(alertId));
  }

  /// Adds a notification, or takes in its new state.
  void put(Notification notification) {
    notifications.put(notification.id(), notification);
    notification
        .alertId()
        .ifPresent(alert ->
            told.computeIfAbsent(alert, id -> new TreeMap<>())
                .merge(
                    notification.receiver(),
                    notification,
                    (a, b) -> a.sequence() > b.sequence() ? a : b));
    Map<String, Notification> waiting =
        undelivered.computeIfAbsent(notification.receiver(), name -> new LinkedHashMap<>());
    if (notification.state() == Notification.State.DELIVERED) {
      waiting.remove(notification.id());
    } else {
      waiting.put(notification.id(), notification);
    }
  }

  Optional<Notification> notification(String id) {
    return Optional.ofNullable(notifications.get(id));
  }

  Collection<Notification> notifications() {
    return notifications.values();
  }

  /// Pending and dead ones, oldest first.
  Collection<Notification> undelivered(String receiver) {
    return undelivered.getOrDefault(receiver, Map.of()).values();
  }

  /// The pending or firing alerts of a budget; more than one is a broken guarantee.
  Collection<Alert> live(String budgetId) {
    return live.getOrDefault(budgetId, Map.of()).values();
  }

  List<Alert> live() {
    if (allLive == null) {
      allLive = live.values().stream().flatMap(ofBudget -> ofBudget.values().stream()).toList();
    }
    return allLive;
  }

  /// The newest notification of an alert, by receiver.
  Map<String, Notification> told(String alertId) {
    return told.getOrDefault(alertId, Map.of());
  }
}
