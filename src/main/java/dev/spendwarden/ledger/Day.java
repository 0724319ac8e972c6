package dev.spendwarden.ledger;

import dev.spendwarden.charge.ChargePeriod;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/// What was spent on one UTC day.
///
/// @param spent exactly; below zero where a counter was corrected downwards
/// @param restated whether a figure of that day changed after it had looked final
public record Day(LocalDate day, BigDecimal spent, boolean restated) {

  /// Makes a day from its part of a span.
  @FunctionalInterface
  interface Maker {
    Day make(LocalDate day, Instant from, Instant to);
  }

  /// The days of `span` in order; of the first and the last only what lies in it.
  static List<Day> each(ChargePeriod span, Maker maker) {
    var days = new ArrayList<Day>();
    Instant from = span.start();
    while (from.isBefore(span.end())) {
      LocalDate day = of(from);
      Instant midnight = day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
      Instant to = midnight.isBefore(span.end()) ? midnight : span.end();
      days.add(maker.make(day, from, to));
      from = to;
    }
    return days;
  }

  static LocalDate of(Instant instant) {
    return LocalDate.ofInstant(instant, ZoneOffset.UTC);
  }
}
