package dev.spendwarden.alert;

import dev.spendwarden.charge.Names;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

/// Where alerts and their timers are kept. Implemented by `store`; every method runs inside the
/// caller's transaction, may block, and fails with an unchecked exception when the database does.
public interface AlertStore {

  /// Writes the alert as it now is; the same id replaces.
  void put(Alert alert);

  /// Writes each: tens of thousands may change in one look.
  default void put(Collection<Alert> alerts) {
    alerts.forEach(this::put);
  }

  /// Forgets a pending alert whose condition cleared before it fired.
  void remove(String alertId);

  /// What [Evaluation] is restored from: every alert that is not resolved, every one whose period
  /// ended after `periodEndedAfter`, the newest of every (policy, budget), and those of which
  /// something is owed.
  List<Alert> restore(Instant periodEndedAfter);

  /// The same of some policies only.
  default List<Alert> restore(Instant periodEndedAfter, Names policies) {
    return restore(periodEndedAfter).stream()
        .filter(alert -> policies.has(alert.policy()))
        .toList();
  }

  /// All alerts, newest first, for the API.
  List<Alert> page(int offset, int limit);
}
