package dev.spendwarden.burn;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.Arrays;

/// What was spent day by day, as far as is known now. Leading days without spend are dropped:
/// nobody can tell a budget that was not used from one that was not yet watched. Immutable.
public final class DailySeries {

  /// Sums of doubles differ by less than this share; it is no spend.
  private static final double ROUNDING = 1e-9;

  private final long firstDay;
  private final double[] amounts;
  private final double newestShare;
  private final SettlingCurve settling;

  private DailySeries(long firstDay, double[] amounts, double newestShare, SettlingCurve settling) {
    this.firstDay = firstDay;
    this.amounts = amounts;
    this.newestShare = newestShare;
    this.settling = settling;
  }

  /// Days that are over and whose figures are final.
  ///
  /// @param first the day of `amounts[0]`
  public static DailySeries of(LocalDate first, double[] amounts) {
    return of(first, amounts, 1, SettlingCurve.IDENTITY);
  }

  /// @param first the day of `amounts[0]`
  /// @param amounts one for each day; every one finite
  /// @param newestShare the share of the newest day that is over, from 0 to 1 (1: all of it)
  /// @param settling how complete the source's figures of recent days are
  public static DailySeries of(
      LocalDate first, double[] amounts, double newestShare, SettlingCurve settling) {
    if (!(newestShare >= 0 && newestShare <= 1)) {
      throw new IllegalArgumentException("a share is from 0 to 1, not " + newestShare);
    }
    int used = amounts.length;
    for (int i = amounts.length - 1; i >= 0; i--) {
      if (!Double.isFinite(amounts[i])) {
        throw new IllegalArgumentException(
            "the amount of " + first.plusDays(i) + " is not a finite number: " + amounts[i]);
      }
      if (amounts[i] != 0) {
        used = i;
      }
    }
    return new DailySeries(
        first.toEpochDay() + used,
        Arrays.copyOfRange(amounts, used, amounts.length),
        newestShare,
        settling);
  }

  /// The number of days from the first one with spend to the newest.
  int size() {
    return amounts.length;
  }

  /// Epoch day of day 0.
  long firstEpochDay() {
    return firstDay;
  }

  /// Epoch day after the newest one.
  long endEpochDay() {
    return firstDay + amounts.length;
  }

  double amount(int day) {
    return amounts[day];
  }

  /// The share of the day's final amount that is in [#amount]: by its age now, however far back a
  /// look at it pretends to stand. The newest whole day is one day old.
  double knownShare(int day) {
    int age = wholeDays() - day;
    return age == 0 ? newestShare * settling.share(0) : settling.share(age);
  }

  /// The share of a day that is over: 1, except for the newest one while it runs.
  double goneShare(int day) {
    return day < wholeDays() ? 1 : newestShare;
  }

  /// The number of days that are over.
  int wholeDays() {
    return newestShare < 1 ? size() - 1 : size();
  }

  /// Where more was spent in the period than its days show, because they were not watched from its
  /// start: the same series with the rest spread over the days before the first one.
  DailySeries explaining(double spent, DateSpan period) {
    long start = period.start().toEpochDay();
    long end = Math.min(endEpochDay(), period.end().toEpochDay());
    int unwatched = (int) (Math.min(firstEpochDay(), end) - start);
    if (unwatched <= 0) {
      return this;
    }
    double shown = 0;
    for (long day = firstEpochDay(); day < end; day++) {
      shown += amount((int) (day - firstEpochDay()));
    }
    double rest = spent - shown;
    if (!(rest > ROUNDING * Math.abs(spent))) {
      return this;
    }
    var filled = new double[(int) (endEpochDay() - start)];
    Arrays.fill(filled, 0, unwatched, rest / unwatched);
    System.arraycopy(amounts, 0, filled, filled.length - size(), size());
    return new DailySeries(start, filled, newestShare, settling);
  }

  /// The days from the one after the newest figure to the period's end; at least one.
  int daysLeft(DateSpan period) {
    return (int) Math.max(1, period.end().toEpochDay() - endEpochDay());
  }

  /// Whether all that is to come of the days before `epochDay` has come.
  boolean isFinalBefore(long epochDay) {
    long age = firstDay + wholeDays() - (epochDay - 1);
    return age > 0 && age >= settling.settledAfter();
  }

  /// Whether the `count` days before `epochDay` are those of the other series.
  boolean isSameBefore(long epochDay, int count, DailySeries other) {
    long from = epochDay - count;
    boolean sameStart = firstDay == other.firstDay || Math.max(firstDay, other.firstDay) <= from;
    boolean known = epochDay <= Math.min(endEpochDay(), other.endEpochDay());
    return sameStart
        && known
        && Arrays.equals(
            amounts,
            indexOf(from),
            indexOf(epochDay),
            other.amounts,
            other.indexOf(from),
            other.indexOf(epochDay));
  }

  private int indexOf(long epochDay) {
    return (int) Math.clamp(epochDay - firstDay, 0, amounts.length);
  }

  /// 0 for Monday to 6 for Sunday.
  int weekday(int day) {
    return weekdayOf(firstEpochDay() + day);
  }

  static int weekdayOf(long epochDay) {
    // 1 January 1970 was a Thursday.
    return (int) Math.floorMod(epochDay + DayOfWeek.THURSDAY.ordinal(), 7L);
  }
}
