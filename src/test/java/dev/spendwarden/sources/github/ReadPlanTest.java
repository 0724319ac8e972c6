package dev.spendwarden.sources.github;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReadPlanTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        // now, earliest needed, read before (range@asked; …), longest, expected
        "2027-01-20T09:00:00Z | 2027-01-01 | - | 31 | 2027-01-01/2027-01-20",
        "2027-01-20T09:00:00Z | 2027-01-20 | - | 31 | 2027-01-15/2027-01-20",
        "2027-01-31T23:59:59Z | 2027-01-01 | - | 31 | 2027-01-01/2027-01-31",
        "2027-01-31T00:00:00Z | 2026-12-31 | - | 31 | 2027-01-01/2027-01-31 2026-12-31/2026-12-31",
        "2027-01-20T09:00:00Z | 2026-11-01 | - | 31 | "
            + "2026-12-21/2027-01-20 2026-11-20/2026-12-20 2026-11-01/2026-11-19",
        "2027-01-20T09:00:00Z | 2026-01-20 | - | 365 | 2026-01-21/2027-01-20 2026-01-20/2026-01-20",
        // Later on the same day: what was read five days after it is settled.
        "2027-01-20T15:00:00Z | 2027-01-01 | 2027-01-01/2027-01-20@2027-01-20T09:00:00Z | 31 | "
            + "2027-01-16/2027-01-20",
        "2027-01-21T00:00:00Z | 2027-01-01 | 2027-01-01/2027-01-20@2027-01-20T09:00:00Z | 31 | "
            + "2027-01-16/2027-01-21",
        // A long silence: what was young when it was last read is read again.
        "2027-01-30T00:00:00Z | 2027-01-01 | 2027-01-01/2027-01-10@2027-01-10T09:00:00Z | 31 | "
            + "2027-01-06/2027-01-30",
        // A policy that needs more than the former ones.
        "2027-01-20T15:00:00Z | 2026-12-30 | 2027-01-01/2027-01-20@2027-01-20T09:00:00Z | 31 | "
            + "2027-01-16/2027-01-20 2026-12-30/2026-12-31",
        // The first days of a month: the former one whole, once a day.
        "2027-02-01T09:00:00Z | 2027-02-01 | 2027-01-01/2027-01-31@2027-01-31T09:00:00Z | 31 | "
            + "2027-01-27/2027-02-01",
        "2027-02-02T09:00:00Z | 2027-02-01 | 2027-01-01/2027-02-01@2027-02-01T09:00:00Z | 31 | "
            + "2027-01-03/2027-02-02 2027-01-01/2027-01-02",
        "2027-02-05T09:00:00Z | 2027-02-01 | 2026-12-20/2027-02-04@2027-02-04T09:00:00Z | 31 | "
            + "2027-01-06/2027-02-05 2027-01-01/2027-01-05",
        "2027-02-05T15:00:00Z | 2027-02-01 | 2026-12-20/2027-02-05@2027-02-05T09:00:00Z | 31 | "
            + "2027-02-01/2027-02-05",
        "2027-02-06T09:00:00Z | 2027-02-01 | 2026-12-20/2027-02-05@2027-02-05T09:00:00Z | 31 | "
            + "2027-02-01/2027-02-06",
        // The same month a year ago is not the former one.
        "2027-02-03T09:00:00Z | 2026-02-10 | 2026-02-01/2027-02-03@2027-02-03T08:00:00Z | 31 | "
            + "2027-01-30/2027-02-03",
        // No further back than exports reach.
        "2027-01-20T09:00:00Z | 2000-01-01 | - | 365 | "
            + "2026-01-21/2027-01-20 2026-01-19/2026-01-20",
        "2027-03-02T09:00:00Z | 2027-03-01 | - | 31 | 2027-02-01/2027-03-02",
      })
  void readsWhatIsNotSettled(
      Instant now, LocalDate earliest, String before, int maxDays, String expected) {
    assertThat(plan(now, earliest, before, maxDays)).isEqualTo(ranges(expected));
  }

  @Test
  void rangesCoverEveryNeededDayOnceAndNoneIsTooLong() {
    for (int maxDays : new int[] {1, 2, 31, 365}) {
      for (int back = 0; back <= 366; back += 37) {
        LocalDate today = LocalDate.parse("2027-03-03").plusDays(back % 11);
        LocalDate earliest = today.minusDays(back);
        List<DateRange> plan =
            ReadPlan.at(
                today.atStartOfDay(java.time.ZoneOffset.UTC).toInstant(),
                earliest.atStartOfDay(java.time.ZoneOffset.UTC).toInstant(),
                List.of(),
                maxDays);
        LocalDate expected = today;
        for (DateRange range : plan) {
          assertThat(range.last()).isEqualTo(expected);
          assertThat(range.first()).isAfter(range.last().minusDays(maxDays));
          expected = range.first().minusDays(1);
        }
        assertThat(expected).isBefore(earliest);
      }
    }
  }

  private static List<DateRange> plan(Instant now, LocalDate earliest, String before, int maxDays) {
    var read = new ArrayList<ReadPlan.Read>();
    if (before != null) {
      for (String one : before.split(" ")) {
        String[] parts = one.split("@");
        read.add(new ReadPlan.Read(ranges(parts[0]).getFirst(), Instant.parse(parts[1])));
      }
    }
    return ReadPlan.at(
        now, earliest.atStartOfDay(java.time.ZoneOffset.UTC).toInstant(), read, maxDays);
  }

  private static List<DateRange> ranges(String text) {
    return Arrays.stream(text.split(" "))
        .map(range -> range.split("/"))
        .map(days -> new DateRange(LocalDate.parse(days[0]), LocalDate.parse(days[1])))
        .toList();
  }
}
