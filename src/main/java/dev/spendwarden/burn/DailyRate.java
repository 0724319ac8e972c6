package dev.spendwarden.burn;

import org.jspecify.annotations.Nullable;

/// What a day costs at present: a level, the shape of a week, a damped trend. Fitted to the newest
/// weeks of a series; a few wild days do not move it, a new level that lasts does. Immutable.
///
/// @param level what an average day costs now; 0 or more
/// @param baseline what it cost over the last weeks, wild days cut back
/// @param recent what it cost in the newest days
/// @param trendPerDay growth of the logarithm in a day
/// @param scatter how far days lie from the level, as a share of it
/// @param low an average day that cost less is cut back to this
/// @param high and one that cost more to this
record DailyRate(
    double level,
    double baseline,
    double recent,
    WeekShape week,
    double trendPerDay,
    double scatter,
    double low,
    double high) {

  private static final DailyRate NOTHING =
      new DailyRate(0, 0, 0, WeekShape.EVEN, 0, 1, 0, Double.POSITIVE_INFINITY);

  /// A fit asks for no older days than these.
  static final int LOOKBACK = 16 * 7;

  private static final int RECENT = 4 * 7;

  /// A figure less complete than this says little about its day: it counts by its share only.
  private static final double COMPLETE_ENOUGH = 0.5;

  /// How much less each day counts than the one after it: half of the weight is in the last week.
  private static final double FADING = 0.9;

  /// Weight of the baseline beside the newest days, in days.
  private static final double BASELINE_DAYS = 5;

  /// Days with less weight than this are too small to be blown up to an average day.
  static final double LEAST_WEIGHT = 0.3;

  /// Fits the first `known` days of the series.
  static DailyRate fit(DailySeries series, int known) {
    return fit(series, known, Pattern.of(series, known, Pattern.NONE));
  }

  /// @param pattern of the first `known` days
  static DailyRate fit(DailySeries series, int known, Pattern pattern) {
    if (known == 0) {
      return NOTHING;
    }
    Pattern.@Nullable Usual usual = pattern.usual();
    return usual == null
        ? intermittent(series, known, pattern.values())
        : blended(series, known, pattern.week(), pattern.trend(), usual);
  }

  private static DailyRate intermittent(DailySeries series, int known, double[] values) {
    double sum = 0;
    double exposure = 0;
    for (int day = Math.max(0, known - 2 * RECENT); day < known; day++) {
      sum += series.amount(day);
      exposure += series.knownShare(day);
    }
    // Less than a whole day says no more than a whole day would.
    double mean = Math.max(0, sum / Math.max(1, exposure));
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    int count = values.length;
    double scatter = mean > 0 && count > 0 ? Math.sqrt(squares / count) / mean : 1;
    return new DailyRate(
        unlessFirst(mean, known),
        mean,
        mean,
        WeekShape.EVEN,
        0,
        scatter,
        0,
        Double.POSITIVE_INFINITY);
  }

  private static DailyRate blended(
      DailySeries series, int known, WeekShape week, double trend, Pattern.Usual usual) {
    int oldest = Math.max(0, known - Math.min(RECENT, usual.days()));
    double sum = 0;
    double exposure = 0;
    double fading = 1;
    for (int day = known - 1; day >= oldest; day--) {
      double share = series.knownShare(day) * week.weight(series.weekday(day));
      double growth = trend == 0 ? 1 : Math.exp(trend * (known - 0.5 - day));
      double amount = series.amount(day) * growth;
      boolean telling = share > LEAST_WEIGHT;
      sum +=
          fading
              * (telling ? Math.clamp(amount, usual.low() * share, usual.high() * share) : amount);
      exposure += fading * share;
      fading *= FADING;
    }
    double recent = exposure > 0 ? sum / exposure : usual.mean();
    double level = (sum + BASELINE_DAYS * usual.mean()) / (exposure + BASELINE_DAYS);
    double scatter = usual.mean() > 0 ? usual.deviation() / usual.mean() : 1;
    return new DailyRate(
        unlessFirst(Math.max(0, level), known),
        usual.mean(),
        recent,
        week,
        trend,
        scatter,
        usual.low(),
        usual.high());
  }

  /// The first day ever may be a purchase that does not come again: half of it is carried on.
  private static double unlessFirst(double level, int known) {
    return known == 1 ? level / 2 : level;
  }

  /// Whether so little is known of the day that it says nothing of a usual one.
  static boolean isTooIncomplete(double knownShare) {
    return knownShare < COMPLETE_ENOUGH;
  }

  /// What counts of a day's known amount: all of it, unless it lies far outside the usual.
  double tamed(DailySeries series, int day) {
    double share = series.knownShare(day) * week.weight(series.weekday(day));
    double growth = Math.exp(trendPerDay * (series.size() - 0.5 - day));
    double amount = series.amount(day) * growth;
    boolean telling = share > LEAST_WEIGHT && Double.isFinite(high);
    return telling ? Math.clamp(amount, low * share, high * share) / growth : series.amount(day);
  }

  /// What a whole day is expected to cost.
  ///
  /// @param weekday 0 for Monday
  /// @param ahead days between it and the day after the newest known one; negative for known days
  double expected(int weekday, int ahead) {
    return level * week.weight(weekday) * Trend.factor(trendPerDay, Math.max(0, ahead) + 0.5);
  }
}
