package dev.spendwarden.burn;

/// How good past forecasts were: a tally that grows period by period. Immutable.
///
/// @param forecasts how many were scored
/// @param inside how many periods' costs lay between p10 and p90 (both included)
/// @param measured how many have an error in percent; a period that cost nothing has none, unless
///   nothing was forecast
/// @param errors the sum of those errors, 0.1 for 10 %
public record ForecastScore(int forecasts, int inside, int measured, double errors) {

  public static final ForecastScore NONE = new ForecastScore(0, 0, 0, 0);

  /// Two amounts that differ by less than this share are the same to a statistic.
  private static final double ROUNDING = 1e-9;

  /// The tally with one more forecast.
  ///
  /// @param came what its period cost in the end
  public ForecastScore with(ForecastRecord forecast, double came) {
    double margin = ROUNDING * Math.abs(came);
    boolean within = came >= forecast.p10() - margin && came <= forecast.p90() + margin;
    double off = Math.abs(forecast.p50() - came);
    boolean hasError = came != 0 || off == 0;
    return new ForecastScore(
        forecasts + 1,
        inside + (within ? 1 : 0),
        measured + (hasError ? 1 : 0),
        errors + (hasError && off > 0 ? off / Math.abs(came) : 0));
  }

  public ForecastScore plus(ForecastScore other) {
    return new ForecastScore(
        forecasts + other.forecasts,
        inside + other.inside,
        measured + other.measured,
        errors + other.errors);
  }

  /// By which share of the final amount p50 was off on average; NaN while nothing was measured.
  public double meanAbsolutePercentageError() {
    return measured == 0 ? Double.NaN : errors / measured;
  }

  /// The share of forecasts whose range held what came; NaN while none was scored.
  public double coverage() {
    return forecasts == 0 ? Double.NaN : (double) inside / forecasts;
  }
}
