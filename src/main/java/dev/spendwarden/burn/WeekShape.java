package dev.spendwarden.burn;

import java.time.DayOfWeek;
import java.util.Arrays;

/// How a week's spend is spread over its days: a weight for each weekday, 1 on average. Immutable.
public final class WeekShape {

  /// Every day alike.
  public static final WeekShape EVEN = new WeekShape(new double[] {1, 1, 1, 1, 1, 1, 1});

  static final int DAYS = 7;

  /// Each weekday has to be seen twice before the week has a shape.
  private static final int LEAST_DAYS = 2 * DAYS;

  /// The variance of a median is π/2 that of a mean.
  private static final double MEDIAN_LOSS = Math.PI / 2;

  private final double[] weights;

  private WeekShape(double[] weights) {
    this.weights = weights;
  }

  /// The median share of each weekday in the seven days around it, drawn towards 1 as far as what
  /// tells the weekdays apart could be chance: full shape where the weekdays differ much more than
  /// one Monday from another, none where they do not.
  ///
  /// @param days whole days, oldest first, of which those from `from` on are used
  /// @param firstWeekday weekday of `days[0]`, 0 for Monday
  static WeekShape of(double[] days, int from, int firstWeekday) {
    int length = days.length - from;
    if (length < LEAST_DAYS) {
      return EVEN;
    }
    int rows = (length + DAYS - 1) / DAYS;
    var shares = new double[DAYS][rows];
    var counts = new int[DAYS];
    collectShares(days, from, firstWeekday, shares, counts);
    var medians = new double[DAYS];
    double total = 0;
    double chance = 0;
    for (int weekday = 0; weekday < DAYS; weekday++) {
      int count = counts[weekday];
      if (count == 0) {
        return EVEN;
      }
      double median = Robust.median(shares[weekday], count);
      double distance = 0;
      for (int i = 0; i < count; i++) {
        distance += Math.abs(shares[weekday][i] - median);
      }
      double sigma = Robust.MEAN_DEVIATION_TO_SIGMA * distance / count;
      chance += MEDIAN_LOSS * sigma * sigma / count / DAYS;
      medians[weekday] = median;
      total += median;
    }
    return total > 0 ? drawnTowardsEven(medians, total, chance) : EVEN;
  }

  private static void collectShares(
      double[] days, int from, int firstWeekday, double[][] shares, int[] counts) {
    int weekStart = from;
    double week = 0;
    for (int i = from; i < from + DAYS; i++) {
      week += days[i];
    }
    for (int day = from; day < days.length; day++) {
      boolean pastMiddle = day - weekStart > DAYS / 2;
      if (pastMiddle && weekStart + DAYS < days.length) {
        week += days[weekStart + DAYS] - days[weekStart];
        weekStart++;
      }
      if (week > 0) {
        int weekday = (firstWeekday + day) % DAYS;
        shares[weekday][counts[weekday]++] = days[day] * DAYS / week;
      }
    }
  }

  private static WeekShape drawnTowardsEven(double[] medians, double total, double chance) {
    double differences = 0;
    for (double median : medians) {
      double excess = median * DAYS / total - 1;
      differences += excess * excess / (DAYS - 1);
    }
    double kept = differences > chance ? 1 - chance / differences : 0;
    var weights = new double[DAYS];
    for (int weekday = 0; weekday < DAYS; weekday++) {
      weights[weekday] = Math.max(0, 1 + kept * (medians[weekday] * DAYS / total - 1));
    }
    return new WeekShape(weights);
  }

  public double weight(DayOfWeek day) {
    return weights[day.ordinal()];
  }

  /// @param weekday 0 for Monday
  double weight(int weekday) {
    return weights[weekday];
  }

  @Override
  public String toString() {
    return "WeekShape" + Arrays.toString(weights);
  }
}
