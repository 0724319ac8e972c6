package dev.spendwarden.app;

import dev.spendwarden.alert.Snapshot;
import dev.spendwarden.charge.Names;
import dev.spendwarden.enforce.Action;
import dev.spendwarden.enforce.ActionSpec;
import dev.spendwarden.enforce.AuditRow;
import dev.spendwarden.enforce.Journal;
import dev.spendwarden.enforce.Situation;
import dev.spendwarden.enforce.Stages;
import dev.spendwarden.policy.Assessment;
import dev.spendwarden.store.Database;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs actions: what is due in the store, one after the other, on one virtual thread. Everything
/// it needs to go on after a crash is in the store; a nudge says "look again" and may be lost.
final class ActionVerticle extends VerticleBase {

  private static final Logger LOG = LoggerFactory.getLogger(ActionVerticle.class);

  private static final int AT_ONCE = 50;

  private static final Duration LONGEST_SLEEP = Duration.ofMinutes(1);

  private final RepeatedTrouble trouble = new RepeatedTrouble(LOG, "actions_advance_again");

  private final Database database;
  private final DaemonClock clock;
  private final Journal journal;
  private final Stages stages;
  private final Function<String, Optional<Levers.Configured>> configured;
  private final Function<Action, Situation> situation;

  private @Nullable Context owner;
  private long timer = -1;
  private boolean stopping;

  /// The policies whose actions this replica runs.
  private final Supplier<Names> policies;

  /// A lever's call lets other handlers of this verticle run: they must not begin a second round.
  private boolean busy;

  private boolean again;

  /// Ends with the step that was under way when this was stopped.
  private final Promise<Void> idle = Promise.promise();

  ActionVerticle(
      Database database,
      DaemonClock clock,
      Journal journal,
      Function<String, Optional<Levers.Configured>> configured,
      Function<Action, Situation> situation,
      Supplier<Names> policies) {
    this.policies = policies;
    this.database = database;
    this.clock = clock;
    this.journal = journal;
    this.configured = configured;
    this.situation = situation;
    this.stages = new Stages(journal, situation, clock);
  }

  @Override
  public Future<?> start() {
    owner = context;
    timer = vertx.setTimer(1, ignored -> work());
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    stopping = true;
    vertx.cancelTimer(timer);
    if (busy) {
      // A call that is broken off would have to be read back, and perhaps be made again.
      vertx.setTimer(Deployments.UNDER_WAY_LONGEST.toMillis(), ignored -> idle.tryComplete());
    } else {
      idle.tryComplete();
    }
    return idle.future();
  }

  /// Something may be due; any thread may say so.
  void nudge() {
    Context context = owner;
    if (context != null) {
      context.runOnContext(ignored -> work());
    }
  }

  private void work() {
    if (stopping) {
      return;
    }
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    try {
      do {
        again = false;
        sweep();
        List<Action> due =
            database.read(ports -> ports.enforce().due(clock.instant(), AT_ONCE, policies.get()));
        for (Action action : due) {
          if (stopping || !policies.get().has(action.subject().policy())) {
            return;
          }
          advance(action);
        }
        again |= due.size() == AT_ONCE;
      } while (again && !stopping);
      trouble.over();
    } catch (RuntimeException e) {
      if (stopping) {
        LOG.debug("action_broken_off: it is read back after the next start", e);
      } else {
        trouble.met("actions_not_advanced: trying again in " + Stages.LOOK_AGAIN, e);
      }
    } finally {
      busy = false;
      if (stopping) {
        idle.tryComplete();
      }
      sleep();
    }
  }

  private void advance(Action action) {
    Optional<Levers.Configured> known = configured.apply(action.kind().name());
    if (known.isEmpty() || !known.get().spec().type().equals(action.kind().type())) {
      orphaned(action);
      return;
    }
    ActionSpec spec = known.get().spec();
    if (known.get().lever().isEmpty()) {
      stages.inert(action, spec);
      return;
    }
    stages.advance(action, spec, known.get().lever().get());
  }

  private void orphaned(Action action) {
    String why = "the action is no longer configured";
    boolean done = action.state() == Action.State.DONE;
    Action ended =
        (done ? action.edit() : action.edit().to(Action.State.EXPIRED, action.progress().phase()))
            .outcome(why)
            .done();
    journal.record(
        new Journal.Step(
            ended, AuditRow.DAEMON, "orphaned", Map.of("outcome", why), Optional.empty()));
  }

  /// What no time but a new snapshot decides: proposals whose breach is over, and limits raised.
  private void sweep() {
    Names here = policies.get();
    List<Action> live = database.read(ports -> ports.enforce().live());
    for (Action action : live) {
      if (!here.has(action.subject().policy())) {
        continue;
      }
      Situation now = situation.apply(action);
      if (action.state() == Action.State.WAITING) {
        stages.reconsider(action);
      } else if (action.state() == Action.State.DONE && isRaised(action, now)) {
        configured
            .apply(action.kind().name())
            .flatMap(Levers.Configured::lever)
            .ifPresent(lever -> stages.beginUndo(action, AuditRow.DAEMON, lever));
      }
    }
  }

  private static boolean isRaised(Action action, Situation now) {
    if (action.kind().undo() != ActionSpec.Undo.LIMIT_RAISED || now.ruleFires()) {
      return false;
    }
    Optional<Assessment> fresh = now.assessment().filter(assessment -> !assessment.held());
    Optional<BigDecimal> limit = fresh.flatMap(Assessment::limit);
    return limit.isPresent()
        && action.subject().limit().isPresent()
        && limit.get().compareTo(action.subject().limit().get()) > 0;
  }

  private void sleep() {
    vertx.cancelTimer(timer);
    if (stopping) {
      return;
    }
    Duration wait = LONGEST_SLEEP;
    try {
      Optional<Instant> next = database.read(ports -> ports.enforce().nextDue(policies.get()));
      Duration until = next.map(at -> Duration.between(clock.instant(), at)).orElse(wait);
      wait = until.compareTo(wait) < 0 ? until : wait;
    } catch (RuntimeException e) {
      LOG.debug("next_action_not_read", e);
    }
    timer = vertx.setTimer(Math.max(20, clock.realMillis(wait)), ignored -> work());
  }

  /// How the budget of an action stands in a snapshot.
  static Situation situationOf(
      Action action, Snapshot snapshot, boolean suspicious, boolean enabled) {
    Action.Subject subject = action.subject();
    Optional<Snapshot.BudgetView> view =
        Optional.ofNullable(snapshot.budgets().get(subject.budgetId()));
    boolean fires =
        view.isPresent()
            && Optional.ofNullable(snapshot.policies().get(subject.policy())).stream()
                .flatMap(policy -> policy.rules().stream())
                .anyMatch(rule ->
                    rule.name().equals(subject.rule())
                        && dev.spendwarden.enforce.Watcher.fires(rule, view.get()));
    return new Situation(view.map(Snapshot.BudgetView::assessment), fires, suspicious, enabled);
  }
}
