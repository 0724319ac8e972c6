package dev.spendwarden.sources.http;

import dev.spendwarden.sources.FailureReason;
import java.time.Duration;

/// The end of one request's time, on the monotonic clock: turned clocks do not move sockets.
///
/// @param endNanos in terms of [System#nanoTime()]
record Deadline(long endNanos, Duration timeout) {

  // For ever, as far as a request goes; more would overflow.
  private static final Duration LONGEST = Duration.ofDays(31);

  static Deadline in(Duration timeout) {
    Duration bounded = timeout.compareTo(LONGEST) > 0 ? LONGEST : timeout;
    return new Deadline(System.nanoTime() + bounded.toNanos(), timeout);
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
