package dev.spendwarden.burn;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/// A recent day that the forecaster did not take as it stands, for explanations.
///
/// @param known what the source says of it so far
/// @param share of its final amount that is taken to be known
/// @param taken what it is taken to come to; of a day that was cut back, what counts of it
public record DayUse(LocalDate day, double known, double share, double taken, Why why) {

  /// As far back as anything is completed or shown.
  private static final int DAYS = 30;

  /// Amounts that differ by less than this share are shown alike.
  private static final double ALIKE = 1e-6;

  public enum Why {
    /// The day is not over: the rest of it is expected to be a usual one.
    RUNNING,
    /// The source fills days late: what is usually missing by now was added.
    COMPLETED,
    /// Too little of it is known to tell of a usual day: a usual one stands in for most of it.
    LEFT_OUT,
    /// It lies far outside the usual: it is paid for, but only a part of it is carried on.
    CUT_BACK
  }

  /// What a forecast rests on.
  ///
  /// @param days the newest last
  public record Basis(Forecast forecast, SettlingCurve settling, List<DayUse> days) {
    public Basis {
      days = List.copyOf(days);
    }
  }

  /// The days of the last month, oldest first.
  ///
  /// @param spent as the ledger says, see [Forecaster#forecast]
  public static List<DayUse> of(DailySeries given, DateSpan period, double spent) {
    DailySeries series = given.explaining(spent, period);
    int size = series.size();
    DailyRate rate = DailyRate.fit(series, size);
    var uses = new ArrayList<DayUse>();
    for (int day = Math.max(0, size - DAYS); day < size; day++) {
      double known = series.amount(day);
      double share = series.knownShare(day);
      LocalDate date = LocalDate.ofEpochDay(series.firstEpochDay() + day);
      if (share < 1) {
        double expected = rate.expected(series.weekday(day), -1);
        double taken = known + Forecaster.missing(series, day, expected);
        uses.add(new DayUse(date, known, share, taken, why(series, day, share)));
      } else {
        double counted = rate.tamed(series, day);
        if (Math.abs(counted - known) > ALIKE * Math.abs(known)) {
          uses.add(new DayUse(date, known, share, counted, Why.CUT_BACK));
        }
      }
    }
    return uses;
  }

  private static Why why(DailySeries series, int day, double share) {
    if (series.goneShare(day) < 1) {
      return Why.RUNNING;
    }
    return DailyRate.isTooIncomplete(share) ? Why.LEFT_OUT : Why.COMPLETED;
  }
}
