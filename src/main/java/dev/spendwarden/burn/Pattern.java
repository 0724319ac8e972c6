package dev.spendwarden.burn;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What the days that are known well enough show by themselves: the shape of a week, a trend, what
/// is usual. It is what medians are needed for, and so most of what a forecast costs; a new day
/// that nothing is known of yet, or more of a day that does not count yet, leaves it as it is. Kept
/// from one forecast to the next it saves every other one where a source bills days in the morning.
/// Immutable.
public final class Pattern {

  private static final int BASELINE = 12 * 7;

  /// Amounts farther than this many deviations from the middle are cut back to it.
  private static final double WILD = 3;

  /// Days of a series without noise still differ by this much; keeps the cut from being absurdly
  /// tight.
  private static final double LEAST_DEVIATION = 0.1;

  /// A lasting change is believed when the middle of seven days lies outside what was usual before.
  private static final int SHIFT_DAYS = 7;

  private static final int LEAST_DAYS_FOR_SHIFT = 10;

  private static final int WEEK = WeekShape.DAYS;

  /// Of no days.
  public static final Pattern NONE = of(new double[0], 0);

  /// The days it rests on, and the weekday of the first one.
  private final double[] days;

  private final int firstWeekday;
  private final WeekShape week;
  private final double trend;
  private final double[] values;
  private final @Nullable Usual usual;

  private Pattern(
      double[] days,
      int firstWeekday,
      WeekShape week,
      double trend,
      double[] values,
      @Nullable Usual usual) {
    this.days = days;
    this.firstWeekday = firstWeekday;
    this.week = week;
    this.trend = trend;
    this.values = values;
    this.usual = usual;
  }

  /// The pattern behind [Forecaster#forecast] of the same series.
  ///
  /// @param before of an earlier state of the series; it changes nothing but the work
  public static Pattern of(DailySeries series, DateSpan period, double spent, Pattern before) {
    DailySeries filled = series.explaining(spent, period);
    return of(filled, filled.size(), before);
  }

  /// The pattern of the first `known` days.
  static Pattern of(DailySeries series, int known, Pattern before) {
    int settled = known;
    while (settled > 0 && DailyRate.isTooIncomplete(series.knownShare(settled - 1))) {
      settled--;
    }
    int first = Math.max(0, settled - DailyRate.LOOKBACK);
    var days = new double[settled - first];
    for (int day = first; day < settled; day++) {
      days[day - first] = series.amount(day) / series.knownShare(day);
    }
    int firstWeekday = series.weekday(first);
    boolean same = firstWeekday == before.firstWeekday && Arrays.equals(days, before.days);
    return same ? before : of(days, firstWeekday);
  }

  private static Pattern of(double[] days, int firstWeekday) {
    WeekShape week = WeekShape.of(days, Math.max(0, days.length - BASELINE), firstWeekday);
    double trend = Trend.perDay(days);
    Comparable comparable = Comparable.of(days, firstWeekday, week, trend);
    return comparable.isIntermittent()
        ? new Pattern(days, firstWeekday, week, trend, comparable.values(), null)
        : new Pattern(
            days, firstWeekday, week, trend, new double[0], Usual.of(comparable.values()));
  }

  WeekShape week() {
    return week;
  }

  /// Growth of the logarithm in a day.
  double trend() {
    return trend;
  }

  /// Null where so many days have no spend that none is usual.
  @Nullable Usual usual() {
    return usual;
  }

  /// The days, made comparable, where none is usual.
  double[] values() {
    return values;
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
        if (weight > DailyRate.LEAST_WEIGHT) {
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

  /// What days usually cost: mean of the days after the wild ones are cut back to the bounds.
  record Usual(double mean, double low, double high, double deviation, int days) {

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
}
