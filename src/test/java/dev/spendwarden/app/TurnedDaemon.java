package dev.spendwarden.app;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.Evaluation;
import dev.spendwarden.alert.Matching;
import dev.spendwarden.alert.Outcome;
import dev.spendwarden.alert.Snapshot;
import dev.spendwarden.app.config.Config;
import dev.spendwarden.app.config.Config.ReceiverConfig;
import dev.spendwarden.app.config.Config.SourceConfig;
import dev.spendwarden.charge.Names;
import dev.spendwarden.charge.Reading;
import dev.spendwarden.metrics.Meters;
import dev.spendwarden.notify.Delivery;
import dev.spendwarden.notify.DeliveryListener;
import dev.spendwarden.notify.DeliveryResult;
import dev.spendwarden.notify.Dispatch;
import dev.spendwarden.notify.RetryPolicy;
import dev.spendwarden.notify.Standing;
import dev.spendwarden.policy.Shard;
import dev.spendwarden.store.Database;
import dev.spendwarden.store.SqliteDatabase;
import dev.spendwarden.store.Tenure;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The daemon's own parts on a clock that is turned by hand, without Vert.x: each reading takes the
/// way through evaluation, recorder, outbox and deliveries that the verticles give it, one after
/// the other, so that a year of polls takes no longer than its work. Receivers take everything.
final class TurnedDaemon implements AutoCloseable {

  private final Config config;
  private final Instant since;
  private final Meters meters = new Meters("turned");
  private final Dispatch dispatch;

  private Instant now;
  private Database database;
  private Tenure tenure;
  private Evaluation evaluation;
  private LookRecorder recorder;
  private List<Delivery> deliveries;

  TurnedDaemon(Config config, Instant start) {
    this.config = config;
    this.since = start;
    this.now = start;
    this.dispatch =
        new Dispatch(
            RouteTree.of(config),
            new RuleSummaries((policy, labels, at) -> evaluation.facts(policy, labels, at)),
            Optional.empty());
    open();
    evaluation = restored();
  }

  /// One poll, all that follows from it, and all that has fallen due by then.
  void poll(Reading reading) {
    now = reading.asOf();
    look(evaluation.accept(reading, now));
    recorder.tellGroups(this::standing);
    List<Alert> due = recorder.due(now);
    if (!due.isEmpty()) {
      look(evaluation.repeat(due, now));
      recorder.remindLater(evaluation, now);
    }
    deliveries.forEach(TurnedDaemon::drain);
  }

  private void look(Outcome outcome) {
    recorder.store(evaluation, outcome, LookRecorder.NOTHING_MORE, now);
  }

  private static void drain(Delivery delivery) {
    while (delivery.step() instanceof Delivery.Step.Attempted) {
      // The next one.
    }
  }

  private Optional<Standing.Present> standing(String budgetId, String alertId) {
    Snapshot snapshot = evaluation.snapshot(now);
    return Optional.ofNullable(snapshot.budgets().get(budgetId))
        .flatMap(view ->
            view.alert()
                .filter(alert -> alert.id().equals(alertId))
                .flatMap(alert ->
                    Optional.ofNullable(snapshot.policies().get(alert.policy()))
                        .map(policy ->
                            new Standing.Present(
                                policy,
                                alert,
                                Optional.of(view.assessment()),
                                Matching.quietUntil(List.of(), policy, alert, now)))));
  }

  /// What the daemon does once a day.
  void forget() {
    RetentionVerticle.before(config.policies(), config.storage().retention(), now)
        .ifPresent(database::prune);
  }

  /// Closes the store, opens it again and reads back what a daemon that starts does. It goes on
  /// with the memory it had, as one that was never restarted.
  ///
  /// @return how long it took, and what was read back
  Restart restart() {
    close();
    long start = System.nanoTime();
    open();
    Evaluation known = restored();
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    recorder.remindOf(evaluation, live(evaluation), now);
    return new Restart(took, live(known), live(evaluation));
  }

  /// @param readBack the alerts that are pending or fire, as the store knows them
  /// @param remembered the same as they were in memory
  record Restart(Duration took, List<Alert> readBack, List<Alert> remembered) {}

  private List<Alert> live(Evaluation known) {
    return known.snapshot(now).budgets().values().stream()
        .flatMap(view -> view.alert().stream())
        .filter(alert -> alert.state() != Alert.State.RESOLVED)
        .toList();
  }

  Evaluation evaluation() {
    return evaluation;
  }

  Database database() {
    return database;
  }

  private void open() {
    database = SqliteDatabase.open(config.storage().url(), () -> now);
    tenure = database.take(LeaseNames.HOUSE, "turned", Duration.ofMinutes(1)).orElseThrow();
    recorder =
        new LookRecorder(
            database,
            this::write,
            () -> now,
            new DispatchMessenger(() -> dispatch, () -> now, meters, () -> {}),
            () -> Names.ALL);
    deliveries =
        config.receivers().stream()
            .map(receiver ->
                new Delivery(
                    receiver.name(),
                    (notification, memory) -> new DeliveryResult.Delivered(Optional.empty()),
                    new StoredOutbox(database, tenure),
                    RetryPolicy.DEFAULT,
                    () -> now,
                    DeliveryListener.NONE))
            .toList();
  }

  private <T> T write(java.util.function.Function<Database.Ports, T> work) {
    return database.transact(tenure, work);
  }

  private Evaluation restored() {
    Restoring.Empty empty =
        Restoring.of(
                Shard.whole(config.sources().stream().map(SourceConfig::name).toList()),
                config.policies(),
                Sources.terms(config),
                config.receivers().stream().map(ReceiverConfig::name).toList(),
                since)
            .empty(DaemonClock.of(() -> now));
    Outcome outcome = database.read(ports -> empty.read(ports, new JudgedTime(() -> now)));
    recorder.store(empty.evaluation(), outcome, recorder::wakeHeld, now);
    return empty.evaluation();
  }

  @Override
  public void close() {
    database.close();
  }
}
