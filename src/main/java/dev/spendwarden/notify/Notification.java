package dev.spendwarden.notify;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/// One transition for one receiver, in the outbox until delivered.
///
/// @param id `swn_…`, derived from policy, budget labels, period start, transition kind, ordinal
///   and receiver; never random, so a restore from backup repeats it
/// @param type `alert.fired`, `drill`, …
/// @param alertId empty for a drill or a heartbeat
/// @param budgetId likewise
/// @param sequence counts for the life of (policy, budget, receiver), up by one
/// @param body the payload of CONTRACT section 6 as JSON, frozen when the transition was committed
/// @param attempts made so far
/// @param nextAttemptAt when it is due; empty once delivered or dead
public record Notification(
    String id,
    String receiver,
    String type,
    Optional<String> alertId,
    Optional<String> budgetId,
    long sequence,
    String body,
    State state,
    int attempts,
    Optional<String> lastError,
    Instant createdAt,
    Optional<Instant> nextAttemptAt,
    Optional<Instant> deliveredAt) {

  public enum State {
    PENDING,
    DELIVERED,
    /// Given up: shown, counted, retried by hand.
    DEAD;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// Back in the queue by somebody's hand: due at once, its tries counted from the start.
  public Notification revived(Instant now) {
    return new Notification(
        id,
        receiver,
        type,
        alertId,
        budgetId,
        sequence,
        body,
        State.PENDING,
        0,
        lastError,
        createdAt,
        Optional.of(now),
        Optional.empty());
  }
}
