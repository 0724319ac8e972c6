package dev.spendwarden.app;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.Evaluation;
import dev.spendwarden.alert.Matching;
import dev.spendwarden.alert.Snapshot;
import dev.spendwarden.notify.Standing;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What is told though nothing changes: alerts that fire on, and groups that have waited long
/// enough. On the evaluation's own thread.
///
/// @param owner looks, and forgets its memory where that fails
record Retelling(EvaluationVerticle owner, LookRecorder recorder) {

  /// Asks anew when each firing alert must be told again.
  void remindAnew(Evaluation known, Snapshot shown, Instant now) {
    recorder.remindOf(
        known,
        shown.budgets().values().stream().flatMap(view -> view.alert().stream()).toList(),
        now);
  }

  /// Alerts whose time has come are told again; the time of those that are not (it is quiet, or
  /// nobody is to be told any more) is asked anew.
  void remind() {
    Instant now = owner.now();
    List<Alert> due = recorder.due(now);
    if (due.isEmpty()) {
      return;
    }
    owner.lookAndStore((evaluation, at) -> evaluation.repeat(due, at), LookRecorder.NOTHING_MORE);
    recorder.remindLater(owner.current(), now);
  }

  void tellGroups() {
    recorder.tellGroups(this::standing);
  }

  /// What has become of an alert whose change waits to be told.
  private Optional<Standing.Present> standing(String budgetId, String alertId) {
    return Optional.ofNullable(owner.snapshot().budgets().get(budgetId))
        .flatMap(view ->
            view.alert()
                .filter(alert -> alert.id().equals(alertId))
                .flatMap(alert -> standing(alert, view)));
  }

  private Optional<Standing.Present> standing(Alert alert, Snapshot.BudgetView view) {
    return Optional.ofNullable(owner.snapshot().policies().get(alert.policy()))
        .map(policy ->
            new Standing.Present(
                policy,
                alert,
                view.assessment(),
                Matching.quietUntil(owner.silences(), policy, alert, owner.now())));
  }
}
