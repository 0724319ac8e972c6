package dev.spendwarden.alert;

import java.time.Instant;
import java.util.Optional;

/// How deliveries to one receiver go.
///
/// @param dead letters that were given up
/// @param disabled whether it said that it is gone, and nothing is sent to it any more
/// @param failingSince the oldest notification that is still to be delivered after a failed attempt
///   was made then; empty when no attempt waits to be made again
/// @param oldestPending when the oldest undelivered notification was made
public record ReceiverHealth(
    String receiver,
    long dead,
    boolean disabled,
    Optional<Instant> failingSince,
    Optional<Instant> oldestPending) {

  public static ReceiverHealth fine(String receiver) {
    return new ReceiverHealth(receiver, 0, false, Optional.empty(), Optional.empty());
  }
}
