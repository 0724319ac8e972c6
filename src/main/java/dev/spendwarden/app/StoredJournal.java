package dev.spendwarden.app;

import dev.spendwarden.enforce.Action;
import dev.spendwarden.enforce.Action.State;
import dev.spendwarden.enforce.AuditChain;
import dev.spendwarden.enforce.EnforceStore;
import dev.spendwarden.enforce.Journal;
import dev.spendwarden.metrics.Meters;
import dev.spendwarden.store.Database;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The steps of actions in the store: state, audit row and notifications in one transaction.
/// Thread-safe.
final class StoredJournal implements Journal {

  private static final Logger LOG = LoggerFactory.getLogger(StoredJournal.class);

  private final Database database;
  private final Function<String, Database> ofPolicy;
  private final InstantSource clock;
  private final ActionTelling telling;
  private final Meters meters;
  private final Runnable nudge;

  /// @param database for reading
  /// @param ofPolicy where the actions of a policy are written
  /// @param nudge tells the receivers to look into the outbox
  StoredJournal(
      Database database,
      Function<String, Database> ofPolicy,
      InstantSource clock,
      ActionTelling telling,
      Meters meters,
      Runnable nudge) {
    this.database = database;
    this.ofPolicy = ofPolicy;
    this.clock = clock;
    this.telling = telling;
    this.meters = meters;
    this.nudge = nudge;
  }

  @Override
  public boolean record(Step step) {
    Action action = step.action();
    Instant now = clock.instant();
    Optional<Written> written =
        ofPolicy
            .apply(action.subject().policy())
            .transact(ports -> {
              Optional<Action> stored = ports.enforce().find(action.id());
              int former = stored.map(a -> a.progress().version()).orElse(0);
              if (former != action.progress().version() - 1) {
                return Optional.<Written>empty();
              }
              ports.enforce().put(action);
              if (!step.what().isEmpty()) {
                audit(ports.enforce(), now, step.who(), step.what(), action.id(), step.details());
              }
              List<String> told =
                  step.tell()
                      .map(tell -> telling.add(action, tell, ports.outbox(), now))
                      .orElse(List.of());
              return Optional.of(new Written(told, stored.map(Action::state)));
            });
    if (written.isEmpty()) {
      LOG.debug("action_step_overtaken action={} step={}", action.id(), step.what());
      return false;
    }
    List<String> told = written.get().told();
    told.forEach(meters::notified);
    if (!told.isEmpty()) {
      nudge.run();
    }
    note(step, written.get().former());
    return true;
  }

  /// @param told the receivers that will hear of it
  /// @param former the action's state before; empty: there was none
  private record Written(List<String> told, Optional<State> former) {}

  private void note(Step step, Optional<State> former) {
    Action action = step.action();
    if (!step.what().isEmpty()) {
      LOG.info(
          "action_step step={} id={} action={} mode={} state={} outcome={}",
          step.what(),
          action.id(),
          action.kind().name(),
          action.kind().mode().word(),
          action.state().word(),
          action.progress().outcome().orElse(""));
      boolean ends = !action.state().isOpen() && !former.equals(Optional.of(action.state()));
      if (ends) {
        meters.acted(action.kind().name(), action.kind().mode().word(), action.state().word());
      }
    }
  }

  /// Appends one row to the audit chain, inside the caller's transaction.
  static void audit(
      EnforceStore store,
      Instant now,
      String who,
      String what,
      String actionId,
      Map<String, String> details) {
    store.append(
        AuditChain.next(store.lastAudit(), now, who, what, actionId, new LinkedHashMap<>(details)));
  }

  @Override
  public long acted(String action, Instant since) {
    return database.read(ports -> ports.enforce().acted(action, since));
  }

  @Override
  public List<Action> inForce(String action, String budgetId, Instant periodStart) {
    return database.read(ports -> ports.enforce().inForce(action, budgetId, periodStart));
  }
}
