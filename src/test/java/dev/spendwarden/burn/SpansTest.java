package dev.spendwarden.burn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;

class SpansTest {

  private static DateSpan span(String start, String end) {
    return new DateSpan(LocalDate.parse(start), LocalDate.parse(end));
  }

  @Test
  void calendarPeriodsTileTheYear() {
    for (CalendarPeriod period : CalendarPeriod.values()) {
      LocalDate day = LocalDate.of(2023, 12, 30);
      while (day.isBefore(LocalDate.of(2025, 2, 1))) {
        DateSpan span = period.containing(day);
        assertThat(span.contains(day)).as("%s of %s", period, day).isTrue();
        assertThat(period.containing(span.end()).start()).isEqualTo(span.end());
        day = day.plusDays(1);
      }
    }
  }

  @Test
  void calendarPeriodsStartWherePeopleExpect() {
    LocalDate day = LocalDate.parse("2028-02-29");
    assertThat(CalendarPeriod.WEEK.containing(day)).isEqualTo(span("2028-02-28", "2028-03-06"));
    assertThat(CalendarPeriod.MONTH.containing(day)).isEqualTo(span("2028-02-01", "2028-03-01"));
    assertThat(CalendarPeriod.QUARTER.containing(day)).isEqualTo(span("2028-01-01", "2028-04-01"));
    assertThat(CalendarPeriod.YEAR.containing(day)).isEqualTo(span("2028-01-01", "2029-01-01"));
  }

  @Test
  void aUtcDayBelongsToThePeriodThatHoldsItsFirstInstant() {
    // A month in New York.
    DateSpan days =
        DateSpan.ofUtcDays(
            Instant.parse("2027-01-01T05:00:00Z"), Instant.parse("2027-02-01T05:00:00Z"));
    assertThat(days).isEqualTo(span("2027-01-02", "2027-02-02"));
    assertThat(
            DateSpan.ofUtcDays(
                Instant.parse("2027-01-01T00:00:00Z"), Instant.parse("2027-02-01T00:00:00Z")))
        .isEqualTo(span("2027-01-01", "2027-02-01"));
  }

  @Test
  void aPeriodWithinADayIsThatDay() {
    assertThat(
            DateSpan.ofUtcDays(
                Instant.parse("2027-01-01T05:00:00Z"), Instant.parse("2027-01-01T06:00:00Z")))
        .isEqualTo(span("2027-01-01", "2027-01-02"));
  }

  @Test
  void anEmptySpanIsRefused() {
    assertThatThrownBy(() -> span("2027-01-02", "2027-01-02"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
