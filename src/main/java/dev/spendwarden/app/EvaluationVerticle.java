package dev.spendwarden.app;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.Evaluation;
import dev.spendwarden.alert.Explanation;
import dev.spendwarden.alert.Outcome;
import dev.spendwarden.alert.Snapshot;
import dev.spendwarden.alert.Transition;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.Reading;
import dev.spendwarden.charge.ReportStatus;
import dev.spendwarden.enforce.Watcher;
import dev.spendwarden.policy.Budget;
import dev.spendwarden.policy.Facts;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.SourceTerms;
import dev.spendwarden.store.Database;
import dev.spendwarden.store.StoreException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The single owner of alert state. Everything that decides runs here, one thing after the other,
/// on one virtual thread: look, store in one transaction, publish the snapshot, nudge the
/// receivers. It never awaits halfway, so what it holds in memory and what is stored are the same
/// between two looks; where storing fails it forgets its memory and restores it from the store
/// before it looks again.
///
/// What waits to be looked at is bounded by the number of sources: each has one poll in flight and
/// waits for its answer here.
final class EvaluationVerticle extends VerticleBase {

  private static final Logger LOG = LoggerFactory.getLogger(EvaluationVerticle.class);

  /// How long after a failed restore the next is tried.
  private static final Duration RESTORE_AGAIN = Duration.ofSeconds(5);

  /// No timer sleeps longer: a clock that was set is noticed within this.
  private static final Duration LONGEST_SLEEP = Duration.ofMinutes(1);

  private final Database database;
  private final DaemonClock clock;
  private final BiConsumer<Database.Ports, Transition> tell;
  private final Runnable nudge;
  private final BiConsumer<Duration, Outcome> measured;

  private volatile Snapshot snapshot = Snapshot.EMPTY;
  private volatile boolean working;

  private Collection<Policy> policies;
  private Collection<SourceTerms> terms;
  private @Nullable Evaluation evaluation;

  /// The one being restored, which is not yet in force.
  private @Nullable Evaluation looking;

  private @Nullable ActionPlanning planning;

  private @Nullable Context owner;
  private long timer = -1;
  private boolean stopping;

  /// @param tell adds a transition's notifications to the outbox, inside the transaction
  /// @param nudge tells the receivers to look into the outbox
  /// @param measured hears how long each look took, storing included, and what came of it
  EvaluationVerticle(
      Collection<Policy> policies,
      Collection<SourceTerms> terms,
      Database database,
      DaemonClock clock,
      BiConsumer<Database.Ports, Transition> tell,
      Runnable nudge,
      BiConsumer<Duration, Outcome> measured) {
    this.policies = List.copyOf(policies);
    this.terms = List.copyOf(terms);
    this.database = database;
    this.clock = clock;
    this.tell = tell;
    this.nudge = nudge;
    this.measured = measured;
  }

  /// What every look does about actions; told before this is deployed.
  void plansActions(ActionPlanning actions) {
    planning = actions;
  }

  @Override
  public Future<?> start() {
    owner = context;
    restore();
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    stopping = true;
    vertx.cancelTimer(timer);
    return Future.succeededFuture();
  }

  /// The newest snapshot; any thread may ask.
  Snapshot snapshot() {
    return snapshot;
  }

  /// Whether the last look could be judged and stored; any thread may ask.
  boolean isWorking() {
    return working;
  }

  /// Takes a complete reading in. The future ends when all that follows from it is durable.
  Future<Void> accept(Reading reading) {
    return look((evaluation, now) -> evaluation.accept(reading, now));
  }

  /// Takes in how report tasks stand, outside of any reading.
  Future<Void> reported(String source, List<ReportStatus> reports) {
    return look((evaluation, now) -> evaluation.reported(source, reports, now));
  }

  Future<Void> failed(String source, String reason) {
    return look((evaluation, now) -> evaluation.failed(source, reason, now));
  }

  /// Puts other policies in force: what the former ones had firing ends as changed or removed.
  Future<Void> replace(Collection<Policy> newPolicies, Collection<SourceTerms> newTerms) {
    return run(() -> {
      policies = List.copyOf(newPolicies);
      terms = List.copyOf(newTerms);
      restore();
      return null;
    });
  }

  Future<Optional<Alert>> ack(String alertId, String person) {
    return run(() -> {
      Optional<Alert> acked = current().ack(alertId, person);
      acked.ifPresent(alert ->
          database.transact(ports -> {
            ports.alerts().put(alert);
            return alert;
          }));
      publish();
      return acked;
    });
  }

  /// Where the numbers of a budget come from, put together on the evaluation's own thread.
  Future<Optional<Explanation>> explain(Budget budget) {
    return run(() -> current().explain(budget.policy(), budget.labels(), clock.instant()));
  }

