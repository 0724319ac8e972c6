package dev.spendwarden.app;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.Transition;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.store.Database;
import java.time.Instant;
import java.util.Optional;

/// What the evaluation asks of the delivery side. The first two are called inside its transaction.
interface Messenger {

  /// Adds a transition's notifications to the outbox.
  void tell(Database.Ports ports, Transition transition);

  /// When the firing alert must be told again; empty: never.
  Optional<Instant> nextRepeat(Database.Ports ports, Policy policy, Alert alert);

  /// Tells the receivers to look into the outbox.
  void nudge();
}
