package dev.spendwarden.charge;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/// The half-open span of time `[start, end)` that a figure covers.
public record ChargePeriod(Instant start, Instant end) {

  public ChargePeriod {
    if (!start.isBefore(end)) {
      throw new IllegalArgumentException(
          "a charge period ends after it starts: " + start + " to " + end);
    }
  }

  public static ChargePeriod ofUtcDay(LocalDate day) {
    return new ChargePeriod(
        day.atStartOfDay(ZoneOffset.UTC).toInstant(),
        day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant());
  }

  public boolean contains(Instant instant) {
    return !instant.isBefore(start) && instant.isBefore(end);
  }

  public boolean overlaps(ChargePeriod other) {
    return start.isBefore(other.end) && other.start.isBefore(end);
  }

  public Duration length() {
    return Duration.between(start, end);
  }
}
