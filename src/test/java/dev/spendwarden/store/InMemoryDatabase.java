package dev.spendwarden.store;

import dev.spendwarden.sources.github.InMemoryExportStore;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;

/// A [Database] that forgets all when it goes, for the tests of every package. It keeps the same
/// contract kits as the real one: a transaction that throws leaves nothing behind.
public final class InMemoryDatabase implements Database {

  private final Undo undo = new Undo();
  private final InMemoryLedgerStore ledger = new InMemoryLedgerStore(undo);
  private final InMemoryOutbox outbox = new InMemoryOutbox(undo);
  private final dev.spendwarden.enforce.InMemoryEnforceStore enforce =
      new dev.spendwarden.enforce.InMemoryEnforceStore();
  private final InMemoryExportStore exports = new InMemoryExportStore();
  private final InMemoryQuietStore quiet = new InMemoryQuietStore(undo);
  private final InMemoryAlertStore alerts = new InMemoryAlertStore(undo, quiet::owing);
  private final InMemoryForecastStore forecasts = new InMemoryForecastStore(undo);
  private boolean inside;
  private boolean closed;

  @Override
  public synchronized <T> T transact(Function<Ports, T> work) {
    if (closed) {
      throw new StoreException("the store is closed; nothing changed");
    }
    if (inside) {
      throw new IllegalStateException("a transaction was begun inside another one");
    }
    inside = true;
    try {
      T result = work.apply(new Ports(ledger, alerts, outbox, enforce, exports, quiet, forecasts));
      undo.keep();
      return result;
    } catch (Throwable e) {
      undo.takeBack();
      throw e;
    } finally {
      inside = false;
    }
  }

  @Override
  public synchronized <T> T read(Function<Ports, T> work) {
    return transact(work);
  }

  @Override
  public synchronized void prune(Instant before) {
    ledger.prune(before);
    outbox.prune(before);
    alerts.prune(before).forEach(outbox::forgetMemory);
    forecasts.prune(before);
    undo.keep();
  }

  @Override
  public List<String> verify() {
    return List.of();
  }

  @Override
  public String describe() {
    return "in memory";
  }

  @Override
  public synchronized void close() {
    closed = true;
  }

  /// How to take back what the running transaction has done so far.
  static final class Undo {
    private final Deque<Runnable> steps = new ArrayDeque<>();

    void push(Runnable step) {
      steps.push(step);
    }

    private void keep() {
      steps.clear();
    }

    private void takeBack() {
      while (!steps.isEmpty()) {
        steps.pop().run();
      }
    }
  }
}
