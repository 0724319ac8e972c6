package dev.spendwarden.notify;

import java.time.Duration;
import java.util.Optional;

/// What became of one attempt to deliver. What follows from it (waiting, giving up, counting) is
/// the pipeline's.
public sealed interface DeliveryResult {

  /// What went wrong; empty when it was delivered.
  default Optional<String> problem() {
    return switch (this) {
      case Delivered _ -> Optional.empty();
      case Retry(var error, _) -> Optional.of(error);
      case Rejected(var error) -> Optional.of(error);
      case Gone(var error) -> Optional.of(error);
    };
  }

  /// @param memory what the notifier wants to keep about the alert for its next message; empty:
  ///   nothing new
  record Delivered(Optional<String> memory) implements DeliveryResult {}

  /// Worth trying again over the whole horizon: 408, 425, 429, 5xx, network trouble.
  ///
  /// @param retryAfter what the receiver asked for, capped at an hour
  record Retry(String error, Optional<Duration> retryAfter) implements DeliveryResult {}

  /// Will not get better by itself (3xx, other 4xx): a few tries, then a dead letter.
  record Rejected(String error) implements DeliveryResult {}

  /// 410 Gone: the receiver wants no more; it is disabled until the next reload.
  record Gone(String error) implements DeliveryResult {}
}
