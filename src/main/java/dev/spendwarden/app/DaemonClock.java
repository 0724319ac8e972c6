package dev.spendwarden.app;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// The time the daemon lives in: the system's, or a test clock that starts at a given instant and
/// runs at a given rate. Polls, timers, retries and dates follow it; socket timeouts do not.
/// Thread-safe.
public final class DaemonClock implements InstantSource {

  /// Longer waits are cut to this; whoever waits looks again then.
  private static final Duration LONGEST = Duration.ofDays(10_000);

  private static final long LONGEST_REAL_MILLIS = Duration.ofDays(20).toMillis();

  private final InstantSource real;
  private final Instant realStart;
  private final Instant start;
  private final double rate;
  private final boolean test;

  private DaemonClock(
      InstantSource real, Instant realStart, Instant start, double rate, boolean test) {
    this.real = real;
    this.realStart = realStart;
    this.start = start;
    this.rate = rate;
    this.test = test;
  }

  public static DaemonClock system() {
    return of(InstantSource.system());
  }

  /// The time of a clock that may be set while the daemon runs, as the system's may.
  public static DaemonClock of(InstantSource real) {
    Instant now = real.instant();
    return new DaemonClock(real, now, now, 1, false);
  }

  /// @param rate seconds of this clock in one real second; more than 0
  public static DaemonClock test(Instant start, double rate) {
    if (!(rate > 0)) {
      throw new IllegalArgumentException("the rate of a test clock is more than 0, not " + rate);
    }
    InstantSource real = InstantSource.system();
    return new DaemonClock(real, real.instant(), start, rate, true);
  }

  /// Reads `START` or `START,xRATE`: `2027-01-20T09:00:00Z,x600`.
  ///
  /// @throws IllegalArgumentException with what is allowed
  public static DaemonClock parse(String text) {
    int comma = text.indexOf(',');
    String startText = comma < 0 ? text : text.substring(0, comma);
    String rateText = comma < 0 ? "x1" : text.substring(comma + 1);
    try {
      if (!rateText.startsWith("x")) {
        throw new NumberFormatException();
      }
      return test(Instant.parse(startText), Double.parseDouble(rateText.substring(1)));
    } catch (java.time.format.DateTimeParseException | NumberFormatException e) {
      throw new IllegalArgumentException(
          "a test clock is START or START,xRATE, for example 2027-01-20T09:00:00Z,x600; not "
              + text,
          e);
    }
  }

  @Override
  public Instant instant() {
    if (!test) {
      return real.instant();
    }
    long nanos = Duration.between(realStart, real.instant()).toNanos();
    return start.plusNanos((long) (nanos * rate));
  }

  /// How long to wait in real time for `delay` of this clock to pass; at least a millisecond.
  public long realMillis(Duration delay) {
    Duration bounded = delay.compareTo(LONGEST) > 0 ? LONGEST : delay;
    double millis = bounded.toNanos() / 1e6 / rate;
    return Math.max(1, (long) Math.ceil(Math.min(millis, LONGEST_REAL_MILLIS)));
  }

  /// `usual`, or what passes here in `real` seconds of the world outside where that is more: the
  /// patience for what does not run faster with this clock.
  public Duration atLeast(Duration usual, Duration real) {
    if (rate <= 1) {
      return usual;
    }
    Duration here = passing(real);
    return here.compareTo(usual) > 0 ? here : usual;
  }

  /// What passes here while `real` passes outside.
  Duration passing(Duration real) {
    return rate == 1
        ? real
        : Duration.ofNanos((long) Math.min(real.toNanos() * rate, LONGEST.toNanos()));
  }

  public boolean isTest() {
    return test;
  }

  public double rate() {
    return rate;
  }
}
