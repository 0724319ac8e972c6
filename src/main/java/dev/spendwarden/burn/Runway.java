package dev.spendwarden.burn;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/// How long the money lasts at the present pace.
public final class Runway {

  private static final double DAY_SECONDS = Duration.ofDays(1).toSeconds();

  private Runway() {}

  /// Seconds until `limit` is reached when every day from now on costs the forecast's daily rate,
  /// shaped by its week; within a day evenly. The trend is left out: this is the pace of today.
  ///
  /// @param limit NaN when not known: the answer then is NaN
  /// @return 0 when the limit is reached, infinite when nothing is being spent
  public static double seconds(Forecast forecast, double limit, Instant now) {
    double left = limit - forecast.spent();
    if (Double.isNaN(left)) {
      return Double.NaN;
    }
    if (left <= 0) {
      return 0;
    }
    double rate = forecast.dailyRate();
    if (!(rate > 0) || Double.isInfinite(left)) {
      return Double.POSITIVE_INFINITY;
    }
    WeekShape week = forecast.parts().week();
    double week7 = 0;
    for (int weekday = 0; weekday < WeekShape.DAYS; weekday++) {
      week7 += rate * week.weight(weekday);
    }
    double wholeWeeks = Math.floor(left / week7);
    left -= wholeWeeks * week7;
    return wholeWeeks * WeekShape.DAYS * DAY_SECONDS + withinAWeek(left, rate, week, now);
  }

  private static double withinAWeek(double left, double rate, WeekShape week, Instant now) {
    LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
    double gone =
        Duration.between(today.atStartOfDay(ZoneOffset.UTC).toInstant(), now).toNanos() / 1e9;
    int weekday = today.getDayOfWeek().ordinal();
    double seconds = 0;
    double open = DAY_SECONDS - gone;
    // The rest of today, six days, and the part of the same weekday that the first one lacked.
    for (int day = 0; day <= WeekShape.DAYS; day++) {
      double perSecond = rate * week.weight((weekday + day) % WeekShape.DAYS) / DAY_SECONDS;
      if (left <= perSecond * open) {
        return seconds + (left > 0 ? left / perSecond : 0);
      }
      left -= perSecond * open;
      seconds += open;
      open = DAY_SECONDS;
    }
    return seconds;
  }
}
