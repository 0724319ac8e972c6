package dev.spendwarden.notify;

import dev.spendwarden.alert.ReceiverHealth;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/// How deliveries go, told from all notifications one by one.
public final class OutboxHealth {

  private OutboxHealth() {}

  public static List<ReceiverHealth> of(Collection<Notification> notifications) {
    List<Notification> undelivered =
        notifications.stream().filter(n -> n.state() != Notification.State.DELIVERED).toList();
    var receivers = new TreeSet<String>();
    undelivered.forEach(n -> receivers.add(n.receiver()));
    return receivers.stream().map(receiver -> of(receiver, undelivered)).toList();
  }

  /// @param troubles what attempts showed
  public static List<ReceiverHealth> of(
      Collection<Notification> notifications, Collection<Outbox.Trouble> troubles) {
    var states = new TreeMap<String, ReceiverHealth>();
    troubles.forEach(
        trouble -> states.put(trouble.receiver(), ReceiverHealth.fine(trouble.receiver())));
    of(notifications).forEach(state -> states.put(state.receiver(), state));
    troubles.forEach(trouble ->
        states.computeIfPresent(
            trouble.receiver(),
            (name, state) -> state.with(trouble.failingSince(), trouble.disabled())));
    return List.copyOf(states.values());
  }

  private static ReceiverHealth of(String receiver, Collection<Notification> notifications) {
    List<Notification> own =
        notifications.stream().filter(n -> n.receiver().equals(receiver)).toList();
    Predicate<Notification> pending = n -> n.state() == Notification.State.PENDING;
    return new ReceiverHealth(
        receiver,
        own.stream().filter(n -> n.state() == Notification.State.DEAD).count(),
        false,
        oldest(own, pending.and(n -> n.attempts() > 0)),
        oldest(own, pending));
  }

  private static Optional<Instant> oldest(List<Notification> own, Predicate<Notification> which) {
    return own.stream().filter(which).map(Notification::createdAt).min(Instant::compareTo);
  }
}
