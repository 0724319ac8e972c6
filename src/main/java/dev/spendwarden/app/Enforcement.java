package dev.spendwarden.app;

import dev.spendwarden.alert.Snapshot;
import dev.spendwarden.app.config.Config;
import dev.spendwarden.charge.Names;
import dev.spendwarden.enforce.Action;
import dev.spendwarden.enforce.Action.Phase;
import dev.spendwarden.enforce.Action.State;
import dev.spendwarden.enforce.AuditRow;
import dev.spendwarden.enforce.Decision;
import dev.spendwarden.enforce.Journal;
import dev.spendwarden.enforce.Lever;
import dev.spendwarden.enforce.Situation;
import dev.spendwarden.enforce.Watcher;
import dev.spendwarden.metrics.Meters;
import dev.spendwarden.notify.Routes;
import dev.spendwarden.sources.http.GuardedClient;
import dev.spendwarden.store.Database;
import dev.spendwarden.web.Commands.Note;
import dev.spendwarden.web.Commands.Result;
import dev.spendwarden.web.Enforcing;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All of enforcement wired together: what the looks plan, the verticle that acts, what people
/// decide, the kill switch and the decisions. Thread-safe.
final class Enforcement implements Enforcing {

  private static final Logger LOG = LoggerFactory.getLogger(Enforcement.class);

  private final Database database;
  private final DaemonClock clock;
  private final Meters meters;
  private final Levers levers;
  private final Supplier<Snapshot> snapshot;
  private final Tenures tenures;
  private final Function<String, List<String>> leasesOf;

  /// What was seen of figures, by the leases of their shard.
  private final Map<List<String>, Watcher> watchers = new ConcurrentHashMap<>();

  /// What people decide, at any replica.
  private final Journal journal;

  private final ActionVerticle verticle;
  private final DecisionDesk desk;

  private volatile Map<String, Levers.Configured> configured = Map.of();
  private volatile boolean enabled;

  /// What enforcement needs of the daemon.
  ///
  /// @param leasesOf the leases of the shard that judges a policy
  /// @param nudge tells the receivers to look into the outbox
  /// @param policiesHere whose actions this replica runs
  record Parts(
      Database database,
      Tenures tenures,
      Function<String, List<String>> leasesOf,
      DaemonClock clock,
      Meters meters,
      GuardedClient http,
      Supplier<Snapshot> snapshot,
      Supplier<Routes> routes,
      Supplier<Optional<URI>> externalUrl,
      Runnable nudge,
      Supplier<Names> policiesHere) {}

  Enforcement(Parts parts, Config config) {
    this.database = parts.database();
    this.clock = parts.clock();
    this.meters = parts.meters();
    this.levers = new Levers(parts.http(), clock);
    this.snapshot = parts.snapshot();
    this.enabled = database.read(ports -> ports.enforce().isEnabled());
    meters.enforcementEnabled(enabled);
    var telling = new ActionTelling(parts.routes(), snapshot, parts.externalUrl());
    this.tenures = parts.tenures();
    this.leasesOf = parts.leasesOf();
    this.journal = journal(parts, telling, policy -> tenures.beside(leasesOf.apply(policy)));
    Journal acting = journal(parts, telling, policy -> tenures.under(leasesOf.apply(policy)));
    Function<String, Optional<Levers.Configured>> byName =
        name -> Optional.ofNullable(configured.get(name));
    this.verticle =
        new ActionVerticle(database, clock, acting, byName, this::situation, parts.policiesHere());
    this.desk = new DecisionDesk(snapshot, database, clock, tenures::areOthers);
    configure(config);
    Optional<AuditRow> last = database.read(ports -> ports.enforce().lastAudit());
    last.ifPresent(row -> LOG.info("audit_chain rows={} newest_hash={}", row.seq(), row.hash()));
  }

  private static Journal journal(
      Parts parts, ActionTelling telling, Function<String, Database> ofPolicy) {
    return new StoredJournal(
        parts.database(), ofPolicy, parts.clock(), telling, parts.meters(), parts.nudge());
  }

  /// Puts the actions of a configuration in force. What is already planned goes on under the new
  /// one, or ends where its action is gone.
  void configure(Config config) {
    configured = levers.of(config);
    List<String> ends =
        Arrays.stream(State.values()).filter(s -> !s.isOpen()).map(State::word).toList();
    configured.forEach((name, action) -> {
      meters.knowAction(name, action.spec().mode().word(), ends);
      action
          .spec()
          .inert()
          .ifPresent(why -> LOG.warn("action_inert action={} because {}", name, why));
    });
    verticle.nudge();
  }

  private void lookedAt() {
    if (!configured.isEmpty()) {
      verticle.nudge();
    }
  }

  /// For the looks of the shard with these leases.
  ActionPlanning planning(List<String> leases) {
    return new ActionPlanning(
        watcher(leases), name -> Optional.ofNullable(configured.get(name)), this::lookedAt);
  }

