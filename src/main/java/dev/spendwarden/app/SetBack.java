package dev.spendwarden.app;

import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;

/// Notices, between one look and the next, that the clock was set back: what waits for an instant
/// of that clock would wait for as much longer. For one thread.
final class SetBack {

  /// The two clocks are not read at the same moment: a thread may be held up in between.
  private static final Duration NOTICED = Duration.ofSeconds(1);

  private final DaemonClock clock;
  private final LongSupplier nanoTime;

  private Instant looked;
  private long lookedNanos;

  /// @param nanoTime monotonic
  SetBack(DaemonClock clock, LongSupplier nanoTime) {
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.lookedNanos = nanoTime.getAsLong();
    this.looked = clock.instant();
  }

  /// By how much since the last look; zero: not at all. A clock that was set forward, or a machine
  /// that was suspended, is none of this: what waits then falls due by itself.
  Duration look() {
    long nanos = nanoTime.getAsLong();
    Instant now = clock.instant();
    Instant expected = looked.plus(clock.passing(Duration.ofNanos(nanos - lookedNanos)));
    looked = now;
    lookedNanos = nanos;
    Duration behind = Duration.between(now, expected);
    return behind.compareTo(clock.passing(NOTICED)) > 0 ? behind : Duration.ZERO;
  }
}
