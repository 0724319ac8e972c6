package dev.spendwarden.sources.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReadPlanTest {

  private static final Instant NOW = Instant.parse("2027-01-20T09:30:00Z");

  @ParameterizedTest
  @CsvSource({
    "2027-01-01T00:00:00Z, 2026-12-16, 35 days the first time",
    "2026-11-03T17:00:00Z, 2026-11-03, more where a policy needs it",
    "2026-01-20T09:30:00Z, 2026-01-20, a year",
  })
  void theFirstPollReadsAtLeastThirtyFiveDays(Instant needed, LocalDate first, String note) {
    assertThat(ReadPlan.NOTHING_READ.firstDay(NOW, needed)).as(note).isEqualTo(first);
  }

  @ParameterizedTest
  @CsvSource({
    "2027-01-01T00:00:00Z, 2027-01-01, a month",
    "2027-01-03T23:00:00Z, 2027-01-03, a period of another zone begins inside a day",
    "2027-01-20T00:00:00Z, 2027-01-19, yesterday still grows",
    "2027-01-20T09:30:00Z, 2027-01-19, no policy at all",
    "2026-10-01T00:00:00Z, 2026-10-01, a quarter and more",
  })
  void furtherPollsReadWhatPoliciesNeed(Instant needed, LocalDate first, String note) {
    ReadPlan plan = ReadPlan.NOTHING_READ.read(LocalDate.parse("2026-12-16"), NOW, NOW);
    assertThat(plan.firstDay(NOW.plusSeconds(300), needed)).as(note).isEqualTo(first);
  }

  @Test
  void thirtyFiveDaysAreReadAgainADayLater() {
    Instant needed = Instant.parse("2027-01-15T00:00:00Z");
    ReadPlan plan = ReadPlan.NOTHING_READ.read(LocalDate.parse("2026-12-16"), NOW, needed);
    Instant later = NOW.plus(Duration.ofMinutes(5));
    plan = plan.read(plan.firstDay(later, needed), later, needed);

    Instant justBefore = NOW.plus(Duration.ofDays(1)).minusNanos(1);
    assertThat(plan.firstDay(justBefore, needed)).isEqualTo(LocalDate.parse("2027-01-15"));
    assertThat(plan.firstDay(NOW.plus(Duration.ofDays(1)), needed))
        .isEqualTo(LocalDate.parse("2026-12-17"));
  }

  @Test
  void aYearIsReadWholeOnceAnHourAndThirtyFiveDaysBetween() {
    Instant needed = NOW.minus(Duration.ofDays(365));
    LocalDate whole = LocalDate.parse("2026-01-20");
    LocalDate recent = LocalDate.parse("2026-12-16");
    ReadPlan plan = ReadPlan.NOTHING_READ.read(whole, NOW, needed);

    assertThat(plan.firstDay(NOW.plusSeconds(300), needed)).isEqualTo(recent);
    plan = plan.read(recent, NOW.plusSeconds(300), needed);
    assertThat(plan.firstDay(NOW.plusSeconds(3599), needed)).isEqualTo(recent);
    assertThat(plan.firstDay(NOW.plusSeconds(3600), needed)).isEqualTo(whole);
  }

  @Test
  void aNewPolicyThatNeedsMoreGetsItAtOnce() {
    LocalDate year = LocalDate.parse("2026-01-20");
    ReadPlan plan =
        ReadPlan.NOTHING_READ.read(LocalDate.parse("2026-12-16"), NOW, NOW.minusSeconds(60));
    assertThat(plan.firstDay(NOW.plusSeconds(300), NOW.minus(Duration.ofDays(365))))
        .isEqualTo(year);
  }

  @Test
  void aClockThatWasSetBackReadsAgain() {
    ReadPlan plan = ReadPlan.NOTHING_READ.read(LocalDate.parse("2026-12-16"), NOW, NOW);
    Instant before = NOW.minus(Duration.ofDays(10));
    assertThat(plan.firstDay(before, before)).isEqualTo(LocalDate.parse("2026-12-06"));
  }
}
