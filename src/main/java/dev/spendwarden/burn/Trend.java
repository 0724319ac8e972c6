package dev.spendwarden.burn;

/// Steady growth or decline, where weeks in a row show it beyond doubt.
final class Trend {

  private static final int WEEK = WeekShape.DAYS;

  /// Fewer weeks cannot tell growth from chance.
  private static final int LEAST_WEEKS = 6;

  private static final int MOST_WEEKS = 16;

  /// Standard errors that a slope must exceed before any of it is believed; chosen on series apart
  /// from those reported.
  private static final double DOUBT = 3;

  /// A doubling in two weeks; faster growth is not carried on.
  private static final double STEEPEST_PER_WEEK = Math.log(2) / 2;

  /// Days after which about two thirds of all growth that is still expected have happened.
  private static final double DAMPING_DAYS = 30;

  private Trend() {}

  /// The growth of the logarithm in a day: the median slope between weekly totals (Theil and Sen),
  /// less what may be chance. 0 where a week had no spend.
  static double perDay(double[] days) {
    int weeks = Math.min(days.length / WEEK, MOST_WEEKS);
    if (weeks < LEAST_WEEKS) {
      return 0;
    }
    var logs = new double[weeks];
    for (int week = 0; week < weeks; week++) {
      double total = 0;
      int start = days.length - (weeks - week) * WEEK;
      for (int day = start; day < start + WEEK; day++) {
        total += days[day];
      }
      if (!(total > 0)) {
        return 0;
      }
      logs[week] = Math.log(total);
    }
    double slope = medianSlope(logs);
    double error = DOUBT * standardError(logs, slope);
    if (Math.abs(slope) <= error) {
      return 0;
    }
    double believed = slope * (1 - error * error / (slope * slope));
    return Math.clamp(believed, -STEEPEST_PER_WEEK, STEEPEST_PER_WEEK) / WEEK;
  }

  private static double medianSlope(double[] logs) {
    int weeks = logs.length;
    var slopes = new double[weeks * (weeks - 1) / 2];
    int count = 0;
    for (int a = 0; a < weeks; a++) {
      for (int b = a + 1; b < weeks; b++) {
        slopes[count++] = (logs[b] - logs[a]) / (b - a);
      }
    }
    return Robust.median(slopes, count);
  }

  private static double standardError(double[] logs, double slope) {
    int weeks = logs.length;
    var rests = new double[weeks];
    for (int week = 0; week < weeks; week++) {
      rests[week] = logs[week] - slope * week;
    }
    double middle = Robust.median(rests.clone(), weeks);
    double distance = 0;
    for (double rest : rests) {
      distance += Math.abs(rest - middle);
    }
    double sigma = Robust.MEAN_DEVIATION_TO_SIGMA * distance / (weeks - 2);
    double squaredWeeks = weeks * ((double) weeks * weeks - 1) / 12;
    return sigma / Math.sqrt(squaredWeeks);
  }

  /// The factor on a day's spend `daysAhead` from now: growth that slows down.
  static double factor(double perDay, double daysAhead) {
    return perDay == 0
        ? 1
        : Math.exp(perDay * DAMPING_DAYS * (1 - Math.exp(-daysAhead / DAMPING_DAYS)));
  }
}
