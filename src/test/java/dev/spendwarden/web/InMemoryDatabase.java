package dev.spendwarden.web;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.AlertStore;
import dev.spendwarden.alert.BudgetScore;
import dev.spendwarden.alert.ForecastStore;
import dev.spendwarden.alert.GrantedWaiver;
import dev.spendwarden.alert.Owed;
import dev.spendwarden.alert.QuietStore;
import dev.spendwarden.alert.ReceiverHealth;
import dev.spendwarden.alert.ScoredPeriod;
import dev.spendwarden.alert.Silence;
import dev.spendwarden.burn.ForecastRecord;
import dev.spendwarden.enforce.InMemoryEnforceStore;
import dev.spendwarden.ledger.LedgerStore;
import dev.spendwarden.ledger.Posting;
import dev.spendwarden.ledger.SourceStatus;
import dev.spendwarden.notify.Groups;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.notify.Outbox;
import dev.spendwarden.notify.Told;
import dev.spendwarden.sources.github.InMemoryExportStore;
import dev.spendwarden.store.Database;
import dev.spendwarden.store.StoreException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/// The lists of alerts and notifications, newest first, and nothing else of a store.
final class InMemoryDatabase implements Database {

  final List<Alert> alerts = new ArrayList<>();
  final List<Notification> notifications = new ArrayList<>();
  final InMemoryEnforceStore enforce = new InMemoryEnforceStore();
  boolean broken;

  @Override
  public synchronized <T> T transact(Function<Ports, T> work) {
    if (broken) {
      throw new StoreException("disk full: /secret/path");
    }
    return work.apply(
        new Ports(
            new NoLedger(),
            new Alerts(),
            new Notifications(),
            enforce,
            new InMemoryExportStore(),
            new NoQuiet(),
            new NoForecasts()));
  }

  @Override
  public <T> T read(Function<Ports, T> work) {
    return transact(work);
  }

  @Override
  public void prune(Instant before) {
    throw notNeeded();
  }

  @Override
  public List<String> verify() {
    throw notNeeded();
  }

  @Override
  public String describe() {
    return "memory";
  }

  @Override
  public void close() {}

  private static <T> List<T> slice(List<T> all, int offset, int limit) {
    int from = Math.min(offset, all.size());
    return List.copyOf(all.subList(from, Math.min(from + limit, all.size())));
  }

  private static UnsupportedOperationException notNeeded() {
    return new UnsupportedOperationException("the HTTP side only reads lists");
  }

  private final class Alerts implements AlertStore {
    @Override
    public void put(Alert alert) {
      throw notNeeded();
    }

    @Override
    public void remove(String alertId) {
      throw notNeeded();
    }

    @Override
    public List<Alert> restore(Instant periodEndedAfter) {
      throw notNeeded();
    }

    @Override
    public List<Alert> page(int offset, int limit) {
      return slice(alerts, offset, limit);
    }
  }

  private final class Notifications implements Outbox {
    @Override
    public void add(Notification notification) {
      throw notNeeded();
    }

    @Override
    public long nextSequence(String policy, String budgetId, String receiver) {
      throw notNeeded();
    }

    @Override
    public Optional<Notification> nextDue(String receiver, Instant now) {
      throw notNeeded();
    }

    @Override
    public void dueBy(String receiver, Instant latest) {
      throw notNeeded();
    }

    @Override
    public Optional<Instant> nextDueAt(String receiver) {
      throw notNeeded();
    }

    @Override
    public void update(Notification notification) {
      throw notNeeded();
    }

    @Override
    public Optional<Notification> find(String id) {
      throw notNeeded();
    }

    @Override
    public List<Notification> page(int offset, int limit) {
      return slice(notifications, offset, limit);
    }

    @Override
    public List<Told> toldOf(String alertId) {
      throw notNeeded();
    }

    @Override
    public Groups groups() {
      return Groups.NONE;
    }

    @Override
    public List<ReceiverHealth> health() {
      throw notNeeded();
    }

    @Override
    public void putTrouble(Trouble trouble) {
      throw notNeeded();
    }

    @Override
    public List<Counts> counts() {
      throw notNeeded();
    }

    @Override
    public Optional<String> memory(String receiver, String alertId) {
      throw notNeeded();
    }

    @Override
    public void putMemory(String receiver, String alertId, String value) {
      throw notNeeded();
    }
  }

  private static final class NoForecasts implements ForecastStore {
    @Override
    public void keep(Collection<ForecastRecord> forecasts) {
      throw notNeeded();
    }

    @Override
    public void score(Collection<ScoredPeriod> periods) {
      throw notNeeded();
    }

    @Override
    public List<ForecastRecord> open(Instant periodEndedAfter) {
      throw notNeeded();
    }

    @Override
    public List<BudgetScore> scores() {
      throw notNeeded();
    }
  }

  private static final class NoQuiet implements QuietStore {
    @Override
    public void putSilence(Silence silence) {
      throw notNeeded();
    }

    @Override
    public void removeSilence(String silenceId) {
      throw notNeeded();
    }

    @Override
    public List<Silence> silences() {
      throw notNeeded();
    }

    @Override
    public void putWaiver(GrantedWaiver waiver) {
      throw notNeeded();
    }

    @Override
    public void removeWaiver(String waiverId) {
      throw notNeeded();
    }

    @Override
    public List<GrantedWaiver> waivers() {
      throw notNeeded();
    }

    @Override
    public void putOwed(Owed owed) {
      throw notNeeded();
    }

    @Override
    public void removeOwed(String alertId) {
      throw notNeeded();
    }

    @Override
    public List<Owed> owed() {
      throw notNeeded();
    }
  }

  private static final class NoLedger implements LedgerStore {
    @Override
    public void append(Posting posting) {
      throw notNeeded();
    }

    @Override
    public void putStatus(SourceStatus status) {
      throw notNeeded();
    }

    @Override
    public List<SourceStatus> statuses() {
      throw notNeeded();
    }

    @Override
    public void replay(Instant knownUntil, Consumer<Posting> sink) {
      throw notNeeded();
    }
  }
}
