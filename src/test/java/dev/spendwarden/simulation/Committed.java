package dev.spendwarden.simulation;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.notify.Groups.ToldMember;
import dev.spendwarden.notify.Member;
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
  private final Map<String, Alert> alerts = new HashMap<>();
  private final Map<String, Map<String, Telling>> told = new HashMap<>();
  private final Map<Place, Member> waiting = new LinkedHashMap<>();

  /// The newest sequence of each budget in a group's message, by its id.
  private final Map<String, Map<String, Long>> together = new HashMap<>();

  private final Map<String, Map<String, Notification>> undelivered = new TreeMap<>();

  /// Where at most one change waits to be told.
  record Place(String receiver, String alertId) {}

  /// All of `live`, put together when it is asked for.
  private @Nullable List<Alert> allLive;

  void put(Alert alert) {
    allLive = null;
    alerts.put(alert.id(), alert);
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
    Map<String, Notification> ofReceiver =
        undelivered.computeIfAbsent(notification.receiver(), name -> new LinkedHashMap<>());
    if (notification.state() == Notification.State.DELIVERED) {
      ofReceiver.remove(notification.id());
    } else {
      ofReceiver.put(notification.id(), notification);
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

  /// An alert as it was stored last, whatever became of it.
  Alert alert(String alertId) {
    return alerts.get(alertId);
  }

  void told(Telling telling) {
    told.computeIfAbsent(telling.alertId(), id -> new TreeMap<>()).put(telling.receiver(), telling);
  }

  /// What was told last of an alert, by receiver.
  Map<String, Telling> told(String alertId) {
    return told.getOrDefault(alertId, Map.of());
  }

  // What waits.

  void waits(Member member) {
    waiting.put(new Place(member.receiver(), member.alertId()), member);
  }

  void waitsNoMore(String receiver, String alertId) {
    waiting.remove(new Place(receiver, alertId));
  }

  void toldTogether(String notificationId, List<ToldMember> members) {
    Map<String, Long> lines = together.computeIfAbsent(notificationId, id -> new HashMap<>());
    for (ToldMember told : members) {
      waitsNoMore(told.member().receiver(), told.member().alertId());
      lines.merge(told.member().budgetId(), told.sequence(), Math::max);
    }
  }

  Map<Place, Member> waiting() {
    return waiting;
  }

  /// What waits of an alert, by receiver.
  Map<String, Member> waitingOf(String alertId) {
    if (waiting.isEmpty()) {
      return Map.of();
    }
    var found = new TreeMap<String, Member>();
    waiting.forEach((place, member) -> {
      if (place.alertId().equals(alertId)) {
        found.put(place.receiver(), member);
      }
    });
    return found;
  }

  /// The newest sequence that a notification has at a budget; [Long#MAX_VALUE] where it tells
  /// nothing of it.
  long sequenceAt(Notification notification, String budgetId) {
    if (notification.budgetId().isPresent()) {
      return notification.budgetId().get().equals(budgetId)
          ? notification.sequence()
          : Long.MAX_VALUE;
    }
    return together
        .getOrDefault(notification.id(), Map.of())
        .getOrDefault(budgetId, Long.MAX_VALUE);
  }

  /// The newest sequence that a notification has at each budget it tells of.
  Map<String, Long> lines(Notification notification) {
    return notification
        .budgetId()
        .map(budget -> Map.of(budget, notification.sequence()))
        .orElseGet(() -> together.getOrDefault(notification.id(), Map.of()));
  }
}
