package dev.spendwarden.notify;

import dev.spendwarden.alert.ReceiverHealth;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/// The outbox port in memory, one thread, one transaction at a time.
public final class InMemoryOutbox implements Outbox, OutboxSession {

  private final Map<String, Trouble> troubles = new TreeMap<>();
  private final Map<String, Notification> rows = new LinkedHashMap<>();
  private final Map<String, Long> sequences = new HashMap<>();
  private final Map<String, String> memories = new HashMap<>();
  private final InMemoryGroups groups = new InMemoryGroups(this::nextSequence, undo -> {});
  private boolean open;

  /// Whether a transaction is open: nothing may be sent then.
  public boolean isInTransaction() {
    return open;
  }

  @Override
  public <T> T inTransaction(Function<Outbox, T> work) {
    open = true;
    try {
      return work.apply(this);
    } finally {
      open = false;
    }
  }

  @Override
  public void add(Notification notification) {
    rows.putIfAbsent(notification.id(), notification);
  }

  @Override
  public long nextSequence(String policy, String budgetId, String receiver) {
    return sequences.merge(String.join("\n", policy, budgetId, receiver), 1L, Long::sum);
  }

  @Override
  public Optional<Notification> nextDue(String receiver, Instant now) {
    return heads(receiver).stream()
        .filter(n -> !n.nextAttemptAt().orElseThrow().isAfter(now))
        .findFirst();
  }

  @Override
  public void dueBy(String receiver, Instant latest) {
    rows.values().stream()
        .filter(n -> n.receiver().equals(receiver))
        .filter(n -> n.nextAttemptAt().filter(latest::isBefore).isPresent())
        .toList()
        .forEach(n -> update(NotifyFixtures.dueAt(n, latest)));
  }

  @Override
  public Optional<Instant> nextDueAt(String receiver) {
    return heads(receiver).stream()
        .map(n -> n.nextAttemptAt().orElseThrow())
        .min(Comparator.naturalOrder());
  }

  private List<Notification> heads(String receiver) {
    var heads = new ArrayList<Notification>();
    var taken = new HashSet<String>();
    for (Notification n : rows.values()) {
      if (n.receiver().equals(receiver) && n.state() == Notification.State.PENDING) {
        List<String> lines = new ArrayList<>();
        n.budgetId().ifPresent(lines::add);
        groups.membersOf(n.id(), Integer.MAX_VALUE).forEach(m -> lines.add(m.member().budgetId()));
        if (lines.stream().noneMatch(taken::contains)) {
          heads.add(n);
        }
        taken.addAll(lines);
      }
    }
    return heads;
  }

  @Override
  public void update(Notification notification) {
    rows.replace(notification.id(), notification);
  }

  @Override
  public Optional<Notification> find(String id) {
    return Optional.ofNullable(rows.get(id));
  }

  @Override
  public List<Told> toldOf(String alertId) {
    var newest = new TreeMap<String, Told>();
    var all = new ArrayList<>(groups.toldOf(alertId));
    rows.values().stream()
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
    return new ArrayList<>(rows.values()).reversed().stream().skip(offset).limit(limit).toList();
  }

  @Override
  public List<ReceiverHealth> health() {
    return OutboxHealth.of(rows.values(), troubles.values());
  }

  @Override
  public void putTrouble(Trouble trouble) {
    if (trouble.isOver()) {
      troubles.remove(trouble.receiver());
    } else {
      troubles.put(trouble.receiver(), trouble);
    }
  }

  @Override
  public List<Counts> counts() {
    var counts = new TreeMap<String, Counts>();
    rows.values()
        .forEach(n ->
            counts.merge(
                n.receiver(),
                new Counts(
                    n.receiver(),
                    n.state() == Notification.State.PENDING ? 1 : 0,
                    n.state() == Notification.State.DEAD ? 1 : 0),
                (a, b) ->
                    new Counts(a.receiver(), a.pending() + b.pending(), a.dead() + b.dead())));
    return List.copyOf(counts.values());
  }

  @Override
  public Optional<String> memory(String receiver, String alertId) {
    return Optional.ofNullable(memories.get(receiver + "\n" + alertId));
  }

  @Override
  public void putMemory(String receiver, String alertId, String value) {
    memories.put(receiver + "\n" + alertId, value);
  }
}
