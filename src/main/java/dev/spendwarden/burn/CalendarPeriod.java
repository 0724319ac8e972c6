package dev.spendwarden.burn;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.temporal.TemporalAdjusters;

/// The calendar's periods, for series that have days but no policy.
public enum CalendarPeriod {
  DAY,
  /// From Monday.
  WEEK,
  MONTH,
  QUARTER,
  YEAR;

  /// The period that `day` is in.
  public DateSpan containing(LocalDate day) {
    return switch (this) {
      case DAY -> new DateSpan(day, day.plusDays(1));
      case WEEK -> {
        LocalDate monday = day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
        yield new DateSpan(monday, monday.plusWeeks(1));
      }
      case MONTH -> {
        LocalDate first = day.withDayOfMonth(1);
        yield new DateSpan(first, first.plusMonths(1));
      }
      case QUARTER -> {
        int firstMonth = day.getMonth().firstMonthOfQuarter().getValue();
        LocalDate first = LocalDate.of(day.getYear(), firstMonth, 1);
        yield new DateSpan(first, first.plusMonths(3));
      }
      case YEAR -> {
        LocalDate first = LocalDate.of(day.getYear(), 1, 1);
        yield new DateSpan(first, first.plusYears(1));
      }
    };
  }
}
