package dev.spendwarden.alert;

import java.time.Instant;
import java.util.Optional;

/// How deliveries to one receiver go.
///
/// @param dead letters that were given up
/// @param disabled whether it said that it is gone, and nothing is sent to it any more
/// @param failingSince when attempts began to fail, or, where that is not known, when the oldest
///   notification was made that waits for another attempt; empty when none does
/// @param oldestPending when the oldest undelivered notification was made
public record ReceiverHealth(
    String receiver,
    long dead,
    boolean disabled,
    Optional<Instant> failingSince,
    Optional<Instant> oldestPending) {

  /// The same, as attempts at it showed.
  ///
  /// @param since when attempts began to fail; empty: not known better
  public ReceiverHealth with(Optional<Instant> since, boolean gone) {
    return new ReceiverHealth(
        receiver, dead, gone, failingSince.map(made -> since.orElse(made)), oldestPending);
  }

  public static ReceiverHealth fine(String receiver) {
    return new ReceiverHealth(receiver, 0, false, Optional.empty(), Optional.empty());
  }
}
