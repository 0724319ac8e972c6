package dev.spendwarden.burn;

/// Says where a period's spend will end. Pure and deterministic: the same days give the same
/// forecast. docs/forecast.md explains the method and shows how well it does.
///
/// The costly halves are [Experience], which changes once a day, and [Pattern], which changes with
/// the days that count: who forecasts many budgets often keeps them and passes them in.
public final class Forecaster {

  /// Weight of the assumed range beside the experienced one, in earlier periods.
  private static final double ASSUMPTION_PERIODS = 2;

  /// How far the level itself wanders in 30 days.
  private static final double WANDERING = 0.12;

  /// How little is known of a budget on its first day; falls with the square root of the days.
  private static final double FIRST_DAY_DOUBT = 1;

  private static final double LEAST_SIGMA = 0.05;

  /// The more the days differ, the less those few that were seen tell of the rest: where an average
  /// day lies off by half, the scatter is taken as it is; quiet bills are trusted more than that,
  /// wild ones less.
  private static final double USUAL_SCATTER = 0.5;

  /// Beyond this nothing is sure anyway.
  private static final double MOST_SCATTER = 2;

  /// The newest days decide the level, and neighbouring days resemble each other: a level is never
  /// surer than the mean of this many unrelated days.
  private static final int MOST_TELLING_DAYS = 2;

  private Forecaster() {}

  /// @param series all that is known, up to now
  /// @param spent in the period, as the ledger says: it may know more than the days do (a counter
  ///   seen for the first time in the middle of a period)
  public static Forecast forecast(DailySeries series, DateSpan period, double spent) {
    DailySeries filled = series.explaining(spent, period);
    Pattern pattern = Pattern.of(filled, filled.size(), Pattern.NONE);
    return forecastFilled(filled, period, spent, Experience.of(filled, period), pattern);
  }

  /// The same with what was made earlier.
  ///
  /// @param experience from the same whole days
  /// @param pattern of this series, period and spend
  public static Forecast forecast(
      DailySeries series, DateSpan period, double spent, Experience experience, Pattern pattern) {
    return forecastFilled(series.explaining(spent, period), period, spent, experience, pattern);
  }

  private static Forecast forecastFilled(
      DailySeries series, DateSpan period, double spent, Experience experience, Pattern pattern) {
    DailyRate rate = DailyRate.fit(series, series.size(), pattern);
    var parts =
        new Forecast.Parts(
            series.size(),
            rate.baseline(),
            rate.recent(),
            rate.week(),
            rate.trendPerDay(),
            experience);
    return new Forecast(
        spent,
        remainder(series, rate, period) / skew(rate, experience),
        sigma(series.size(), rate, experience),
        rate.level(),
        experience.earlierPeriods() < 3,
        parts);
  }

  /// The rate is a mean. A sum of few days that differ wildly mostly ends below its mean, and now
  /// and then far above: mean ÷ median of a logarithmic normal distribution with that scatter.
  private static double skew(DailyRate rate, Experience experience) {
    return Math.sqrt(1 + rate.scatter() * rate.scatter() / experience.daysLeft());
  }

  private static double remainder(DailySeries series, DailyRate rate, DateSpan period) {
    int size = series.size();
    long first = series.firstEpochDay();
    double sum = 0;
    for (long epochDay = period.start().toEpochDay();
        epochDay < period.end().toEpochDay();
        epochDay++) {
      long day = epochDay - first;
      int weekday = DailySeries.weekdayOf(epochDay);
      if (day >= size) {
        sum += rate.expected(weekday, (int) (day - size));
      } else if (day >= 0) {
        sum += missing(series, (int) day, rate.expected(weekday, -1));
      }
    }
    return sum;
  }

  /// What is still missing of a day that is not complete: judged by the day itself as far as it is
  /// known, by an expected day for the rest.
  static double missing(DailySeries series, int day, double expected) {
    double share = series.knownShare(day);
    if (share >= 1) {
      return 0;
    }
    double byItself = Math.max(0, series.amount(day));
    return (1 - share) * (byItself + (1 - share) * expected);
  }

  private static double sigma(int knownDays, DailyRate rate, Experience experience) {
    double left = experience.daysLeft();
    double days = Math.max(1, knownDays);
    double scatter = Math.min(MOST_SCATTER, rate.scatter());
    double trusted = scatter * scatter * (scatter / USUAL_SCATTER);
    double ofDays = trusted * (1 / left + 1 / Math.min(days, MOST_TELLING_DAYS));
    double ofLevel = WANDERING * WANDERING * left / 30;
    double ofStart = FIRST_DAY_DOUBT * FIRST_DAY_DOUBT / days;
    double assumed = ofDays + ofLevel + ofStart + LEAST_SIGMA * LEAST_SIGMA;
    double weight = Math.min(experience.forecasts(), experience.earlierPeriods());
    return Math.sqrt(
        (ASSUMPTION_PERIODS * assumed + weight * experience.meanSquare())
            / (ASSUMPTION_PERIODS + weight));
  }
}
