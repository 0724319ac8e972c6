package dev.spendwarden.burn;

/// Statistics that a few wild days do not move.
final class Robust {

  /// Makes the median of absolute deviations comparable to a normal distribution's standard
  /// deviation.
  private static final double MEDIAN_DEVIATION_TO_SIGMA = 1.4826;

  /// The same for the mean of absolute deviations: √(π/2).
  static final double MEAN_DEVIATION_TO_SIGMA = 1.2533;

  private Robust() {}

  /// Reorders the first `count` values.
  ///
  /// @return 0 of nothing
  static double median(double[] values, int count) {
    if (count == 0) {
      return 0;
    }
    int middle = count / 2;
    double upper = select(values, count, middle);
    if (count % 2 == 1) {
      return upper;
    }
    double lower = values[0];
    for (int i = 1; i < middle; i++) {
      lower = Math.max(lower, values[i]);
    }
    return (lower + upper) / 2;
  }

  /// Hoare's "find": swaps until the value of this rank is where a sort would put it, what is less
  /// before it and what is more behind it. Medians are most of what a forecast costs, and this does
  /// a third of the work of a sort.
  private static double select(double[] values, int count, int rank) {
    int from = 0;
    int to = count - 1;
    while (from < to) {
      double pivot = values[rank];
      int left = from;
      int right = to;
      while (left <= right) {
        while (values[left] < pivot) {
          left++;
        }
        while (pivot < values[right]) {
          right--;
        }
        if (left <= right) {
          double swapped = values[left];
          values[left++] = values[right];
          values[right--] = swapped;
        }
      }
      if (right < rank) {
        from = left;
      }
      if (rank < left) {
        to = right;
      }
    }
    return values[rank];
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
