package dev.spendwarden.alert;

import java.util.List;

/// Where alerts and their timers are kept. Implemented by `store`; every method runs inside the
/// caller's transaction, may block, and fails with an unchecked exception when the database does.
public interface AlertStore {

  /// Writes the alert as it now is; the same id replaces.
  void put(Alert alert);

  /// Forgets a pending alert whose condition cleared before it fired.
  void remove(String alertId);

  /// The newest alert of every (policy, budget): what [Evaluation] is restored from.
  List<Alert> newest();

  /// All alerts, newest first, for the API.
  List<Alert> page(int offset, int limit);
}
