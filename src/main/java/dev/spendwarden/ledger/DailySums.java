package dev.spendwarden.ledger;

import java.util.Arrays;
import java.util.function.LongToDoubleFunction;

/// What the daily charges of one budget came to on each UTC day, in one unit, net or gross. Every
/// forecast asks for most of a year of them, of which a revision has moved a day or two: a day is
/// summed again only after one of its figures has changed. Days are counted from 1970-01-01. Not
/// thread-safe.
final class DailySums {

  private static final double NOT_SUMMED = Double.NaN;

  private final LongToDoubleFunction sum;

  /// The days that were last asked for.
  private double[] sums = new double[0];

  private long firstDay;

  /// @param sum adds up the figures of a day
  DailySums(LongToDoubleFunction sum) {
    this.sum = sum;
  }

  /// A figure of the day has changed.
  void changed(long day) {
    if (isKept(day)) {
      sums[(int) (day - firstDay)] = NOT_SUMMED;
    }
  }

  /// @param days that follow each other, into which the sums are put
  /// @param first of `days`
  void copyTo(double[] days, long first) {
    keep(first, days.length);
    for (int i = 0; i < sums.length; i++) {
      if (Double.isNaN(sums[i])) {
        sums[i] = sum.applyAsDouble(firstDay + i);
      }
    }
    System.arraycopy(sums, 0, days, 0, days.length);
  }

  private void keep(long first, int count) {
    if (first == firstDay && count == sums.length) {
      return;
    }
    var kept = new double[count];
    Arrays.fill(kept, NOT_SUMMED);
    long from = Math.max(first, firstDay);
    long to = Math.min(first + count, firstDay + sums.length);
    if (from < to) {
      System.arraycopy(
          sums, (int) (from - firstDay), kept, (int) (from - first), (int) (to - from));
    }
    sums = kept;
    firstDay = first;
  }

  private boolean isKept(long day) {
    return day >= firstDay && day < firstDay + sums.length;
  }
}
