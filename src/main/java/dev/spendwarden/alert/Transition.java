package dev.spendwarden.alert;

import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.Severity;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/// One change of an alert that people and machines are told.
///
/// @param alert as it is after the change; for a resolve its `rules` are those that were firing
///   before
/// @param assessment the numbers it was judged on; for a calendar or operator resolve the last
///   known ones
/// @param formerSeverity before the change; empty for a new alert
public record Transition(
    Kind kind,
    Alert alert,
    Policy policy,
    Assessment assessment,
    Optional<Severity> formerSeverity,
    Instant at) {

  public enum Kind {
    FIRED,
    /// A charge took a closed period over a rule.
    LATE,
    ESCALATED,
    DEESCALATED,
    /// Another rule of the same severity.
    UPDATED,
    REPEATED,
    RESOLVED;

    /// `alert.fired` and so on.
    public String type() {
      return "alert." + name().toLowerCase(Locale.ROOT);
    }
  }
}
