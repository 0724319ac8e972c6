package dev.spendwarden.sandbox;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;

/// Spending that goes on by itself: a job every ten minutes, each of uneven size around an even
/// pace. Jobs sit on fixed instants and take their size from the seed, so the sum up to an instant
/// is the same however often it was asked for. Not thread-safe; its twin guards it.
final class Growth {

  private static final long GRAIN_SECONDS = Duration.ofMinutes(10).toSeconds();
  private static final long GRAINS_PER_HOUR = Duration.ofHours(1).toSeconds() / GRAIN_SECONDS;

  private final long seed;
  private final int scale;
  private Instant grown;
  private BigDecimal perHour = BigDecimal.ZERO;

  /// @param key what tells this growth from others of the same seed
  /// @param scale decimal places of one job
  Growth(long seed, String key, int scale, Instant from) {
    this.seed = seed ^ (key.hashCode() * 0x9E3779B97F4A7C15L);
    this.scale = scale;
    this.grown = from;
  }

  void pace(BigDecimal perHour) {
    this.perHour = perHour;
  }

  /// Hands every job since the last call to `sink`, with its instant.
  void runTo(Instant now, BiConsumer<Instant, BigDecimal> sink) {
    long last = now.getEpochSecond() / GRAIN_SECONDS;
    for (long tick = grown.getEpochSecond() / GRAIN_SECONDS + 1; tick <= last; tick++) {
      BigDecimal size = size(tick);
      if (size.signum() > 0) {
        sink.accept(Instant.ofEpochSecond(tick * GRAIN_SECONDS), size);
      }
    }
    grown = now;
  }

  /// The mean, give or take half.
  private BigDecimal size(long tick) {
    int percent = new SplittableRandom(seed + tick).nextInt(50, 151);
    return perHour
        .multiply(BigDecimal.valueOf(percent))
        .divide(BigDecimal.valueOf(100 * GRAINS_PER_HOUR), scale, RoundingMode.HALF_UP);
  }
}
