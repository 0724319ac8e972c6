package dev.spendwarden.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.spendwarden.policy.PeriodSpec.Anchored;
import dev.spendwarden.policy.PeriodSpec.Calendar;
import dev.spendwarden.policy.PeriodSpec.Every;
import dev.spendwarden.policy.PeriodSpec.None;
import dev.spendwarden.policy.PeriodSpec.Rolling;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PeriodsTest {

  record Row(PeriodSpec spec, String zone, String now, String start, String end, String note) {}

  static Stream<Row> rows() {
    return Stream.of(
        row(
            new Calendar(Every.DAY),
            "UTC",
            "2027-01-20T09:00:00Z",
            "2027-01-20T00:00:00Z",
            "2027-01-21T00:00:00Z",
            "a day"),
        row(
            new Calendar(Every.WEEK),
            "UTC",
            "2027-01-24T23:59:59.999Z",
            "2027-01-18T00:00:00Z",
            "2027-01-25T00:00:00Z",
            "a week starts on Monday"),
        row(
            new Anchored(Every.WEEK, 7),
            "UTC",
            "2027-01-23T12:00:00Z",
            "2027-01-17T00:00:00Z",
            "2027-01-24T00:00:00Z",
            "a week from Sunday"),
        row(
            new Calendar(Every.MONTH),
            "Europe/Berlin",
            "2027-01-31T23:30:00Z",
            "2027-01-31T23:00:00Z",
            "2027-02-28T23:00:00Z",
            "a month in its zone"),
        row(
            new Calendar(Every.QUARTER),
            "UTC",
            "2027-05-15T00:00:00Z",
            "2027-04-01T00:00:00Z",
            "2027-07-01T00:00:00Z",
            "a quarter"),
        row(
            new Anchored(Every.QUARTER, 15),
            "UTC",
            "2027-04-14T00:00:00Z",
            "2027-01-15T00:00:00Z",
            "2027-04-15T00:00:00Z",
            "a quarter from the 15th"),
        row(
            new Calendar(Every.YEAR),
            "UTC",
            "2027-12-31T23:00:00Z",
            "2027-01-01T00:00:00Z",
            "2028-01-01T00:00:00Z",
            "a year"),
        row(
            new Anchored(Every.YEAR, 10),
            "UTC",
            "2027-01-09T23:00:00Z",
            "2026-01-10T00:00:00Z",
            "2027-01-10T00:00:00Z",
            "a year from 10 January"),
        row(
            new Anchored(Every.MONTH, 15),
            "UTC",
            "2027-02-14T23:59:59Z",
            "2027-01-15T00:00:00Z",
            "2027-02-15T00:00:00Z",
            "the anchor lies later in the month"),
        row(
            new Anchored(Every.MONTH, 31),
            "UTC",
            "2027-02-27T23:59:59Z",
            "2027-01-31T00:00:00Z",
            "2027-02-28T00:00:00Z",
            "the 31st is 28 February"),
        row(
            new Anchored(Every.MONTH, 31),
            "UTC",
            "2027-02-28T00:00:00Z",
            "2027-02-28T00:00:00Z",
            "2027-03-31T00:00:00Z",
            "and the 31st of March again"),
        row(
            new Anchored(Every.MONTH, 30),
            "UTC",
            "2028-02-29T00:00:00Z",
            "2028-02-29T00:00:00Z",
            "2028-03-30T00:00:00Z",
            "29 February in a leap year"),
        row(
            new Calendar(Every.DAY),
            "America/Havana",
            "2027-03-14T12:00:00Z",
            "2027-03-14T05:00:00Z",
            "2027-03-15T04:00:00Z",
            "a day that starts at 01:00"),
        row(
            new Calendar(Every.DAY),
            "Asia/Beirut",
            "2021-03-28T12:00:00Z",
            "2021-03-27T22:00:00Z",
            "2021-03-28T21:00:00Z",
            "another one"),
        row(
            new Calendar(Every.DAY),
            "Pacific/Apia",
            "2011-12-30T09:59:59Z",
            "2011-12-29T10:00:00Z",
            "2011-12-30T10:00:00Z",
            "the day before a skipped day"),
        row(
            new Calendar(Every.DAY),
            "Pacific/Apia",
            "2011-12-30T10:00:00Z",
            "2011-12-30T10:00:00Z",
            "2011-12-31T10:00:00Z",
            "the day after a skipped day"),
        row(
            new Calendar(Every.DAY),
            "Australia/Lord_Howe",
            "2027-04-04T00:00:00Z",
            "2027-04-03T13:00:00Z",
            "2027-04-04T13:30:00Z",
            "a clock set back by half an hour"),
        row(
            new Calendar(Every.DAY),
            "America/St_Johns",
            "2010-11-07T02:45:00Z",
            "2010-11-07T02:30:00Z",
            "2010-11-08T03:30:00Z",
            "a clock set back across midnight"),
        row(
            new Rolling(Duration.ofDays(30)),
            "UTC",
            "2027-01-31T09:00:00Z",
            "2027-01-01T09:00:00Z",
            "2027-01-31T09:00:00Z",
            "rolling"),
        row(
            new Rolling(Duration.ofDays(400_000)),
            "UTC",
            "2027-01-31T09:00:00Z",
            "1970-01-01T00:00:00Z",
            "2027-01-31T09:00:00Z",
            "rolling back before time"),
        row(
            new None(),
            "UTC",
            "2027-01-31T09:00:00Z",
            "1970-01-01T00:00:00Z",
            "9999-12-31T00:00:00Z",
            "none"));
  }

  private static Row row(
      PeriodSpec spec, String zone, String now, String start, String end, String note) {
    return new Row(spec, zone, now, start, end, note);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void cutsTime(Row row) {
    var zone = ZoneId.of(row.zone());
    assertThat(Periods.current(row.spec(), zone, Instant.parse(row.now())))
        .as(row.note())
        .isEqualTo(new Period(Instant.parse(row.start()), Instant.parse(row.end()), zone));
  }

  private static final List<String> ZONES =
      List.of(
          "UTC",
          "Europe/Berlin",
          "America/New_York",
          "America/Havana",
          "Pacific/Apia",
          "Asia/Beirut",
          "Australia/Lord_Howe",
          "America/St_Johns",
          "America/Sao_Paulo",
          "Pacific/Kwajalein",
          "Africa/Casablanca",
          "Asia/Kathmandu",
          "+14:00",
          "-12:00");

  @Test
  void periodsContainTheirInstantAndTileTime() {
    long seed = 20_270_120;
    var random = new Random(seed);
    for (int round = 0; round < 20_000; round++) {
      var zone = ZoneId.of(ZONES.get(random.nextInt(ZONES.size())));
      var spec = spec(random);
      // 1980 to 2060, where clocks were and are set back and forth.
      var now = Instant.ofEpochSecond(315_532_800L + random.nextLong(2_524_608_000L));
      var period = Periods.current(spec, zone, now);
      String told = "seed " + seed + " round " + round + ": " + spec + " " + zone + " " + now;

      assertThat(period.start()).as(told).isBeforeOrEqualTo(now);
      assertThat(period.end()).as(told).isAfter(now);
      assertThat(Periods.current(spec, zone, period.start())).as(told).isEqualTo(period);
      assertThat(Periods.current(spec, zone, period.end().minusNanos(1)))
          .as(told)
          .isEqualTo(period);

      var next = Periods.next(spec, zone, period);
      assertThat(next.start()).as(told).isEqualTo(period.end());
      assertThat(Periods.previous(spec, zone, next)).as(told).isEqualTo(period);
    }
  }

  /// Around every change of the clock in every zone, where a tile is most likely to be lost.
  @Test
  void daysTileTimeAroundEveryChangeOfTheClock() {
    var spec = new Calendar(Every.DAY);
    for (String name : new java.util.TreeSet<>(ZoneId.getAvailableZoneIds())) {
      var zone = ZoneId.of(name);
      for (var change : zone.getRules().getTransitions()) {
        if (change.getInstant().isBefore(Instant.EPOCH)) {
          continue;
        }
        for (long minutes : new long[] {-1500, -61, -1, 0, 1, 29, 61, 119, 1500}) {
          var now = change.getInstant().plus(Duration.ofMinutes(minutes));
          var period = Periods.current(spec, zone, now);
          boolean contains = !now.isBefore(period.start()) && now.isBefore(period.end());
          boolean tiles = Periods.next(spec, zone, period).start().equals(period.end());
          if (!contains || !tiles) {
            throw new AssertionError(name + " " + now + " " + period);
          }
        }
      }
    }
  }

  @Test
  void aMonthFromThe31stNeverDrifts() {
    var spec = new Anchored(Every.MONTH, 31);
    var zone = ZoneId.of("UTC");
    var starts = new ArrayList<String>();
    var period = Periods.current(spec, zone, Instant.parse("2027-01-31T00:00:00Z"));
    for (int i = 0; i < 6; i++) {
      starts.add(period.start().toString().substring(5, 10));
      period = Periods.next(spec, zone, period);
    }
    assertThat(starts).containsExactly("01-31", "02-28", "03-31", "04-30", "05-31", "06-30");
  }

  @Test
  void rollingPeriodsFollowEachOther() {
    var spec = new Rolling(Duration.ofDays(7));
    var zone = ZoneId.of("UTC");
    var period = Periods.current(spec, zone, Instant.parse("2027-01-20T09:00:00Z"));
    assertThat(Periods.previous(spec, zone, period).end()).isEqualTo(period.start());
    assertThat(Periods.previous(spec, zone, period).start())
        .isEqualTo(Instant.parse("2027-01-06T09:00:00Z"));
    assertThat(Periods.next(spec, zone, period).start()).isEqualTo(period.end());
  }

  @Test
  void refusesAnAnchorOutsideThePeriod() {
    assertThatThrownBy(() -> new Anchored(Every.MONTH, 0)).hasMessageContaining("MONTH");
    assertThatThrownBy(() -> new Anchored(Every.MONTH, 32)).hasMessageContaining("32");
    assertThatThrownBy(() -> new Anchored(Every.WEEK, 8)).hasMessageContaining("of 7");
    assertThatThrownBy(() -> new Anchored(Every.DAY, 2)).hasMessageContaining("DAY");
  }

  private static PeriodSpec spec(Random random) {
    var every = Every.values()[random.nextInt(Every.values().length)];
    return random.nextBoolean()
        ? new Calendar(every)
        : new Anchored(every, 1 + random.nextInt(Anchored.lastAnchor(every)));
  }
}
