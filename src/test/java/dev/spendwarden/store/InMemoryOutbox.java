package dev.spendwarden.store;

import dev.spendwarden.alert.ReceiverHealth;
import dev.spendwarden.notify.Groups;
import dev.spendwarden.notify.InMemoryGroups;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.notify.NotifyFixtures;
import dev.spendwarden.notify.Outbox;
import dev.spendwarden.notify.OutboxHealth;
import dev.spendwarden.notify.Told;
import dev.spendwarden.store.InMemoryDatabase.Undo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Notifications in the order in which they came, every question answered from its definition.
/// Found by id and by alert, for the simulation asks very often.
final class InMemoryOutbox implements Outbox {

  private record SequenceKey(String policy, String budgetId, String receiver) {}

  private record MemoryKey(String receiver, String alertId) {}

  /// @param lines the sequence it has at each budget
  private record Waiting(Notification notification, Map<String, Long> lines) {}

  private final Undo undo;
  private final SequencedMap<String, Notification> notifications = new LinkedHashMap<>();

  /// What waits, by receiver and then by its place in the order in which they came.
  private final Map<String, SortedMap<Long, Notification>> waiting = new HashMap<>();

  private final Map<String, Long> places = new HashMap<>();

  /// Ids by alert; those of notifications that are gone may be among them.
  private final Map<String, Set<String>> byAlert = new HashMap<>();

  /// What notifications say, by their id: a body never changes, and reading one takes long.
  private final Map<String, Told> said = new HashMap<>();

  private final Map<SequenceKey, Long> sequences = new HashMap<>();
  private final Map<String, Trouble> troubles = new HashMap<>();
  private final Map<MemoryKey, String> memory = new HashMap<>();

  private final InMemoryGroups groups;

  InMemoryOutbox(Undo undo) {
    this.undo = undo;
    this.groups = new InMemoryGroups(this::nextSequence, undo::push);
  }

  @Override
  public void add(Notification notification) {
    requireDueWhenPending(notification);
    if (notifications.putIfAbsent(notification.id(), notification) == null) {
      places.putIfAbsent(notification.id(), (long) places.size());
      queue(notification);
      notification
          .alertId()
          .ifPresent(alert ->
              byAlert.computeIfAbsent(alert, id -> new LinkedHashSet<>()).add(notification.id()));
      undo.push(() -> {
        notifications.remove(notification.id());
        unqueue(notification);
        said.remove(notification.id());
      });
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
  public void dueBy(String receiver, Instant latest) {
    notifications.values().stream()
        .filter(n -> n.receiver().equals(receiver))
        .filter(n -> n.nextAttemptAt().filter(latest::isBefore).isPresent())
        .toList()
        .forEach(n -> update(NotifyFixtures.dueAt(n, latest)));
  }

  @Override
  public Optional<Instant> nextDueAt(String receiver) {
    return firstInLine(receiver).map(n -> n.nextAttemptAt().orElseThrow()).min(Instant::compareTo);
  }

  @Override
  public void update(Notification notification) {
    requireDueWhenPending(notification);
    Notification former = notifications.get(notification.id());
    if (former == null) {
      throw new IllegalArgumentException("no notification " + notification.id() + " to update");
    }
    var updated =
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
            notification.deliveredAt());
    replace(updated);
    undo.push(() -> replace(former));
  }

  private void replace(Notification with) {
    notifications.put(with.id(), with);
    if (with.state() == Notification.State.PENDING) {
      queue(with);
    } else {
      unqueue(with);
    }
  }

  private void queue(Notification notification) {
    if (notification.state() == Notification.State.PENDING) {
      waiting
          .computeIfAbsent(notification.receiver(), name -> new TreeMap<>())
          .put(places.get(notification.id()), notification);
    }
  }

  private void unqueue(Notification notification) {
    waiting
        .getOrDefault(notification.receiver(), new TreeMap<>())
        .remove(places.get(notification.id()));
  }

  @Override
  public Optional<Notification> find(String id) {
    return Optional.ofNullable(notifications.get(id));
  }

  @Override
  public List<Told> toldOf(String alertId) {
    var newest = new TreeMap<String, Told>();
    var all = new ArrayList<>(groups.toldOf(alertId));
    for (String id : byAlert.getOrDefault(alertId, Set.of())) {
      find(id).ifPresent(n -> all.add(said.computeIfAbsent(id, key -> Told.of(n))));
    }
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
    return notifications.reversed().values().stream().skip(offset).limit(limit).toList();
  }

  @Override
  public List<ReceiverHealth> health() {
    return OutboxHealth.of(notifications.values(), troubles.values());
  }

  @Override
  public void putTrouble(Trouble trouble) {
    Trouble former = troubles.remove(trouble.receiver());
    if (!trouble.isOver()) {
      troubles.put(trouble.receiver(), trouble);
    }
    undo.push(() -> {
      troubles.remove(trouble.receiver());
      if (former != null) {
        troubles.put(former.receiver(), former);
      }
    });
  }

  @Override
  public List<Counts> counts() {
    var counts = new TreeMap<String, Counts>();
    for (Notification n : notifications.values()) {
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
    notifications
        .values()
        .removeIf(n ->
            n.state() == Notification.State.DELIVERED
                && n.deliveredAt().filter(at -> at.isBefore(before)).isPresent());
    groups.keepOnly(Set.copyOf(notifications.keySet()));
  }

  void forgetMemory(String alertId) {
    memory.keySet().removeIf(key -> key.alertId.equals(alertId));
  }

  /// Pending ones before which none stands at any of their budgets: the lowest sequence goes first
  /// and, of equal ones, the older.
  private Stream<Notification> firstInLine(String receiver) {
    var queue = new ArrayList<Waiting>();
    var lowest = new HashMap<String, Long>();
    for (Notification n : waiting.getOrDefault(receiver, new TreeMap<>()).values()) {
      Map<String, Long> lines = linesOf(n);
      queue.add(new Waiting(n, lines));
      lines.forEach((budget, sequence) -> lowest.merge(budget, sequence, Math::min));
    }
    var taken = new HashSet<String>();
    return queue.stream()
        .filter(one -> {
          boolean first = true;
          for (Map.Entry<String, Long> line : one.lines().entrySet()) {
            boolean isLowest = line.getValue().equals(lowest.get(line.getKey()));
            first &= isLowest && taken.add(line.getKey());
          }
          return first;
        })
        .map(Waiting::notification);
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