  /// The facts of a budget, for summaries: only on the evaluation's own thread, while a look is
  /// being stored.
  Optional<Facts> factsDuringLook(String policy, Dimensions labels, Instant at) {
    Evaluation known = looking == null ? evaluation : looking;
    return known == null ? Optional.empty() : known.facts(policy, labels, at);
  }

  private interface Look {
    Outcome at(Evaluation evaluation, Instant now);
  }

  private Future<Void> look(Look look) {
    return run(() -> {
      lookAndStore(look);
      return null;
    });
  }

  private <T> Future<T> run(Callable<T> work) {
    Promise<T> done = Promise.promise();
    Context context = owner;
    if (context == null) {
      return Future.failedFuture(new IllegalStateException("the evaluation has not started"));
    }
    context.runOnContext(ignored -> {
      try {
        done.complete(work.call());
      } catch (Exception e) {
        done.fail(e);
      }
    });
    return done.future();
  }

  private Evaluation current() {
    Evaluation known = evaluation;
    if (known == null) {
      restore();
      known = evaluation;
    }
    if (known == null) {
      throw new StoreException("the store cannot be read; see the log");
    }
    return known;
  }

  private void lookAndStore(Look look) {
    long start = System.nanoTime();
    Instant now = clock.instant();
    try {
      Outcome outcome = look.at(current(), now);
      Snapshot after = current().snapshot(now);
      storeAndPlan(outcome, after, now);
      snapshot = after;
      measured.accept(Duration.ofNanos(System.nanoTime() - start), outcome);
      working = true;
    } catch (RuntimeException e) {
      // What is in memory may be ahead of what is stored: forget it.
      evaluation = null;
      working = false;
      LOG.error(
          "evaluation_not_stored: the state is read back from the store before the next look", e);
      throw e;
    } finally {
      sleepUntilNeeded();
    }
  }

  /// What actions the breaches ask for is written with what was seen, or not at all.
  private void storeAndPlan(Outcome outcome, Snapshot after, Instant now) {
    ActionPlanning actions = planning;
    if (actions == null) {
      store(outcome, ports -> {});
      return;
    }
    Watcher.Considered considered = actions.consider(after);
    if (outcome.isEmpty() && !considered.isEmpty()) {
      database.transact(ports -> {
        actions.store(considered, ports, now);
        return considered;
      });
    } else {
      store(outcome, ports -> actions.store(considered, ports, now));
    }
    actions.stored(considered);
  }

  /// @param also written in the same transaction
  private void store(Outcome outcome, Consumer<Database.Ports> also) {
    if (outcome.isEmpty()) {
      return;
    }
    database.transact(ports -> {
      also.accept(ports);
      outcome.posting().ifPresent(ports.ledger()::append);
      outcome.statuses().forEach(ports.ledger()::putStatus);
      outcome.changed().forEach(ports.alerts()::put);
      outcome.forgotten().forEach(alert -> ports.alerts().remove(alert.id()));
      outcome.transitions().forEach(transition -> tell.accept(ports, transition));
      return outcome;
    });
    if (!outcome.transitions().isEmpty()) {
      nudge.run();
    }
  }

  private void publish() {
    Evaluation known = evaluation;
    if (known != null) {
      snapshot = known.snapshot(clock.instant());
    }
  }

  /// Reads everything back from the store and ends what policies no longer cover.
  private void restore() {
    Instant now = clock.instant();
    try {
      var restored = new Evaluation(policies, terms);
      looking = restored;
      Outcome outcome =
          database.transact(ports -> {
            if (planning != null) {
              planning.restore(ports);
            }
            ports.ledger().replay(now, restored::restore);
            ports.ledger().statuses().forEach(restored::restore);
            return restored.restore(
                ports.alerts().restore(now.minus(Evaluation.OPEN_TO_RESTATEMENT)), now);
          });
      store(outcome, ports -> {});
      evaluation = restored;
      working = true;
      publish();
    } catch (RuntimeException e) {
      evaluation = null;
      working = false;
      LOG.error("evaluation_not_restored: trying again in {}", RESTORE_AGAIN, e);
    } finally {
      looking = null;
      sleepUntilNeeded();
    }
  }

  private void sleepUntilNeeded() {
    vertx.cancelTimer(timer);
    if (stopping) {
      return;
    }
    Evaluation known = evaluation;
    Duration until =
        known == null ? RESTORE_AGAIN : Duration.between(clock.instant(), known.nextWakeUp());
    Duration bounded =
        until.compareTo(LONGEST_SLEEP) > 0 && clock.rate() <= 1 ? LONGEST_SLEEP : until;
    timer = vertx.setTimer(clock.realMillis(bounded), ignored -> wake());
  }

  private void wake() {
    if (stopping) {
      return;
    }
    if (evaluation == null) {
      restore();
      return;
    }
    try {
      lookAndStore(Evaluation::tick);
    } catch (RuntimeException e) {
      LOG.debug("evaluation_tick_failed", e);
    }
  }
}
