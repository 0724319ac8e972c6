package dev.spendwarden.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.ChargePeriod;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.ledger.Arrivals.Seen;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ArrivalsTest {

  private static final Unit USD = Unit.of("USD");
  private static final LocalDate FIRST = LocalDate.parse("2027-01-01");

  private final Arrivals arrivals = new Arrivals();

  @Test
  void aSourceThatDeliversAtNoonKnowsLessInTheMorning() {
    for (int day = 0; day < 20; day++) {
      put(day, null, "10", at(day + 1, 12));
    }
    assertThat(shares(1, at(19, 9))).isNotEmpty().containsOnly(0.0);
    assertThat(shares(1, at(19, 15))).isNotEmpty().containsOnly(1.0);
    assertThat(shares(2, at(19, 9))).isNotEmpty().containsOnly(1.0);
  }

  @Test
  void theRunningDayIsMeasuredAgainstAnEvenDay() {
    for (int day = 0; day < 20; day++) {
      put(day, null, "5", at(day, 12));
      put(day, "5", "10", at(day + 1, 0));
    }
    assertThat(shares(0, at(19, 12))).isNotEmpty().containsOnly(1.0);
    assertThat(shares(0, at(19, 18))).isNotEmpty().containsOnly(0.5 / 0.75);
  }

  @Test
  void nothingIsSaidOfDaysThatHaveNotSettled() {
    for (int day = 0; day < 7; day++) {
      put(day, null, "10", at(day + 1, 12));
    }
    assertThat(arrivals.seen(USD, at(6, 15))).isEmpty();
    assertThat(arrivals.seen(USD, at(7, 15))).isNotEmpty();
  }

  @Test
  void nothingIsSaidOfMomentsBeforeTheSourceWasFirstHeard() {
    put(0, null, "10", at(1, 12));
    put(1, null, "10", at(2, 12));
    put(2, null, "10", at(3, 12));
    assertThat(shares(1, at(8, 9))).as("of day 1 only").containsExactly(0.0);
  }

  @Test
  void aLongSilenceTellsNothing() {
    for (int day = 0; day < 10; day++) {
      put(day, null, "10", at(day + 1, 12));
    }
    // Nobody asked for two weeks; then all of it came at once.
    for (int day = 10; day < 26; day++) {
      put(day, null, "10", at(26, 12));
    }
    for (int day = 26; day < 33; day++) {
      put(day, null, "10", at(day + 1, 12));
    }
    assertThat(shares(2, at(33, 15))).isNotEmpty().containsOnly(1.0);
  }

  @Test
  void daysOfAnotherUnitAndRunningTotalsAreApart() {
    put(0, null, "10", at(1, 12));
    var month = new ChargePeriod(at(0, 0), at(0, 0).plus(Duration.ofDays(31)));
    arrivals.add(revision(month, "900", at(3, 12)), null);
    put(6, null, "10", at(7, 12));
    assertThat(arrivals.seen(Unit.of("EUR"), at(12, 15))).isEmpty();
    assertThat(shares(2, at(12, 15))).containsExactly(1.0);
  }

  private List<Double> shares(int age, Instant now) {
    return arrivals.seen(USD, now).stream()
        .filter(seen -> seen.age() == age)
        .map(Seen::share)
        .toList();
  }

  private void put(int day, String before, String amount, Instant knownAt) {
    ChargePeriod period = ChargePeriod.ofUtcDay(FIRST.plusDays(day));
    arrivals.add(
        revision(period, amount, knownAt),
        before == null ? null : revision(period, before, knownAt));
  }

  private static ChargeRevision revision(ChargePeriod period, String amount, Instant knownAt) {
    var charge =
        new Charge(
            "claude", period, Dimensions.NONE, USD, new BigDecimal(amount), Optional.empty());
    return new ChargeRevision(charge, knownAt, false);
  }

  private static Instant at(int day, int hour) {
    return FIRST.plusDays(day).atTime(hour, 0).toInstant(ZoneOffset.UTC);
  }
}
