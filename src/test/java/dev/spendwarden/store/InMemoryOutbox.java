package dev.spendwarden.store;

import dev.spendwarden.alert.ReceiverHealth;
import dev.spendwarden.notify.Groups;
import dev.spendwarden.notify.InMemoryGroups;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.notify.Outbox;
import dev.spendwarden.notify.OutboxHealth;
import dev.spendwarden.notify.Told;
import dev.spendwarden.store.InMemoryDatabase.Undo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Notifications in a list, every question answered from its definition by looking at all of them.
final class InMemoryOutbox implements Outbox {

  private record SequenceKey(String policy, String budgetId, String receiver) {}

  private record MemoryKey(String receiver, String alertId) {}

  private final Undo undo;
  private final List<Notification> notifications = new ArrayList<>();
  private final Map<SequenceKey, Long> sequences = new HashMap<>();
  private final Map<MemoryKey, String> memory = new HashMap<>();

  private final InMemoryGroups groups;

  InMemoryOutbox(Undo undo) {
    this.undo = undo;
    this.groups = new InMemoryGroups(this::nextSequence, undo::push);
  }

  @Override
  public void add(Notification notification) {
    requireDueWhenPending(notification);
    if (find(notification.id()).isEmpty()) {
      notifications.add(notification);
      undo.push(notifications::removeLast);
    }
  }

  @Override
  public long nextSequence(String policy, String budgetId, String receiver) {
    var key = new SequenceKey(policy, budgetId, receiver);
    long next = sequences.merge(key, 1L, Long::sum);
    undo.push(() -> sequences.put(key, next - 1));
    return next;
  }

  @Override
  public Optional<Notification> nextDue(String receiver, Instant now) {
    return firstInLine(receiver)
        .filter(n -> !n.nextAttemptAt().orElseThrow().isAfter(now))
        .findFirst();
  }

  @Override
  public Optional<Instant> nextDueAt(String receiver) {
    return firstInLine(receiver).map(n -> n.nextAttemptAt().orElseThrow()).min(Instant::compareTo);
  }

  @Override
  public void update(Notification notification) {
    requireDueWhenPending(notification);
    for (int i = 0; i < notifications.size(); i++) {
      Notification former = notifications.get(i);
      if (former.id().equals(notification.id())) {
        int place = i;
        notifications.set(
            place,
            new Notification(
                former.id(),
                former.receiver(),
                former.type(),
                former.alertId(),
                former.budgetId(),
                former.sequence(),
                former.body(),
                notification.state(),
                notification.attempts(),
                notification.lastError(),
                former.createdAt(),
                notification.nextAttemptAt(),
                notification.deliveredAt()));
        undo.push(() -> notifications.set(place, former));
        return;
      }
    }
    throw new IllegalArgumentException("no notification " + notification.id() + " to update");
  }

  @Override
  public Optional<Notification> find(String id) {
    return notifications.stream().filter(n -> n.id().equals(id)).findFirst();
  }

  @Override
  public List<Told> toldOf(String alertId) {
    var newest = new TreeMap<String, Told>();
    var all = new ArrayList<>(groups.toldOf(alertId));
    notifications.stream()
        .filter(n -> n.alertId().equals(Optional.of(alertId)))
        .forEach(n -> all.add(Told.of(n)));
    all.forEach(
        told -> newest.merge(told.receiver(), told, (a, b) -> a.sequence() > b.sequence() ? a : b));
    return List.copyOf(newest.values());
  }

  @Override
  public Groups groups() {
    return groups;
  }

  @Override
  public List<Notification> page(int offset, int limit) {
    return notifications.reversed().stream().skip(offset).limit(limit).toList();
  }

  @Override
  public List<ReceiverHealth> health() {
    return OutboxHealth.of(notifications);
  }

  @Override
  public List<Counts> counts() {
    var counts = new TreeMap<String, Counts>();
    for (Notification n : notifications) {
      if (n.state() != Notification.State.DELIVERED) {
        boolean pending = n.state() == Notification.State.PENDING;
        counts.merge(
            n.receiver(),
            new Counts(n.receiver(), pending ? 1 : 0, pending ? 0 : 1),
            (a, b) -> new Counts(a.receiver(), a.pending() + b.pending(), a.dead() + b.dead()));
      }
    }
    return List.copyOf(counts.values());
  }

  @Override
  public Optional<String> memory(String receiver, String alertId) {
    return Optional.ofNullable(memory.get(new MemoryKey(receiver, alertId)));
  }

  @Override
  public void putMemory(String receiver, String alertId, String value) {
    var key = new MemoryKey(receiver, alertId);
    String former = memory.put(key, value);
    undo.push(() -> {
      if (former == null) {
        memory.remove(key);
      } else {
        memory.put(key, former);
      }
    });
  }

  void prune(Instant before) {
    notifications.removeIf(n ->
        n.state() == Notification.State.DELIVERED
            && n.deliveredAt().filter(at -> at.isBefore(before)).isPresent());
    groups.keepOnly(
        notifications.stream().map(Notification::id).collect(java.util.stream.Collectors.toSet()));
  }

  void forgetMemory(String alertId) {
    memory.keySet().removeIf(key -> key.alertId.equals(alertId));
  }

  private Stream<Notification> firstInLine(String receiver) {
    List<Notification> line =
        notifications.stream()
            .filter(n -> n.receiver().equals(receiver))
            .filter(n -> n.state() == Notification.State.PENDING)
            .toList();
    return line.stream().filter(n -> line.stream().noneMatch(older -> standsBefore(older, n)));
  }

  private boolean standsBefore(Notification older, Notification n) {
    return older.state() == Notification.State.PENDING
        && older.receiver().equals(n.receiver())
        && linesOf(n).entrySet().stream()
            .anyMatch(line -> {
              Long before = linesOf(older).get(line.getKey());
              return before != null
                  && (before < line.getValue()
                      || (before.equals(line.getValue())
                          && notifications.indexOf(older) < notifications.indexOf(n)));
            });
  }

  /// By budget, with the sequence it has there.
  private Map<String, Long> linesOf(Notification n) {
    var lines = new HashMap<String, Long>();
    n.budgetId().ifPresent(budget -> lines.put(budget, n.sequence()));
    groups
        .membersOf(n.id(), Integer.MAX_VALUE)
        .forEach(told -> lines.merge(told.member().budgetId(), told.sequence(), Math::min));
    return lines;
  }

  private static void requireDueWhenPending(Notification notification) {
    if (notification.state() == Notification.State.PENDING
        && notification.nextAttemptAt().isEmpty()) {
      throw new IllegalArgumentException("pending without a time: " + notification.id());
    }
  }
}
