package dev.spendwarden.sources.ionq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.spendwarden.charge.ChargePeriod;
import dev.spendwarden.sources.ionq.IonqWindow.Every;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class IonqWindowTest {

  @ParameterizedTest
  @CsvSource({
    "MONTH, 1, 2027-01-31T23:59:59.999Z, 2027-01-01, 2027-01-31",
    "MONTH, 1, 2027-02-01T00:00:00Z, 2027-02-01, 2027-02-28",
    "MONTH, 15, 2027-01-14T12:00:00Z, 2026-12-15, 2027-01-14",
    "MONTH, 15, 2027-01-15T00:00:00Z, 2027-01-15, 2027-02-14",
    "MONTH, 31, 2027-02-27T12:00:00Z, 2027-01-31, 2027-02-27",
    "MONTH, 31, 2027-02-28T12:00:00Z, 2027-02-28, 2027-03-30",
    "MONTH, 31, 2028-02-29T12:00:00Z, 2028-02-29, 2028-03-30",
    "DAY, 1, 2027-01-20T09:00:00Z, 2027-01-20, 2027-01-20",
    "WEEK, 1, 2027-01-20T09:00:00Z, 2027-01-18, 2027-01-24",
    "WEEK, 3, 2027-01-20T00:00:00Z, 2027-01-20, 2027-01-26",
    "WEEK, 4, 2027-01-20T09:00:00Z, 2027-01-14, 2027-01-20",
    "QUARTER, 1, 2027-03-31T09:00:00Z, 2027-01-01, 2027-03-31",
    "QUARTER, 15, 2027-04-14T09:00:00Z, 2027-01-15, 2027-04-14",
    "YEAR, 1, 2027-12-31T09:00:00Z, 2027-01-01, 2027-12-31",
    "YEAR, 10, 2027-01-09T09:00:00Z, 2026-01-10, 2027-01-09",
  })
  void theWindowIsTheOneThatHoldsNow(
      Every every, int from, Instant now, LocalDate first, LocalDate last) {
    assertThat(new IonqWindow(every, from).at(now)).isEqualTo(new IonqWindow.Dates(first, last));
  }

  @ParameterizedTest
  @EnumSource(Every.class)
  void windowsTileTimeWithoutGapOrOverlap(Every every) {
    for (int from = 1; from <= (every == Every.WEEK ? 7 : 31); from++) {
      var window = new IonqWindow(every, from);
      ChargePeriod before = window.at(Instant.parse("2026-12-31T00:00:00Z")).span();
      for (var day = LocalDate.of(2027, 1, 1); day.getYear() < 2029; day = day.plusDays(1)) {
        Instant now = day.atStartOfDay(ZoneOffset.UTC).toInstant();
        ChargePeriod span = window.at(now).span();
        assertThat(span.contains(now)).isTrue();
        assertThat(span.equals(before) || span.start().equals(before.end())).isTrue();
        before = span;
      }
    }
  }

  @Test
  void aDayThatNoWindowHasIsRefused() {
    assertThatThrownBy(() -> new IonqWindow(Every.WEEK, 8))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new IonqWindow(Every.MONTH, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
