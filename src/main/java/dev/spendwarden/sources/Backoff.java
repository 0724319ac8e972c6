package dev.spendwarden.sources;

import java.time.Duration;
import java.util.Optional;

/// How long to wait after a failed poll. Pure: the caller draws the jitter.
///
/// With *poll* the poll interval and *n* the number of failures in a row, this one included:
///
/// | Reason | Wait |
/// |---|---|
/// | `auth` | poll, at least 1 min and at most 15 min: a key that is refused is not hammered with, and one that was put right is found |
/// | `rate_limited` | what the provider asks for, and no less than after `server`; where it asks for nothing poll × 2ⁿ up to 1 h |
/// | `server`, `timeout`, `partial` | 5 s × 2ⁿ⁻¹ (poll × 2ⁿ⁻¹ where that is less), up to poll; where poll is short, up to 10 × poll but not beyond 1 min; what the provider asks for, where that is more |
/// | `client`, `malformed`, `too_large`, `refused` | poll: it will not get better by waiting, and a person may have mended it |
///
/// All but the last row are drawn out by up to 20 %, so that sources that failed together do not
/// come back together. Nothing waits longer than 1 h, or than poll where that is more. Where poll
/// is hours (exports that are built on demand) a passing trouble costs minutes, not the day's data.
public final class Backoff {

  private static final Duration AUTH_LEAST = Duration.ofMinutes(1);
  private static final Duration AUTH_MOST = Duration.ofMinutes(15);
  private static final Duration LONGEST = Duration.ofHours(1);
  private static final Duration FIRST_RETRY = Duration.ofSeconds(5);
  private static final Duration SHORT_POLL_LONGEST = Duration.ofMinutes(1);
  private static final int SHORT_POLL_FACTOR = 10;
  private static final int JITTER_PERCENT = 20;

  // 2^20 of the least poll interval (200 ms) is above every cap, and cannot overflow.
  private static final int MAX_DOUBLINGS = 20;

  private Backoff() {}

  /// @param failures in a row, 1 for the first
  /// @param retryAfter what the provider asked for
  /// @param jitter in [0, 1)
  public static Duration delay(
      FailureReason reason,
      int failures,
      Duration pollInterval,
      Optional<Duration> retryAfter,
      double jitter) {
    if (failures < 1 || jitter < 0 || jitter >= 1) {
      throw new IllegalArgumentException("failures count from 1 and jitter is in [0, 1)");
    }
    Duration asked = min(retryAfter.orElse(Duration.ZERO), LONGEST);
    return switch (reason) {
      case AUTH -> drawnOut(max(min(max(pollInterval, AUTH_LEAST), AUTH_MOST), asked), jitter);
      case RATE_LIMITED ->
          drawnOut(
              retryAfter.isPresent()
                  ? max(transientWait(failures, pollInterval), asked)
                  : min(doubled(pollInterval, failures), LONGEST),
              jitter);
      case SERVER, TIMEOUT, PARTIAL ->
          drawnOut(max(transientWait(failures, pollInterval), asked), jitter);
      case CLIENT, MALFORMED, TOO_LARGE, REFUSED -> max(pollInterval, asked);
    };
  }

  private static Duration transientWait(int failures, Duration pollInterval) {
    Duration first = min(pollInterval, FIRST_RETRY);
    Duration shortPoll = min(pollInterval.multipliedBy(SHORT_POLL_FACTOR), SHORT_POLL_LONGEST);
    return min(doubled(first, failures - 1), max(pollInterval, shortPoll));
  }

  private static Duration doubled(Duration base, int times) {
    return base.multipliedBy(1L << Math.min(times, MAX_DOUBLINGS));
  }

  private static Duration drawnOut(Duration wait, double jitter) {
    return wait.plusMillis((long) (wait.toMillis() * jitter * JITTER_PERCENT / 100));
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) <= 0 ? a : b;
  }

  private static Duration max(Duration a, Duration b) {
    return a.compareTo(b) >= 0 ? a : b;
  }
}
