package dev.spendwarden.burn;

/// How wrong forecasts of the same budget were before: it is forecast again from earlier days, as
/// many days ahead as there are left now, knowing only what came before them (see [Hindsight]).
/// Immutable; good for as long as the series' whole days and the days left stay the same.
///
/// @param daysLeft days it forecast ahead; at least 1
/// @param earlierPeriods stretches as long as the period that were known before it
/// @param forecasts how many were made
/// @param meanSquare of the logarithm of (what came ÷ what was forecast); 0 without forecasts
public record Experience(int daysLeft, int earlierPeriods, int forecasts, double meanSquare) {

  /// A day of which less is known is not blown up further.
  private static final double LEAST_SHARE = 0.5;

  /// A forecast wrong by more than a factor of 4.5 counts as that: one dead month must not widen
  /// every range for good.
  private static final double WORST = 1.5;

  /// @param period the one that is being forecast
  public static Experience of(DailySeries series, DateSpan period) {
    return of(series, period, Hindsight.of(series, period, Hindsight.NONE));
  }

  /// The same with what was fitted on earlier days at hand.
  ///
  /// @param hindsight of this series and period
  public static Experience of(DailySeries series, DateSpan period, Hindsight hindsight) {
    int left = series.daysLeft(period);
    long before = period.start().toEpochDay() - series.firstEpochDay();
    int earlier = (int) Math.max(0, before / period.days());
    int count = 0;
    double squares = 0;
    for (Hindsight.Fitted fitted : hindsight.rates()) {
      DailyRate rate = fitted.rate();
      int origin = (int) (fitted.epochDay() - series.firstEpochDay());
      double expected = 0;
      double came = 0;
      for (int day = origin; day < origin + left; day++) {
        expected += rate.expected(series.weekday(day), day - origin);
        came += series.amount(day) / Math.max(LEAST_SHARE, series.knownShare(day));
      }
      if (expected > 0 && came > 0) {
        double error = Math.clamp(Math.log(came / expected), -WORST, WORST);
        squares += error * error;
        count++;
      }
    }
    return new Experience(left, earlier, count, count == 0 ? 0 : squares / count);
  }
}
