package dev.spendwarden.burn;

import java.util.Collection;

/// How good past forecasts were.
public final class ForecastScore {

  private ForecastScore() {}

  /// A forecast and what the period cost in the end.
  public record Outcome(ForecastRecord forecast, double finalSpent) {

    /// By which share of the final amount the forecast was off: 0.1 for 10 %. Of a period that cost
    /// nothing: 0 where that was forecast, else NaN, for no share of nothing is right.
    public double absolutePercentageError() {
      double off = Math.abs(forecast.p50() - finalSpent);
      if (finalSpent == 0) {
        return off == 0 ? 0 : Double.NaN;
      }
      return off / Math.abs(finalSpent);
    }
  }

  /// The mean of [Outcome#absolutePercentageError] over those that have one; NaN when none has.
  public static double meanAbsolutePercentageError(Collection<Outcome> outcomes) {
    double sum = 0;
    int count = 0;
    for (Outcome outcome : outcomes) {
      double error = outcome.absolutePercentageError();
      if (!Double.isNaN(error)) {
        sum += error;
        count++;
      }
    }
    return count == 0 ? Double.NaN : sum / count;
  }
}
