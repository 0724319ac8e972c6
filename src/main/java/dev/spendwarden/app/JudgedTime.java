package dev.spendwarden.app;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// The time at which an evaluation judges: the clock's, but never before what is stored was known.
/// This clock may have been set back, or that of the replica that stored it be ahead, and a
/// judgement without the newest figures could resolve what still burns. Until the clock has caught
/// up, time stands still for what is judged; data that seems older than it may be by then is held,
/// and said to be. Read by any thread, moved by the evaluation's own.
final class JudgedTime implements InstantSource {

  /// Between two looks at one standing instant: what is stored later was known later.
  private static final Duration TICK = Duration.ofNanos(1_000);

  private final InstantSource clock;

  /// When the newest thing that is stored became known.
  private volatile Instant floor = Instant.MIN;

  JudgedTime(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public Instant instant() {
    Instant now = clock.instant();
    Instant earliest = floor;
    return now.isAfter(earliest) ? now : earliest.plus(TICK);
  }

  void noEarlierThan(Instant known) {
    if (known.isAfter(floor)) {
      floor = known;
    }
  }
}
