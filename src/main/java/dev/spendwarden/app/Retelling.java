package dev.spendwarden.app;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.Evaluation;
import dev.spendwarden.alert.Matching;
import dev.spendwarden.alert.Silence;
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
    // Asked once: tens of thousands may wait.
    List<Silence> silences = owner.silences();
    recorder.tellGroups((budgetId, alertId) -> standing(budgetId, alertId, silences));
  }

  /// What has become of an alert whose change waits to be told, perhaps together with those of
  /// other shards.
  private Optional<Standing.Present> standing(
      String budgetId, String alertId, List<Silence> silences) {
    Snapshot own = owner.snapshot();
    Snapshot all = own.budgets().containsKey(budgetId) ? own : owner.neighbours().snapshot();
    return Optional.ofNullable(all.budgets().get(budgetId))
        .flatMap(view ->
            view.alert()
                .filter(alert -> alert.id().equals(alertId))
                .flatMap(alert ->
                    Optional.ofNullable(all.policies().get(alert.policy()))
                        .map(policy ->
                            new Standing.Present(
                                policy,
                                alert,
                                // Another's figures would be told with a summary that cannot be
                                // made here.
                                Optional.of(view.assessment()).filter(judged -> all == own),
                                Matching.quietUntil(silences, policy, alert, owner.now())))));
  }
}
