package dev.spendwarden.app;

import dev.spendwarden.alert.Snapshot;
import dev.spendwarden.enforce.Action;
import dev.spendwarden.enforce.ActionSpec;
import dev.spendwarden.enforce.AuditRow;
import dev.spendwarden.enforce.EnforceStore;
import dev.spendwarden.enforce.Stages;
import dev.spendwarden.enforce.Watcher;
import dev.spendwarden.enforce.Watcher.Considered;
import dev.spendwarden.enforce.Watcher.Wanted;
import dev.spendwarden.store.Database;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// What every look of the evaluation does about actions: plans that the breaches ask for, written
/// in the transaction of the look itself. Called on the evaluation's thread.
final class ActionPlanning {

  private final Watcher watcher;
  private final Function<String, Optional<Levers.Configured>> configured;
  private final Runnable planned;

  /// @param configured an action by its name
  /// @param planned told after a commit: there may be something to do
  ActionPlanning(
      Watcher watcher, Function<String, Optional<Levers.Configured>> configured, Runnable planned) {
    this.watcher = watcher;
    this.configured = configured;
    this.planned = planned;
  }

  /// Takes in what was stored, before the first look.
  void restore(Database.Ports ports) {
    watcher.restore(ports.enforce().figures());
  }

  Considered consider(Snapshot after) {
    return watcher.consider(after);
  }

  /// Writes what was considered, inside the transaction of the look.
  void store(Considered considered, Database.Ports ports, Instant now) {
    EnforceStore store = ports.enforce();
    considered.figures().values().forEach(store::put);
    for (Wanted wanted : considered.wanted()) {
      Optional<Levers.Configured> action = configured.apply(wanted.action());
      if (action.isPresent()) {
        plan(wanted, action.get(), store, now);
      }
    }
  }

  /// The look is stored.
  void stored(Considered considered) {
    watcher.accept(considered);
    planned.run();
  }

  private static void plan(
      Wanted wanted, Levers.Configured configured, EnforceStore store, Instant now) {
    Optional<Action> newest = store.newest(wanted.action(), wanted.alert().id());
    if (newest.isPresent() && !isAnotherRoundDue(newest.get(), configured, now)) {
      return;
    }
    ActionSpec spec = configured.spec();
    int round = newest.map(action -> action.subject().round()).orElse(0) + 1;
    Action action =
        Action.planned(
            new Action.Kind(spec.name(), spec.type(), spec.mode(), spec.undo()),
            wanted.subject(scope(wanted, spec), round),
            wanted.policy().name() + " " + wanted.rule().name(),
            now);
    store.put(action);
    Map<String, String> details = new LinkedHashMap<>();
    details.put("action", spec.name());
    details.put("mode", spec.mode().word());
    details.put("policy", wanted.policy().name());
    details.put("policy_revision", wanted.policy().fingerprint());
    details.put("rule", wanted.rule().name());
    details.put("budget", wanted.alert().budgetId());
    details.put("alert", wanted.alert().id());
    StoredJournal.audit(store, now, AuditRow.DAEMON, "intended", action.id(), details);
  }

  /// Where new targets turn up while a breach lasts, looking again makes sense; and where a breach
  /// had ended for a moment, it is a new one.
  private static boolean isAnotherRoundDue(
      Action newest, Levers.Configured configured, Instant now) {
    Instant last = newest.progress().actedAt().orElse(newest.progress().createdAt());
    return switch (newest.state()) {
      case DONE ->
          configured.lever().map(lever -> lever.renews()).orElse(false)
              && !now.isBefore(last.plus(configured.spec().per()));
      case UNDONE -> true;
      case EXPIRED -> newest.progress().outcome().equals(Optional.of(Stages.RECOVERED));
      case PLANNED, WAITING, REJECTED, RUNNING, FAILED, DRY_RUN -> false;
    };
  }

  /// The value of the action's target label: of the budget, or else of its policy.
  private static String scope(Wanted wanted, ActionSpec spec) {
    return spec.targetLabel()
        .map(label ->
            wanted
                .alert()
                .budgetLabels()
                .asWords()
                .getOrDefault(label, wanted.policy().labels().getOrDefault(label, "")))
        .orElse("");
  }
}
