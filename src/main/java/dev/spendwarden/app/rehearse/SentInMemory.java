package dev.spendwarden.app.rehearse;

import dev.spendwarden.alert.ReceiverHealth;
import dev.spendwarden.notify.Groups;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.notify.Outbox;
import dev.spendwarden.notify.Told;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// An outbox for rehearsals: remembers what would have been sent, delivers nothing.
final class SentInMemory implements Outbox {

  private final Map<String, Notification> sent = new LinkedHashMap<>();
  private final Map<List<String>, Long> sequences = new HashMap<>();

  /// All that was added, in order.
  List<Notification> all() {
    return List.copyOf(sent.values());
  }

  int size() {
    return sent.size();
  }

  @Override
  public void add(Notification notification) {
    sent.putIfAbsent(notification.id(), notification);
  }

  @Override
  public long nextSequence(String policy, String budgetId, String receiver) {
    return sequences.merge(List.of(policy, budgetId, receiver), 1L, Long::sum);
  }

  @Override
  public List<Told> toldOf(String alertId) {
    var newest = new LinkedHashMap<String, Told>();
    for (Notification notification : sent.values()) {
      if (notification.alertId().equals(Optional.of(alertId))) {
        newest.put(notification.receiver(), Told.of(notification));
      }
    }
    return List.copyOf(newest.values());
  }

  /// A rehearsal has no grouping and no hours.
  @Override
  public Groups groups() {
    return Groups.NONE;
  }

  @Override
  public Optional<Notification> find(String id) {
    return Optional.ofNullable(sent.get(id));
  }

  @Override
  public List<Notification> page(int offset, int limit) {
    return new ArrayList<>(sent.values()).reversed().stream().skip(offset).limit(limit).toList();
  }

  @Override
  public void update(Notification notification) {
    sent.replace(notification.id(), notification);
  }

  @Override
  public Optional<Notification> nextDue(String receiver, Instant now) {
    return Optional.empty();
  }

  @Override
  public Optional<Instant> nextDueAt(String receiver) {
    return Optional.empty();
  }

  @Override
  public void dueBy(String receiver, Instant latest) {}

  @Override
  public void putTrouble(Trouble trouble) {
    // Nobody is told anything here, so nothing goes wrong.
  }

  /// Everything was delivered at once.
  @Override
  public List<ReceiverHealth> health() {
    return List.of();
  }

  @Override
  public List<Counts> counts() {
    return List.of();
  }

  @Override
  public Optional<String> memory(String receiver, String alertId) {
    return Optional.empty();
  }

  @Override
  public void putMemory(String receiver, String alertId, String value) {
    Objects.requireNonNull(value, "value");
  }
}
