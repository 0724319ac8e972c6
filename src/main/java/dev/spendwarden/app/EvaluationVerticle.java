package dev.spendwarden.app;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.Evaluation;
import dev.spendwarden.alert.Explanation;
import dev.spendwarden.alert.Matching;
import dev.spendwarden.alert.Outcome;
import dev.spendwarden.alert.ReceiverHealth;
import dev.spendwarden.alert.Silence;
import dev.spendwarden.alert.Snapshot;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.Reading;
import dev.spendwarden.charge.ReportStatus;
import dev.spendwarden.enforce.Watcher;
import dev.spendwarden.policy.Budget;
import dev.spendwarden.policy.Facts;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.Shard;
import dev.spendwarden.store.Database;
import dev.spendwarden.store.StoreException;
import dev.spendwarden.store.Tenure;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The single owner of a shard's alert state. Everything that decides runs here, one thing after
/// the other, on one virtual thread: look, store in one transaction, publish the snapshot, nudge
/// the receivers. It never awaits halfway, so what it holds in memory and what is stored are the
/// same between two looks; where a look fails or cannot be stored, whatever was thrown, it forgets
/// its memory and restores it from the store before it looks again.
///
/// What waits to be looked at is bounded by the number of sources: each has one poll in flight and
/// waits for its answer here.
final class EvaluationVerticle extends VerticleBase {

  private static final Logger LOG = LoggerFactory.getLogger(EvaluationVerticle.class);

  /// How long after a failed restore the next is tried.
  private static final Duration RESTORE_AGAIN = Duration.ofSeconds(5);

  /// No timer sleeps longer: a clock that was set is noticed within this.
  private static final Duration LONGEST_SLEEP = Duration.ofMinutes(1);

  /// How often one that only follows reads back what the replica with the lease has stored, at
  /// most, and how many times longer it then rests than the reading took.
  private static final Duration FOLLOW_EVERY = Duration.ofSeconds(1);

  private static final int FOLLOW_REST = 10;

  private final Database database;
  private final DaemonClock clock;
  private final JudgedTime time;
  private final BiConsumer<Duration, Outcome> measured;
  private final LookRecorder recorder;
  private final Retelling retelling;
  private final Function<List<String>, Optional<Tenure>> leases;
  private final Neighbours neighbours;

  /// What this was restored under and what every write shows; empty: it only follows, and writes
  /// nothing. Written on the evaluation's own thread.
  private volatile Optional<Tenure> lease = Optional.empty();

  private Duration rest = FOLLOW_EVERY;

  private volatile Snapshot snapshot = Snapshot.EMPTY;
  private volatile List<Silence> silences = List.of();
  private volatile boolean working;

  /// Sources whose newest news could not be stored: a disk that is nearly full takes what is small
  /// and refuses what is large, so a look that was stored says nothing of them.
  private final Set<String> unstored = ConcurrentHashMap.newKeySet();

  private final RepeatedTrouble trouble = new RepeatedTrouble(LOG, "evaluation_works_again");

  private final QuietOrders orders = new QuietOrders(this);

  private volatile Restoring restoring;

  private @Nullable Evaluation evaluation;

  /// The one being restored, which is not yet in force.
  private @Nullable Evaluation looking;

  private @Nullable ActionPlanning planning;

  private @Nullable Context owner;
  private long timer = -1;
  private boolean stopping;

  /// @param messenger tells, given where a budget's facts are found
  /// @param leases asks the store which of these leases this replica holds: all of them, or none
  /// @param measured hears how long each look took, storing included, and what came of it
  EvaluationVerticle(
      Restoring restoring,
      Database database,
      Function<List<String>, Optional<Tenure>> leases,
      DaemonClock clock,
      Function<RuleSummaries.FactsLookup, Messenger> messenger,
      Neighbours neighbours,
      BiConsumer<Duration, Outcome> measured) {
    this.restoring = restoring;
    this.database = database;
    this.leases = leases;
    this.neighbours = neighbours;
    this.clock = clock;
    this.time = new JudgedTime(clock);
    this.recorder =
        new LookRecorder(
            database,
            this::write,
            clock,
            messenger.apply(this::factsDuringLook),
            () -> this.restoring.shard().ofPolicies());
    this.retelling = new Retelling(this, recorder);
    this.measured = measured;
  }

