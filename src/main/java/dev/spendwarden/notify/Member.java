package dev.spendwarden.notify;

import dev.spendwarden.alert.Transition;
import dev.spendwarden.policy.Severity;
import java.time.Instant;
import java.util.Optional;

/// What one receiver has not been told yet of one alert: all its changes since, as the one change
/// that is still true. It waits in a group.
///
/// @param told the severity this receiver was last told; empty: it was told nothing
/// @param severity as it is now
/// @param id the id of a notification of its own
/// @param at when the newest change happened; what was held back for long is told with a later time
/// @param part the frozen body without its envelope
public record Member(
    String groupId,
    String receiver,
    String alertId,
    String policy,
    String budgetId,
    Optional<Severity> told,
    Transition.Kind kind,
    Severity severity,
    String id,
    Instant at,
    String part) {

  /// The same, told with a later time and the figures of then.
  public Member refreshed(Instant then, String fresh) {
    return new Member(
        groupId, receiver, alertId, policy, budgetId, told, kind, severity, id, then, fresh);
  }

  /// Whether the alert is over.
  boolean isOver() {
    return switch (kind) {
      case RESOLVED, LATE -> true;
      case FIRED, ESCALATED, DEESCALATED, UPDATED, REPEATED -> false;
    };
  }
}
