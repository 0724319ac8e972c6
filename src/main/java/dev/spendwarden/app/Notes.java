package dev.spendwarden.app;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.Matching;
import dev.spendwarden.alert.Silence;
import dev.spendwarden.alert.Snapshot;
import dev.spendwarden.policy.Policy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What people had said of alerts by one moment. Two of them side by side show what was said at
/// another replica meanwhile.
record Notes(Snapshot snapshot, List<Silence> silences) {

  /// A wide silence is about too many alerts to edit the messages of all; those left out show it
  /// with their next message.
  private static final int CHANGED_MAX = 50;

  /// The ids of firing alerts that are acknowledged, or quiet, otherwise than before.
  List<String> changedSince(Notes before, Instant now) {
    var changed = new ArrayList<String>();
    for (Snapshot.BudgetView view : snapshot.budgets().values()) {
      Optional<Alert> alert = view.alert().filter(a -> a.state() == Alert.State.FIRING);
      if (alert.isPresent() && before.saidOtherwise(alert.get(), this, now)) {
        changed.add(alert.get().id());
        if (changed.size() == CHANGED_MAX) {
          return changed;
        }
      }
    }
    return changed;
  }

  private boolean saidOtherwise(Alert alert, Notes after, Instant now) {
    Optional<Alert> former =
        Optional.ofNullable(snapshot.budgets().get(alert.budgetId()))
            .flatMap(Snapshot.BudgetView::alert)
            .filter(known -> known.id().equals(alert.id()));
    return former.isPresent()
        && (!former.get().ackedBy().equals(alert.ackedBy())
            || !quietUntil(alert, now).equals(after.quietUntil(alert, now)));
  }

  private Optional<Instant> quietUntil(Alert alert, Instant now) {
    Policy policy = snapshot.policies().get(alert.policy());
    return policy == null ? Optional.empty() : Matching.quietUntil(silences, policy, alert, now);
  }
}
