package dev.spendwarden.simulation;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.AlertStore;
import dev.spendwarden.alert.ReceiverHealth;
import dev.spendwarden.notify.Groups;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.notify.Outbox;
import dev.spendwarden.notify.Told;
import dev.spendwarden.store.Database.Ports;
import dev.spendwarden.store.InMemoryDatabase;
import dev.spendwarden.store.StoreException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// A store that outlives processes: transactions that are there whole or not at all, a disk that is
/// full now and then, a commit of which nobody hears, and a term that only its newest owner may
/// write under. A process can die before and after every commit.
final class SimulatedStore {

  private static final double FULL = 0.0015;
  private static final double UNHEARD = 0.0015;

  private final InMemoryDatabase database = new InMemoryDatabase();
  private final Committed committed;
  private final Crashes crashes;
  private final Dice dice;
  private final boolean guarded;
  private final boolean calm;
  private long term;

  /// @param calm nothing goes wrong in it
  /// @param guarded whether a term that is over is refused
  SimulatedStore(Committed committed, Crashes crashes, long seed, boolean calm, boolean guarded) {
    this.committed = committed;
    this.crashes = crashes;
    this.dice = new Dice(seed, "store");
    this.calm = calm;
    this.guarded = guarded;
  }

  /// A new owner; what the former one writes from now on is refused.
  long takeOver() {
    return ++term;
  }

  boolean isOwner(long ofTerm) {
    return ofTerm == term;
  }

  <T> T transact(long ofTerm, Function<Ports, T> work) {
    return transact(ofTerm, work, () -> {});
  }

  /// @param whenDurable runs once it is, whatever the caller hears of it
  <T> T transact(long ofTerm, Function<Ports, T> work, Runnable whenDurable) {
    if (guarded && ofTerm != term) {
      throw new StoreException("term " + ofTerm + " is over, the present one is " + term);
    }
    if (!calm && dice.chance(FULL)) {
      throw new StoreException("the disk is full; nothing changed");
    }
    var changes = new ArrayList<Runnable>();
    T result =
        database.transact(ports -> {
          T done = work.apply(recorded(ports, changes));
          crashes.at("before the commit");
          return done;
        });
    changes.forEach(Runnable::run);
    whenDurable.run();
    crashes.at("after the commit");
    if (!calm && dice.chance(UNHEARD)) {
      throw new StoreException("the answer to the commit was lost", new RuntimeException(), true);
    }
    return result;
  }

  /// Looks at what is stored from outside of any process.
  <T> T inspect(Function<Ports, T> question) {
    return database.read(question);
  }

  private Ports recorded(Ports ports, List<Runnable> changes) {
    return new Ports(
        ports.ledger(),
        new RecordedAlerts(ports.alerts(), changes),
        new RecordedOutbox(ports.outbox(), changes),
        ports.enforce(),
        ports.exports(),
        ports.quiet(),
        ports.forecasts());
  }

  private final class RecordedAlerts implements AlertStore {
    private final AlertStore inner;
    private final List<Runnable> changes;

    RecordedAlerts(AlertStore inner, List<Runnable> changes) {
      this.inner = inner;
      this.changes = changes;
    }

    @Override
    public void put(Alert alert) {
      inner.put(alert);
      changes.add(() -> committed.put(alert));
    }

    @Override
    public void remove(String alertId) {
      inner.remove(alertId);
      changes.add(() -> committed.removeAlert(alertId));
    }

    @Override
    public List<Alert> restore(Instant periodEndedAfter) {
      return inner.restore(periodEndedAfter);
    }

    @Override
    public List<Alert> page(int offset, int limit) {
      return inner.page(offset, limit);
    }
  }

  private final class RecordedOutbox implements Outbox {
    private final Outbox inner;
    private final List<Runnable> changes;

    RecordedOutbox(Outbox inner, List<Runnable> changes) {
      this.inner = inner;
      this.changes = changes;
    }

    @Override
    public void add(Notification notification) {
      boolean isNew = inner.find(notification.id()).isEmpty();
      inner.add(notification);
      if (isNew) {
        changes.add(() -> committed.put(notification));
      }
    }

    @Override
    public void update(Notification notification) {
      inner.update(notification);
      changes.add(() -> committed.put(notification));
    }

    @Override
    public long nextSequence(String policy, String budgetId, String receiver) {
      return inner.nextSequence(policy, budgetId, receiver);
    }

    @Override
    public Optional<Notification> nextDue(String receiver, Instant now) {
      return inner.nextDue(receiver, now);
    }

    @Override
    public void dueBy(String receiver, Instant latest) {
      inner.dueBy(receiver, latest);
    }

    @Override
    public Optional<Instant> nextDueAt(String receiver) {
      return inner.nextDueAt(receiver);
    }

    @Override
    public Optional<Notification> find(String id) {
      return inner.find(id);
    }

    @Override
    public List<Told> toldOf(String alertId) {
      return inner.toldOf(alertId);
    }

    @Override
    public Groups groups() {
      return new RecordedGroups(inner.groups(), committed, changes);
    }

    @Override
    public List<Notification> page(int offset, int limit) {
      return inner.page(offset, limit);
    }

    @Override
    public List<Counts> counts() {
      return inner.counts();
    }

    @Override
    public List<ReceiverHealth> health() {
      return inner.health();
    }

    @Override
    public Optional<String> memory(String receiver, String alertId) {
      return inner.memory(receiver, alertId);
    }

    @Override
    public void putTrouble(Trouble trouble) {
      inner.putTrouble(trouble);
    }

    @Override
    public void putMemory(String receiver, String alertId, String value) {
      inner.putMemory(receiver, alertId, value);
    }
  }
}
