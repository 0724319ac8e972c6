package dev.spendwarden.app;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.Transition;
import dev.spendwarden.charge.Names;
import dev.spendwarden.notify.Standing;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.store.Database;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the evaluation asks of the delivery side. Those that are given ports are called inside its
/// transaction.
interface Messenger {

  /// Adds the transitions' notifications to the outbox, or lets them wait in their groups.
  void tell(Database.Ports ports, List<Transition> transitions);

  /// When an alert that fired at `firedAt` must be told again for the first time; empty: never.
  Optional<Instant> firstRepeat(Policy policy, Alert alert, Instant firedAt);

  /// When the firing alert must be told again, as seen at `now`; empty: never.
  ///
  /// @param told when each receiver was told last, as the outbox knows
  Optional<Instant> nextRepeat(Policy policy, Alert alert, Map<String, Instant> told, Instant now);

  /// Adds to the outbox what the groups of these policies whose time has come tell.
  void flush(Database.Ports ports, Standing standing, Names policies);

  /// The transitions are durable now.
  void stored(List<Transition> transitions);

  /// Tells the receivers to look into the outbox.
  void nudge();
}
