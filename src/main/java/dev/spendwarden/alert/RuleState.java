package dev.spendwarden.alert;

import java.time.Instant;
import java.util.Optional;

/// Where one rule of an alert stands. Stored, so that timers survive restarts.
public sealed interface RuleState {

  /// The condition holds, `for` has not run out.
  record Pending(Instant since) implements RuleState {}

  /// @param clearedSince the condition no longer holds since then, `keep_firing_for` has not run
  ///   out
  record Firing(Instant since, Optional<Instant> clearedSince) implements RuleState {}
}
