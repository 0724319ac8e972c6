package dev.spendwarden.policy;

import dev.spendwarden.policy.PeriodSpec.Anchored;
import dev.spendwarden.policy.PeriodSpec.Calendar;
import dev.spendwarden.policy.PeriodSpec.Every;
import dev.spendwarden.policy.PeriodSpec.None;
import dev.spendwarden.policy.PeriodSpec.Rolling;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.temporal.ChronoField;

/// Cuts time into budget periods.
///
/// Calendar and anchored periods are half-open, contain the instant they are asked for, and tile
/// time without gap or overlap in every zone. Each one's start is computed from the anchor, never
/// from its neighbour, so a period from the 31st is back on the 31st after February. A rolling
/// period ends at the instant it is asked for and so does not contain it.
public final class Periods {

  /// A Monday.
  private static final long FIRST_WEEK_EPOCH_DAY = LocalDate.of(1969, 12, 29).toEpochDay();

  private Periods() {}

  /// The period that `now` falls into; for rolling ones `[now − window, now)`.
  public static Period current(PeriodSpec spec, ZoneId zone, Instant now) {
    return switch (spec) {
      case Calendar(Every every) -> containing(new Grid(every, 1, zone), now);
      case Anchored(Every every, int from) -> containing(new Grid(every, from, zone), now);
      case Rolling(Duration window) -> new Period(before(now, window), now, zone);
      case None() -> new Period(Period.FAR_PAST, Period.FAR_FUTURE, zone);
    };
  }

  /// The period that ends where `period` starts; `period: none` has only the one.
  public static Period previous(PeriodSpec spec, ZoneId zone, Period period) {
    return switch (spec) {
      case Calendar _, Anchored _ -> current(spec, zone, period.start().minusNanos(1));
      case Rolling _ -> current(spec, zone, period.start());
      case None _ -> period;
    };
  }

  /// The period that starts where `period` ends; `period: none` has only the one.
  public static Period next(PeriodSpec spec, ZoneId zone, Period period) {
    return switch (spec) {
      case Calendar _, Anchored _ -> current(spec, zone, period.end());
      case Rolling(Duration window) -> new Period(period.end(), period.end().plus(window), zone);
      case None _ -> period;
    };
  }

  private static Instant before(Instant now, Duration window) {
    boolean reachesBack = window.compareTo(Duration.between(Period.FAR_PAST, now)) < 0;
    return reachesBack ? now.minus(window) : Period.FAR_PAST;
  }

  private static Period containing(Grid grid, Instant now) {
    long index = grid.indexOf(LocalDate.ofInstant(now, grid.zone));
    // The local date alone does not decide: an anchor may lie later in its month, a clock set back
    // across midnight repeats the day before, and a zone may skip a whole day.
    while (grid.start(index).isAfter(now)) {
      index--;
    }
    while (!grid.start(index + 1).isAfter(now)) {
      index++;
    }
    return new Period(grid.start(index), grid.start(index + 1), grid.zone);
  }

  /// Numbered periods: number `n` starts at `start(n)`.
  private record Grid(Every every, int from, ZoneId zone) {

    /// The number of a period near this date.
    private long indexOf(LocalDate date) {
      return switch (every) {
        case DAY -> date.toEpochDay();
        case WEEK -> Math.floorDiv(date.toEpochDay() - FIRST_WEEK_EPOCH_DAY, 7);
        case MONTH -> date.getLong(ChronoField.PROLEPTIC_MONTH);
        case QUARTER -> Math.floorDiv(date.getLong(ChronoField.PROLEPTIC_MONTH), 3);
        case YEAR -> date.getYear();
      };
    }

    private Instant start(long index) {
      return startDate(index).atStartOfDay(zone).toInstant();
    }

    private LocalDate startDate(long index) {
      return switch (every) {
        case DAY -> LocalDate.ofEpochDay(index);
        case WEEK -> LocalDate.ofEpochDay(FIRST_WEEK_EPOCH_DAY + 7 * index + (from - 1));
        case MONTH -> anchored(index);
        case QUARTER -> anchored(3 * index);
        case YEAR -> anchored(12 * index);
      };
    }

    /// @param month counted from January of the year 0
    private LocalDate anchored(long month) {
      var first =
          YearMonth.of(Math.toIntExact(Math.floorDiv(month, 12)), Math.floorMod(month, 12) + 1);
      return first.atDay(Math.min(from, first.lengthOfMonth()));
    }
  }
}
