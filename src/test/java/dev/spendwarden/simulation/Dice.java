package dev.spendwarden.simulation;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/// The chance of one concern of a run. Each concern has its own, so that one more draw for the
/// network does not change what the providers bill.
final class Dice {

  private final SplittableRandom random;

  Dice(long seed, String concern) {
    random = new SplittableRandom(seed * 1_000_003 + concern.hashCode());
  }

  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  /// From 0 to `bound`, without it.
  int below(int bound) {
    return random.nextInt(bound);
  }

  double between(double low, double high) {
    return low + random.nextDouble() * (high - low);
  }

  /// Whole milliseconds.
  Duration between(Duration shortest, Duration longest) {
    return Duration.ofMillis(random.nextLong(shortest.toMillis(), longest.toMillis() + 1));
  }

  <T> T pick(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }
}