  private Watcher watcher(List<String> leases) {
    return watchers.computeIfAbsent(leases.subList(0, 1), ignored -> new Watcher());
  }

  ActionVerticle verticle() {
    return verticle;
  }

  private Situation situation(Action action) {
    return ActionVerticle.situationOf(
        action,
        snapshot.get(),
        watcher(leasesOf.apply(action.subject().policy()))
            .isSuspicious(action.subject().budgetId()),
        enabled);
  }

  /// What the store says of the kill switch, which may have been used at another replica.
  void noticed(boolean enforcing) {
    if (enabled != enforcing) {
      enabled = enforcing;
      meters.enforcementEnabled(enforcing);
    }
  }

  /// Looks for what was reserved at other replicas.
  void lookAround() {
    desk.lookAround();
  }

  /// Looks for what is due, which may have been decided at another replica.
  void look() {
    verticle.nudge();
  }

  // What people decide.

  @Override
  public Result approve(String actionId, Note note) {
    return decide(
        actionId,
        note,
        "approved",
        action ->
            action.state() == State.WAITING
                ? Optional.of(
                    action
                        .edit()
                        .to(State.PLANNED, Phase.ACT)
                        .due(clock.instant())
                        .decidedBy(note.by())
                        .done())
                : Optional.empty());
  }

  @Override
  public Result reject(String actionId, Note note) {
    return decide(
        actionId,
        note,
        "rejected",
        action ->
            action.state() == State.WAITING || action.state() == State.PLANNED
                ? Optional.of(
                    action
                        .edit()
                        .to(State.REJECTED, action.progress().phase())
                        .decidedBy(note.by())
                        .outcome(
                            "rejected by "
                                + note.by()
                                + (note.comment().isEmpty() ? "" : ": " + note.comment()))
                        .done())
                : Optional.empty());
  }

  @Override
  public Result undo(String actionId, Note note) {
    return decide(
        actionId,
        note,
        "undo_requested",
        action -> {
          boolean ended = action.state() == State.DONE || action.state() == State.FAILED;
          boolean can =
              Optional.ofNullable(configured.get(action.kind().name()))
                  .flatMap(Levers.Configured::lever)
                  .map(Lever::undoes)
                  .orElse(false);
          return ended && action.hasDone() && can
              ? Optional.of(
                  action
                      .edit()
                      .to(State.RUNNING, Phase.UNDO)
                      .due(clock.instant())
                      .decidedBy(note.by())
                      .attempts(0)
                      .done())
              : Optional.empty();
        });
  }

  /// @param change the action after the decision; empty: not in this state
  private Result decide(
      String actionId, Note note, String what, Function<Action, Optional<Action>> change) {
    Optional<Action> found = database.read(ports -> ports.enforce().find(actionId));
    if (found.isEmpty()) {
      return new Result.NotFound("there is no action " + actionId);
    }
    Optional<Action> after = change.apply(found.get());
    if (after.isEmpty()) {
      return new Result.Conflict(
          "it is " + found.get().state().word() + " and cannot be " + what.replace('_', ' '));
    }
    var details = Map.of("comment", note.comment());
    var step = new Journal.Step(after.get(), note.by(), what, details, Optional.empty());
    if (!journal.record(step)) {
      return new Result.Conflict("it has just changed; look at it again");
    }
    verticle.nudge();
    return Result.Done.NOTHING_MADE;
  }

  @Override
  public boolean isEnabled() {
    return enabled;
  }

  @Override
  public synchronized Result enable(boolean on, Note note) {
    if (!on) {
      // At once, whatever the store says.
      enabled = false;
    }
    tenures
        .beside(LeaseNames.HOUSE)
        .transact(ports -> {
          boolean before = ports.enforce().isEnabled();
          if (before != on) {
            ports.enforce().enable(on);
            StoredJournal.audit(
                ports.enforce(),
                clock.instant(),
                note.by(),
                on ? "enforcement_enabled" : "enforcement_disabled",
                "",
                new TreeMap<>(Map.of("comment", note.comment())));
          }
          return before;
        });
    enabled = on;
    meters.enforcementEnabled(on);
    LOG.warn("enforcement_switched enabled={} by={}", on, note.by());
    verticle.nudge();
    return Result.Done.NOTHING_MADE;
  }

  // Decisions.

  @Override
  public Decision decide(Decision.Request request) {
    return desk.decide(request);
  }

  @Override
  public Reserved reserve(Decision.Request request, Duration keep) {
    return desk.reserve(request, keep);
  }

  @Override
  public Result settle(String holdId, BigDecimal amount) {
    return desk.settle(holdId, amount);
  }

  @Override
  public Result release(String holdId) {
    return desk.release(holdId);
  }
}
