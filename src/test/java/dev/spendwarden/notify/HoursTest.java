package dev.spendwarden.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.notify.TimeInterval.Span;
import dev.spendwarden.notify.TimeInterval.Times;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HoursTest {

  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  private static final TimeInterval ANY =
      new TimeInterval(List.of(), Set.of(), List.of(), List.of(), List.of(), ZoneOffset.UTC);

  private static TimeInterval times(ZoneId zone, Times... times) {
    return new TimeInterval(List.of(times), Set.of(), List.of(), List.of(), List.of(), zone);
  }

  private static TimeInterval days(Span... days) {
    return new TimeInterval(
        List.of(), Set.of(), List.of(days), List.of(), List.of(), ZoneOffset.UTC);
  }

  private static Times from(int start, int end) {
    return new Times(start * 60, end * 60);
  }

  record Row(String note, TimeInterval interval, String at, boolean expected) {
    @Override
    public String toString() {
      return note;
    }
  }

  static Stream<Row> rows() {
    var night = times(ZoneOffset.UTC, from(0, 6), from(22, 24));
    var weekend =
        new TimeInterval(
            List.of(),
            EnumSet.of(DayOfWeek.SATURDAY, DayOfWeek.SUNDAY),
            List.of(),
            List.of(),
            List.of(),
            ZoneOffset.UTC);
    var spring =
        new TimeInterval(
            List.of(),
            Set.of(),
            List.of(),
            List.of(new Span(3, 5)),
            List.of(new Span(2027, 2028)),
            ZoneOffset.UTC);
    return Stream.of(
        new Row("nothing given is any time", ANY, "2027-01-20T09:00:00Z", true),
        new Row("a range has its start", night, "2027-01-20T22:00:00Z", true),
        new Row("and not its end", night, "2027-01-20T06:00:00Z", false),
        new Row("24:00 is the day's end", night, "2027-01-20T23:59:59Z", true),
        new Row("a weekday", weekend, "2027-01-23T12:00:00Z", true),
        new Row("another weekday", weekend, "2027-01-22T12:00:00Z", false),
        new Row("months and years", spring, "2027-03-01T00:00:00Z", true),
        new Row("another year", spring, "2029-03-01T00:00:00Z", false),
        new Row("another month", spring, "2027-06-01T00:00:00Z", false),
        new Row("the last days", days(new Span(-3, -1)), "2027-02-26T00:00:00Z", true),
        new Row("before the last days", days(new Span(-3, -1)), "2027-02-25T23:59:59Z", false),
        new Row("from the start to the end", days(new Span(1, -1)), "2027-02-28T00:00:00Z", true),
        new Row("a range beyond the month", days(new Span(30, 31)), "2027-02-28T00:00:00Z", false),
        new Row("a range into its end", days(new Span(28, 31)), "2027-02-28T00:00:00Z", true),
        new Row("its own zone", times(BERLIN, from(9, 10)), "2027-07-01T07:30:00Z", true),
        new Row(
            "its own zone, in UTC not", times(BERLIN, from(9, 10)), "2027-07-01T09:30:00Z", false));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void containsWhatAlertmanagersIntervalsDo(Row row) {
    assertThat(row.interval().contains(Instant.parse(row.at()))).isEqualTo(row.expected());
  }

  private static Hours mutedIn(TimeInterval... intervals) {
    return new Hours(List.of(new Hours.Named("x", List.of(intervals))), List.of());
  }

  private static Optional<Instant> muteUntil(Hours hours, String at) {
    return hours.muteUntil(Instant.parse(at));
  }

  @Test
  void isMuteUntilTheLastOfIntervalsThatFollowEachOther() {
    var night = mutedIn(times(ZoneOffset.UTC, from(22, 24), from(0, 6)));
    assertThat(muteUntil(night, "2027-01-20T23:00:00Z"))
        .contains(Instant.parse("2027-01-21T06:00:00Z"));
    assertThat(muteUntil(night, "2027-01-20T21:59:59Z")).isEmpty();
  }

  @Test
  void isMuteOutsideOfActiveIntervals() {
    var office =
        new Hours(
            List.of(),
            List.of(new Hours.Named("office", List.of(times(ZoneOffset.UTC, from(9, 17))))));
    assertThat(muteUntil(office, "2027-01-20T20:00:00Z"))
        .contains(Instant.parse("2027-01-21T09:00:00Z"));
    assertThat(muteUntil(office, "2027-01-20T10:00:00Z")).isEmpty();
    assertThat(office.muteBecauseOf(Instant.parse("2027-01-20T20:00:00Z")))
        .containsExactly("office");
  }

  @Test
  void clocksThatAreChangedEndANightWhenThePeopleThinkSo() {
    var night = mutedIn(times(BERLIN, from(0, 6)));
    assertThat(muteUntil(night, "2027-03-27T23:30:00Z"))
        .contains(Instant.parse("2027-03-28T04:00:00Z"));
    var lostHour = mutedIn(times(BERLIN, new Times(90, 150)));
    // 02:00 leaps to 03:00: the hour from 02:00 does not exist.
    assertThat(muteUntil(lostHour, "2027-03-28T00:45:00Z"))
        .contains(Instant.parse("2027-03-28T01:00:00Z"));
  }

  @Test
  void oneThatIsMuteForGoodLooksAgainSomeDay() {
    Instant now = Instant.parse("2027-01-20T09:00:00Z");
    assertThat(mutedIn(ANY).muteUntil(now)).contains(now.plus(Duration.ofDays(400)));
  }

  /// Goal: the end that is jumped to is the end that walking finds. Method: random intervals,
  /// walked in steps of five minutes (which their times are multiples of).
  @Test
  void theEndIsTheFirstInstantAtWhichItIsNotMute() {
    var random = new Random(5);
    List<ZoneId> zones = List.of(ZoneOffset.UTC, BERLIN, ZoneId.of("America/St_Johns"));
    for (int i = 0; i < 60; i++) {
      int start = random.nextInt(280) * 5;
      var interval =
          new TimeInterval(
              List.of(new Times(start, start + 5 + random.nextInt((1440 - start) / 5) * 5)),
              random.nextBoolean() ? Set.of() : EnumSet.range(DayOfWeek.MONDAY, DayOfWeek.FRIDAY),
              random.nextBoolean() ? List.of() : List.of(new Span(20, -2)),
              List.of(),
              List.of(),
              zones.get(random.nextInt(3)));
      Hours hours = new Hours(List.of(new Hours.Named("x", List.of(interval))), List.of());
      Instant now = Instant.parse("2027-03-26T00:00:00Z").plusSeconds(random.nextInt(1000) * 300L);
      Instant walked = now;
      while (interval.contains(walked)) {
        walked = walked.plusSeconds(300);
      }
      assertThat(hours.muteUntil(now).orElse(now)).as("%s at %s", interval, now).isEqualTo(walked);
    }
  }
}