  /// What every look does about actions; told before this is deployed.
  void plansActions(ActionPlanning actions) {
    planning = actions;
  }

  @Override
  public Future<?> start() {
    owner = context;
    restoring = restoring.from(clock.instant());
    try {
      readBack();
    } catch (StoreException e) {
      // Nothing is known yet: who starts the daemon should hear of it, not who reads its log.
      return Future.failedFuture(e);
    } catch (RuntimeException | Error e) {
      restoreAgain(e);
    }
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

  /// Whether the last look, and the newest of each source, could be judged and stored; any thread
  /// may ask.
  boolean isWorking() {
    return working && unstored.isEmpty();
  }

  /// Takes a complete reading in. The future ends when all that follows from it is durable.
  Future<Void> accept(Reading reading) {
    return news(reading.source(), (evaluation, now) -> evaluation.accept(reading, now));
  }

  /// Takes in how report tasks stand, outside of any reading.
  Future<Void> reported(String source, List<ReportStatus> reports) {
    return news(source, (evaluation, now) -> evaluation.reported(source, reports, now));
  }

  Future<Void> failed(String source, String reason) {
    return news(source, (evaluation, now) -> evaluation.failed(source, reason, now));
  }

  /// What is judged here; any thread may ask.
  Shard shard() {
    return restoring.shard();
  }

  /// Whether this replica judges it, as far as it knows; any thread may ask.
  boolean leads() {
    return lease.isPresent();
  }

  Neighbours neighbours() {
    return neighbours;
  }

  /// Puts other policies in force: what the former ones had firing ends as changed or removed.
  Future<Void> replace(Restoring other) {
    return run(() -> {
      restoring = other.from(now());
      unstored.retainAll(other.shard().sources());
      restore();
      return null;
    });
  }

  /// How deliveries go.
  Future<Void> delivering(Collection<ReceiverHealth> states) {
    return look((evaluation, now) -> evaluation.delivering(states, now));
  }

  /// What the store last said of this replica's leases. Whoever gained them, or holds them while
  /// something was changed at another replica, reads back what is stored.
  ///
  /// @param areOthers whether other replicas live, who may add to this one's groups
  void leased(Optional<Tenure> now, boolean areOthers) {
    run(
            () -> {
              if (!lease.equals(now)) {
                restore();
              } else if (areOthers && lease.isPresent()) {
                recorder.lookAtGroups();
                sleepUntilNeeded();
              }
              return null;
            })
        .onFailure(failure -> LOG.debug("lease_not_followed", failure));
  }

  /// Where the numbers of a budget come from, put together on the evaluation's own thread.
  Future<Optional<Explanation>> explain(Budget budget) {
    return run(() -> current().explain(budget.policy(), budget.labels(), now()));
  }

  // Quiet.

  /// Silences that have not ended; any thread may ask.
  List<Silence> silences() {
    Instant now = now();
    return silences.stream().filter(silence -> !silence.hasEnded(now)).toList();
  }

  /// Whether nobody is told of the alert now; any thread may ask.
  boolean isQuiet(Alert alert) {
    Policy policy = snapshot.policies().get(alert.policy());
    return alert.state() != Alert.State.RESOLVED
        && policy != null
        && Matching.quietUntil(silences, policy, alert, now()).isPresent();
  }

  /// What people order about alerts.
  QuietOrders orders() {
    return orders;
  }

  // For the orders, on the evaluation's own thread.

  /// Whether another replica judges.
  boolean follows() {
    return lease.isEmpty();
  }

  /// At a replica that follows: stored for the one that holds the lease, and seen here at once.
  <T> T changeBeside(Function<Database.Ports, T> change) {
    T result = database.transactBeside(LeaseNames.of(shard()), change);
    restore();
    return result;
  }

  /// Where it is not known whether it was stored, the memory is read back before the next look.
  <T> T writeOrForget(Function<Database.Ports, T> work) {
    try {
      return write(work);
    } catch (RuntimeException | Error e) {
      evaluation = null;
      sleepUntilNeeded();
      throw e;
    }
  }

  void storeAcked(Alert alert) {
    writeOrForget(ports -> {
      ports.alerts().put(alert);
      return alert;
    });
    recorder.neverRemindOf(alert);
  }

  void wakeHeld(Database.Ports ports) {
    recorder.wakeHeld(ports);
  }

  /// Writes while this replica holds the lease under which its memory was restored.
  private <T> T write(Function<Database.Ports, T> work) {
    Tenure held =
        lease.orElseThrow(
            () -> new StoreException("another replica polls and judges; this one only follows"));
    return database.transact(held, work);
  }

  /// Asks the evaluation something about one budget on its own thread.
  <T> Future<Optional<T>> explain(String policy, Dimensions labels, Function<Facts, T> question) {
    return run(() -> current().facts(policy, labels, now()).map(question));
  }

  /// Asks the evaluation something on its own thread; `question` must change nothing.
  <T> Future<T> ask(Function<Evaluation, T> question) {
    return run(() -> question.apply(current()));
  }

  /// The facts of a budget, for summaries: only on the evaluation's own thread, while a look is
  /// being stored.
  private Optional<Facts> factsDuringLook(String policy, Dimensions labels, Instant at) {
    Evaluation known = looking == null ? evaluation : looking;
    return known == null ? Optional.empty() : known.facts(policy, labels, at);
  }

  /// Does something in a transaction on the evaluation's own thread, which shows that both work.
  <T> Future<T> transact(Function<Database.Ports, T> work) {
    return run(() -> {
      current();
      return write(work);
    });
  }

  interface Look {
    Outcome at(Evaluation evaluation, Instant now);
  }

  private Future<Void> news(String source, Look look) {
    return look(look)
        .onSuccess(ignored -> {
          unstored.remove(source);
          sayItIsOver();
        })
        .onFailure(ignored -> unstored.add(source));
  }

  private void sayItIsOver() {
    if (isWorking()) {
      trouble.over();
    }
  }

  private Future<Void> look(Look look) {
    return run(() -> {
      lookAndStore(look);
      // What need not wait is told now, and not behind one more look at everything.
      tellGroups();
      return null;
    });
  }

  /// The look it follows is stored whether or not this works, so nobody who waits for that look
  /// hears of a failure: the groups are still due, and the next wake-up tells them.
  private void tellGroups() {
    try {
      retelling.tellGroups();
      sleepUntilNeeded();
    } catch (RuntimeException | Error e) {
      LOG.warn("groups_not_told: they are tried again at the next wake-up", e);
    }
  }

  /// Whatever `work` throws, the future ends: a poller that waits for it would wait for ever.
  <T> Future<T> run(Callable<T> work) {
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
      } catch (Error e) {
        // Who waits is prepared for exceptions, not for this.
        done.fail(new IllegalStateException("the evaluation broke: see the log", e));
      }
    });
    return done.future();
  }

  Evaluation current() {
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
    lookAndStore(look, LookRecorder.NOTHING_MORE);
  }

  /// @param also what is stored in the same transaction
  void lookAndStore(Look look, Consumer<Database.Ports> also) {
    if (evaluation != null && follows()) {
      throw new StoreException("another replica polls and judges this; it is only followed here");
    }
    long start = System.nanoTime();
    Instant now = now();
    try {
      Evaluation judged = current();
      Outcome outcome = look.at(judged, now);
      storeAndPlan(judged, outcome, also, now);
      if (!outcome.isEmpty()) {
        time.noEarlierThan(now);
      }
      // What only people look at is worked out when the news are already on their way.
      publish(judged, judged.snapshot(now));
      measured.accept(Duration.ofNanos(System.nanoTime() - start), outcome);
      working = true;
      sayItIsOver();
    } catch (RuntimeException | Error e) {
      // What is in memory may be ahead of what is stored: forget it.
      evaluation = null;
      working = false;
      trouble.met(
          "evaluation_not_stored: the state is read back from the store before the next look", e);
      throw e;
    } finally {
      sleepUntilNeeded();
    }
  }

  /// What actions the breaches ask for is written with what was seen, or not at all.
  private void storeAndPlan(
      Evaluation judged, Outcome outcome, Consumer<Database.Ports> also, Instant now) {
    ActionPlanning actions = planning;
    if (actions == null) {
      recorder.store(judged, outcome, also, now);
      return;
    }
    boolean anyActs = restoring.judged().stream().anyMatch(Watcher::acts);
    Watcher.Considered considered =
        actions.consider(anyActs ? judged.snapshot(now) : Snapshot.EMPTY);
    Consumer<Database.Ports> planned =
        considered.isEmpty()
            ? also
            : ports -> {
              also.accept(ports);
              actions.store(considered, ports, now);
            };
    recorder.store(judged, outcome, planned, now);
    actions.stored(considered);
  }

  /// Asks anew when each firing alert must be told again.
  void remindAnew() {
    @Nullable Evaluation known = evaluation;
    recorder.forgetReminders();
    if (known == null) {
      return;
    }
    try {
      retelling.remindAnew(known, snapshot, now());
    } catch (RuntimeException | Error e) {
      // Half of the times are lost: restoring asks for all of them.
      evaluation = null;
      throw e;
    } finally {
      sleepUntilNeeded();
    }
  }

  void publish() {
    Evaluation known = evaluation;
    if (known != null) {
      publish(known, known.snapshot(now()));
    }
  }

  private void publish(Evaluation known, Snapshot after) {
    snapshot = after;
    silences = known.silences();
  }

  private void restore() {
    try {
      readBack();
    } catch (RuntimeException | Error e) {
      restoreAgain(e);
    }
  }

  private void restoreAgain(Throwable failure) {
    trouble.met("evaluation_not_restored: trying again in " + RESTORE_AGAIN, failure);
  }

  /// Reads everything back from the store and ends what policies no longer cover.
  private void readBack() {
    long start = System.nanoTime();
    try {
      // Asked first: whatever is changed elsewhere from here on makes the next write fail.
      lease = leases.apply(LeaseNames.of(shard()));
      Restoring.Empty empty = restoring.empty(clock);
      Evaluation restored = empty.evaluation();
      looking = restored;
      Outcome outcome =
          database.read(ports -> {
            if (planning != null) {
              planning.restore(ports);
            }
            return empty.read(ports, time);
          });
      if (lease.isPresent()) {
        recorder.store(restored, outcome, recorder::wakeHeld, now());
      } else {
        // Whoever holds the lease reads them anew.
        unstored.clear();
      }
      evaluation = restored;
      working = true;
      var before = new Notes(snapshot, silences);
      publish();
      new Notes(snapshot, silences).changedSince(before, now()).forEach(neighbours::noted);
      if (lease.isPresent()) {
        // Whoever only follows reminds nobody, and need not ask every second when.
        remindAnew();
      }
    } catch (RuntimeException | Error e) {
      evaluation = null;
      working = false;
      throw e;
    } finally {
      looking = null;
      Duration took = Duration.ofNanos(System.nanoTime() - start).multipliedBy(FOLLOW_REST);
      rest = took.compareTo(FOLLOW_EVERY) > 0 ? took : FOLLOW_EVERY;
      sleepUntilNeeded();
    }
  }

  private void sleepUntilNeeded() {
    vertx.cancelTimer(timer);
    if (stopping) {
      return;
    }
    Evaluation known = evaluation;
    if (known != null && lease.isEmpty()) {
      timer = vertx.setTimer(rest.toMillis(), ignored -> wake());
      return;
    }
    Duration until =
        known == null
            ? RESTORE_AGAIN
            : Duration.between(now(), earlier(known.nextWakeUp(), recorder.nextToTell()));
    Duration bounded =
        until.compareTo(LONGEST_SLEEP) > 0 && clock.rate() <= 1 ? LONGEST_SLEEP : until;
    timer = vertx.setTimer(clock.realMillis(bounded), ignored -> wake());
  }

  /// The time at which it is judged.
  Instant now() {
    return time.instant();
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }

  private void wake() {
    if (stopping) {
      return;
    }
    if (evaluation == null || lease.isEmpty()) {
      restore();
      return;
    }
    try {
      lookAndStore(Evaluation::tick);
      retelling.remind();
      retelling.tellGroups();
      sleepUntilNeeded();
    } catch (RuntimeException | Error e) {
      LOG.debug("evaluation_tick_failed", e);
    }
  }
}
