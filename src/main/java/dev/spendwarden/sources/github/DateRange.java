package dev.spendwarden.sources.github;

import dev.spendwarden.charge.ChargePeriod;
import java.time.LocalDate;
import java.time.ZoneOffset;

/// UTC days, the first and the last included, as GitHub takes them.
public record DateRange(LocalDate first, LocalDate last) {

  public DateRange {
    if (last.isBefore(first)) {
      throw new IllegalArgumentException("a range ends before it begins: " + first + " to " + last);
    }
  }

  boolean contains(LocalDate day) {
    return !day.isBefore(first) && !day.isAfter(last);
  }

  ChargePeriod span() {
    return new ChargePeriod(
        first.atStartOfDay(ZoneOffset.UTC).toInstant(),
        last.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant());
  }

  /// `2027-01-01 to 2027-01-20`.
  @Override
  public String toString() {
    return first + " to " + last;
  }
}
