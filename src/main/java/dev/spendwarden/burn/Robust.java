package dev.spendwarden.burn;

import java.util.Arrays;

/// Statistics that a few wild days do not move.
final class Robust {

  /// Makes the median of absolute deviations comparable to a normal distribution's standard
  /// deviation.
  private static final double MEDIAN_DEVIATION_TO_SIGMA = 1.4826;

  /// The same for the mean of absolute deviations: √(π/2).
  static final double MEAN_DEVIATION_TO_SIGMA = 1.2533;

  private Robust() {}

  /// Sorts the first `count` values in place.
  ///
  /// @return 0 of nothing
  static double median(double[] values, int count) {
    if (count == 0) {
      return 0;
    }
    Arrays.sort(values, 0, count);
    int middle = count / 2;
    return count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  }

  /// What the standard deviation around `centre` would be without the wild values.
  static double deviation(double[] values, int from, int to, double centre) {
    var distances = new double[to - from];
    for (int i = from; i < to; i++) {
      distances[i - from] = Math.abs(values[i] - centre);
    }
    return MEDIAN_DEVIATION_TO_SIGMA * median(distances, distances.length);
  }

  /// The standard normal distribution function, to about 1e-7 (Abramowitz and Stegun 7.1.26).
  static double normalBelow(double z) {
    double x = Math.abs(z) / Math.sqrt(2);
    double t = 1 / (1 + 0.3275911 * x);
    double series =
        t
            * (0.254829592
                + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
    double upper = series * Math.exp(-x * x) / 2;
    return z >= 0 ? 1 - upper : upper;
  }
}
