package dev.spendwarden.notify;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// What is done for one receiver beside its deliveries: edits of messages that were sent, pictures,
/// and saying again what still holds. None of it is in the outbox, counted as a notification, or
/// tried again: the next message, or the next round, makes up for what failed.
public final class Upkeep {

  /// Alerts in one transaction and one request of a keep-alive.
  private static final int AT_ONCE = 200;

  private final String receiver;
  private final Notifier notifier;
  private final OutboxSession outbox;
  private final Supplier<Collection<String>> firing;
  private final DeliveryListener listener;

  /// @param firing the ids of the alerts that fire now
  public Upkeep(
      String receiver,
      Notifier notifier,
      OutboxSession outbox,
      Supplier<Collection<String>> firing,
      DeliveryListener listener) {
    this.receiver = receiver;
    this.notifier = notifier;
    this.outbox = outbox;
    this.firing = firing;
    this.listener = listener;
  }

  /// Brings this receiver's last message about an alert up to date, where it has one that can be
  /// edited. A change that is still pending will show the same.
  public void refresh(String alertId) {
    Optional<Editable> told = outbox.inTransaction(box -> editable(box, alertId));
    told.ifPresent(
        message -> tried("edit", () -> notifier.refresh(message.newest(), message.memory())));
  }

  /// Whether [#illustrate] is to be called for a notification that was delivered.
  public boolean illustrates(Notification delivered) {
    return delivered.alertId().isPresent() && notifier.illustrates(delivered);
  }

  /// Sends the picture of a notification that was delivered. May be called beside everything else,
  /// one call at a time.
  public void illustrate(Notification delivered) {
    Optional<String> memory =
        delivered.alertId().flatMap(id -> outbox.inTransaction(box -> box.memory(receiver, id)));
    if (memory.isPresent()) {
      tried("picture", () -> notifier.illustrate(delivered, memory.get()));
    }
  }

  public Optional<Duration> keepsAliveEvery() {
    return notifier.keepsAliveEvery();
  }

  /// One round of keep-alives over all alerts that fire and of which this receiver took the newest
  /// notification. Ends at the first request that fails.
  public void keepAlive() {
    tried("keep_alive", this::keepAllAlive);
  }

  private Optional<String> keepAllAlive() {
    List<String> alerts = List.copyOf(firing.get());
    for (int from = 0; from < alerts.size(); from += AT_ONCE) {
      List<String> some = alerts.subList(from, Math.min(from + AT_ONCE, alerts.size()));
      List<Notification> told = outbox.inTransaction(box -> delivered(box, some));
      Optional<String> problem =
          told.isEmpty() ? Optional.empty() : notifier.keepAlive(told).problem();
      if (problem.isPresent()) {
        return problem;
      }
    }
    return Optional.empty();
  }

  /// A notifier that throws has a bug, or no way to its secret: the receiver goes on all the same.
  private void tried(String what, Supplier<Optional<String>> work) {
    Optional<String> problem;
    try {
      problem = work.get();
    } catch (RuntimeException e) {
      // Only the kind of it: messages of HTTP clients may hold an address with a token.
      problem = Optional.of(e.getClass().getSimpleName());
    }
    listener.upkeep(receiver, what, problem);
  }

  private List<Notification> delivered(Outbox box, List<String> alertIds) {
    var told = new ArrayList<Notification>();
    alertIds.forEach(id -> newest(box, id).ifPresent(told::add));
    return told;
  }

  private Optional<Notification> newest(Outbox box, String alertId) {
    return box.toldOf(alertId).stream()
        .filter(told -> told.receiver().equals(receiver))
        .flatMap(told -> box.find(told.notificationId()).stream())
        .filter(newest -> newest.state() == Notification.State.DELIVERED)
        .findFirst();
  }

  private record Editable(Notification newest, String memory) {}

  private Optional<Editable> editable(Outbox box, String alertId) {
    return newest(box, alertId)
        .flatMap(
            newest -> box.memory(receiver, alertId).map(memory -> new Editable(newest, memory)));
  }
}
