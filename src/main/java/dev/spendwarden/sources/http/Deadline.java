package dev.spendwarden.sources.http;

import dev.spendwarden.sources.FailureReason;
import java.time.Duration;

/// The end of one request's time, on the monotonic clock: turned clocks do not move sockets.
///
/// @param endNanos in terms of [System#nanoTime()]
record Deadline(long endNanos, Duration timeout) {

  static Deadline in(Duration timeout) {
    // Longer than a month is for ever, and must not overflow.
    long nanos = Math.min(timeout.toSeconds(), 31L * 24 * 3600) * 1_000_000_000L;
    return new Deadline(System.nanoTime() + nanos + timeout.getNano(), timeout);
  }

  /// @throws RequestFailure when it has passed
  long nanosLeft() throws RequestFailure {
    long left = endNanos - System.nanoTime();
    if (left <= 0) {
      throw passed();
    }
    return left;
  }

  RequestFailure passed() {
    return new RequestFailure(
        FailureReason.TIMEOUT, "no whole answer within " + timeout.toMillis() + " ms");
  }
}
