package dev.spendwarden.burn;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/// Whole days, half-open: `[start, end)`. At least one day.
public record DateSpan(LocalDate start, LocalDate end) {
  public DateSpan {
    if (!start.isBefore(end)) {
      throw new IllegalArgumentException(
          "a span of days ends after it starts: " + start + " to " + end);
    }
  }

  /// The UTC days whose first instant lies in `[start, end)`; where there is none (a period shorter
  /// than a day), the day of `start`.
  public static DateSpan ofUtcDays(Instant start, Instant end) {
    LocalDate first = firstDayFrom(start);
    LocalDate past = firstDayFrom(end);
    if (first.isBefore(past)) {
      return new DateSpan(first, past);
    }
    LocalDate day = LocalDate.ofInstant(start, ZoneOffset.UTC);
    return new DateSpan(day, day.plusDays(1));
  }

  private static LocalDate firstDayFrom(Instant instant) {
    return LocalDate.ofInstant(instant.plus(Duration.ofDays(1)).minusNanos(1), ZoneOffset.UTC);
  }

  public int days() {
    return (int) (end.toEpochDay() - start.toEpochDay());
  }

  public boolean contains(LocalDate day) {
    return !day.isBefore(start) && day.isBefore(end);
  }
}
