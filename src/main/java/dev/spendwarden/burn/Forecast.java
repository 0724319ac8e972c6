package dev.spendwarden.burn;

/// Where a period's spend is expected to end, as a distribution: what is known to be spent plus a
/// remainder whose logarithm is normal. `p10 ≤ p50 ≤ p90`, and none is below `spent`.
///
/// @param spent what is known to be spent in the period
/// @param remainder the median of what is still to come, in days to come and in days whose figures
///   are not complete; 0 or more
/// @param sigma standard deviation of the remainder's logarithm
/// @param dailyRate what an average day costs at present; 0 or more
/// @param coldStart fewer than three earlier periods are known: the range is wide by assumption,
///   not by experience
/// @param parts how the numbers came about
public record Forecast(
    double spent,
    double remainder,
    double sigma,
    double dailyRate,
    boolean coldStart,
    Parts parts) {

  /// The 90 % point of the standard normal distribution.
  private static final double Z90 = 1.2815515655446004;

  /// @param knownDays days from the first spend to the newest figure
  /// @param baseline what a day cost over the last weeks, wild days cut back
  /// @param recent what a day cost in the newest days
  /// @param week its shape; [WeekShape#EVEN] while that is not known
  /// @param trendPerDay growth of the logarithm in a day: 0.01 for about 1 %
  /// @param experience the past forecasts behind the range
  public record Parts(
      int knownDays,
      double baseline,
      double recent,
      WeekShape week,
      double trendPerDay,
      Experience experience) {}

  /// With a probability of 10 % the period ends below this.
  public double p10() {
    return spent + remainder * Math.exp(-Z90 * sigma);
  }

  public double p50() {
    return spent + remainder;
  }

  public double p90() {
    return spent + remainder * Math.exp(Z90 * sigma);
  }

  /// @param percentile 10, 50 or 90
  public double percentile(int percentile) {
    return switch (percentile) {
      case 10 -> p10();
      case 50 -> p50();
      case 90 -> p90();
      default ->
          throw new IllegalArgumentException("a forecast has p10, p50 and p90, not p" + percentile);
    };
  }

  /// The probability that the period ends above `limit`: from 0 to 1, never rising with the limit;
  /// NaN for a limit that is not known.
  public double probOver(double limit) {
    if (Double.isNaN(limit)) {
      return Double.NaN;
    }
    double left = limit - spent;
    if (left < 0) {
      return 1;
    }
    if (remainder <= 0) {
      return 0;
    }
    return left == 0 ? 1 : Robust.normalBelow(Math.log(remainder / left) / sigma);
  }
}
