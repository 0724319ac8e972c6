package dev.spendwarden.burn;

import java.util.Arrays;

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

  private static final int BASELINE = 12 * 7;
  private static final int RECENT = 4 * 7;
  private static final int WEEK = WeekShape.DAYS;

  /// A figure less complete than this says little about its day: it counts by its share only.
  private static final double COMPLETE_ENOUGH = 0.5;

  /// How much less each day counts than the one after it: half of the weight is in the last week.
  private static final double FADING = 0.9;

  /// Weight of the baseline beside the newest days, in days.
  private static final double BASELINE_DAYS = 5;

  /// Amounts farther than this many deviations from the middle are cut back to it.
  private static final double WILD = 3;

  /// Days of a series without noise still differ by this much; keeps the cut from being absurdly
  /// tight.
  private static final double LEAST_DEVIATION = 0.1;

  /// Days with less weight than this are too small to be blown up to an average day.
  private static final double LEAST_WEIGHT = 0.3;

  /// A lasting change is believed when the middle of seven days lies outside what was usual before.
  private static final int SHIFT_DAYS = 7;

  private static final int LEAST_DAYS_FOR_SHIFT = 10;

  /// Fits the first `known` days of the series.
  static DailyRate fit(DailySeries series, int known) {
    if (known == 0) {
      return NOTHING;
    }
    int settled = known;
    while (settled > 0 && isTooIncomplete(series.knownShare(settled - 1))) {
      settled--;
    }
    int first = Math.max(0, settled - LOOKBACK);
    var days = new double[settled - first];
    for (int day = first; day < settled; day++) {
      days[day - first] = series.amount(day) / series.knownShare(day);
    }
    int firstWeekday = series.weekday(first);
    WeekShape week = WeekShape.of(days, Math.max(0, days.length - BASELINE), firstWeekday);
    double trend = Trend.perDay(days);
    Comparable comparable = Comparable.of(days, firstWeekday, week, trend);
    if (comparable.isIntermittent()) {
      return intermittent(series, known, comparable);
    }
    Usual usual = Usual.of(comparable.values());
    return blended(series, known, week, trend, usual);
  }

  /// Days as they would be on an average weekday of today.
  private record Comparable(double[] values, int zeros) {

    static Comparable of(double[] days, int firstWeekday, WeekShape week, double trend) {
      int from = Math.max(0, days.length - BASELINE);
      var values = new double[days.length - from];
      int count = 0;
      int zeros = 0;
      for (int i = from; i < days.length; i++) {
        double weight = week.weight((firstWeekday + i) % WEEK);
        if (weight > LEAST_WEIGHT) {
          double growth = trend == 0 ? 1 : Math.exp(trend * (days.length - 0.5 - i));
          values[count++] = days[i] / weight * growth;
          zeros += days[i] == 0 ? 1 : 0;
        }
      }
      return new Comparable(Arrays.copyOf(values, count), zeros);
    }

    /// Where a third of the days have no spend the middle says nothing: only the mean does.
    boolean isIntermittent() {
      return values.length == 0 || zeros * 3 > values.length;
    }
  }

  private static DailyRate intermittent(DailySeries series, int known, Comparable comparable) {
    double sum = 0;
    double exposure = 0;
    for (int day = Math.max(0, known - 2 * RECENT); day < known; day++) {
      sum += series.amount(day);
      exposure += series.knownShare(day);
    }
    // Less than a whole day says no more than a whole day would.
    double mean = Math.max(0, sum / Math.max(1, exposure));
    double squares = 0;
    for (double value : comparable.values()) {
      squares += (value - mean) * (value - mean);
    }
    int count = comparable.values().length;
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

  /// What days usually cost: mean of the days after the wild ones are cut back to the bounds.
  private record Usual(double mean, double low, double high, double deviation, int days) {

    static Usual of(double[] values) {
      int count = values.length;
      Usual all = around(values, 0);
      if (count < LEAST_DAYS_FOR_SHIFT) {
        return all;
      }
      var last = Arrays.copyOfRange(values, count - SHIFT_DAYS, count);
      double middle = Robust.median(last, SHIFT_DAYS);
      boolean shifted = middle < all.low || middle > all.high;
      return shifted ? around(values, count - SHIFT_DAYS) : all;
    }

    private static Usual around(double[] values, int from) {
      var sorted = Arrays.copyOfRange(values, from, values.length);
      double middle = Robust.median(sorted, sorted.length);
      double deviation = Robust.deviation(values, from, values.length, middle);
      double width = WILD * Math.max(deviation, LEAST_DEVIATION * Math.abs(middle));
      double low = middle - width;
      double high = middle + width;
      double sum = 0;
      for (int i = from; i < values.length; i++) {
        sum += Math.clamp(values[i], low, high);
      }
      return new Usual(sum / sorted.length, low, high, deviation, sorted.length);
    }
  }

  private static DailyRate blended(
      DailySeries series, int known, WeekShape week, double trend, Usual usual) {
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
