package dev.spendwarden.simulation;

import java.util.Map;
import java.util.TreeMap;

/// Where and when processes die. Every point that is passed is a chance to.
final class Crashes {

  private final Dice dice;
  private final double probability;
  private final Map<String, Integer> happened = new TreeMap<>();
  private boolean over;

  Crashes(long seed, double probability) {
    this.dice = new Dice(seed, "crashes");
    this.probability = probability;
  }

  /// The acting process may end here.
  void at(String point) {
    if (!over && dice.chance(probability)) {
      happened.merge(point, 1, Integer::sum);
      throw new Crash(point);
    }
  }

  /// From now on nothing dies any more.
  void end() {
    over = true;
  }

  /// How often, by point.
  Map<String, Integer> happened() {
    return happened;
  }
}
