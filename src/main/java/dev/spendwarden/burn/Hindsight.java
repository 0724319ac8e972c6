package dev.spendwarden.burn;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The daily rates that would have been fitted on earlier days of a series, as its figures are
/// known now: what [Experience] holds against what came.
///
/// Fitting is the costly part of a forecast, and most of these rates are those of the day before.
/// So the earlier days lie on a grid that stays where it is while time goes on, and a rate is taken
/// over as long as the days it rests on are the same. Immutable.
public final class Hindsight {

  /// Of no series at all.
  public static final Hindsight NONE =
      new Hindsight(DailySeries.of(LocalDate.EPOCH, new double[0]), List.of(), List.of());

  /// Earlier forecasts need four weeks to stand on.
  private static final int WARM_UP = 28;

  /// Half of the weight of a year's monthly forecasts; more change little and cost time.
  private static final int MOST_RATES = 12;

  private static final int LEAST_STEP = 7;

  private final DailySeries series;
  private final List<Fitted> rates;

  /// Newer than those: where a period has just begun its end is far, and those near the end of the
  /// one before wait to be needed again.
  private final List<Fitted> waiting;

  private Hindsight(DailySeries series, List<Fitted> rates, List<Fitted> waiting) {
    this.series = series;
    this.rates = List.copyOf(rates);
    this.waiting = List.copyOf(waiting);
  }

  /// A rate that rests on the days before `epochDay`.
  record Fitted(long epochDay, DailyRate rate) {}

  /// @param period the one that is being forecast: the newest rate is at least as far from the
  ///   newest figure as the period's end is
  /// @param before of an earlier state of the series; it changes nothing but the work
  public static Hindsight of(DailySeries series, DateSpan period, Hindsight before) {
    int step = Math.max(LEAST_STEP, period.days() / 2);
    int newest = Math.min(series.wholeDays() - series.daysLeft(period), series.size() - 1);
    long first = series.firstEpochDay();
    long newestOnGrid = Math.floorDiv(first + newest, step) * step;
    var rates = new ArrayList<Fitted>(MOST_RATES);
    for (long day = newestOnGrid;
        day >= first + WARM_UP && rates.size() < MOST_RATES;
        day -= step) {
      @Nullable Fitted known = before.known(day);
      rates.add(known != null && before.stands(day, series) ? known : fitted(series, day));
    }
    var waiting = new ArrayList<Fitted>();
    for (List<Fitted> kept : List.of(before.rates, before.waiting)) {
      for (Fitted known : kept) {
        if (known.epochDay() > newestOnGrid && before.stands(known.epochDay(), series)) {
          waiting.add(known);
        }
      }
    }
    return new Hindsight(series, rates, waiting);
  }

  private static Fitted fitted(DailySeries series, long epochDay) {
    return new Fitted(epochDay, DailyRate.fit(series, (int) (epochDay - series.firstEpochDay())));
  }

  private @Nullable Fitted known(long epochDay) {
    for (Fitted one : rates) {
      if (one.epochDay() == epochDay) {
        return one;
      }
    }
    for (Fitted one : waiting) {
      if (one.epochDay() == epochDay) {
        return one;
      }
    }
    return null;
  }

  /// Whether the days that a rate of `epochDay` rests on are final and have stayed the same.
  private boolean stands(long epochDay, DailySeries now) {
    return series.isFinalBefore(epochDay)
        && now.isFinalBefore(epochDay)
        && now.isSameBefore(epochDay, DailyRate.LOOKBACK, series);
  }

  /// The newest first.
  List<Fitted> rates() {
    return rates;
  }
}
