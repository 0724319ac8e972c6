package dev.spendwarden.policy;

import static dev.spendwarden.policy.PolicyFixtures.monthlySpend;
import static dev.spendwarden.policy.PolicyFixtures.user;
import static dev.spendwarden.policy.PolicyFixtures.userQuota;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.spendwarden.alert.Evaluation;
import dev.spendwarden.charge.Amount;
import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.ChargePeriod;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.QuotaReading;
import dev.spendwarden.charge.Reading;
import dev.spendwarden.charge.Unit;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

/// `change`, `prob_over` and `runway` as rules see them, on real series.
class ForecastFactsTest {

  private static final LocalDate FIRST = LocalDate.parse("2027-01-01");
  private static final Instant NOW = Instant.parse("2027-01-21T06:00:00Z");
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration WEEK = Duration.ofDays(7);

  /// Twenty days; `amounts` says what each cost.
  private static Facts daily(String limit, IntUnaryOperator amounts) {
    Policy policy = monthlySpend(new Limit.Fixed(Amount.of(limit, Unit.of("USD"))));
    var evaluation = new Evaluation(List.of(policy), List.of());
    var charges = new ArrayList<Charge>();
    for (int day = 0; day < 20; day++) {
      charges.add(
          new Charge(
              "claude",
              ChargePeriod.ofUtcDay(FIRST.plusDays(day)),
              Dimensions.NONE,
              Unit.of("USD"),
              BigDecimal.valueOf(amounts.applyAsInt(day)),
              Optional.empty()));
    }
    evaluation.accept(
        new Reading(
            "claude", NOW, charges, List.of(), List.of(), List.of(), Reading.Vanished.MISSING),
        NOW);
    return evaluation.facts(policy.name(), Dimensions.NONE, NOW).orElseThrow();
  }

  @Test
  void changeComparesTheWindowWithTheBaseBeforeIt() {
    Facts tenfold = daily("4000", day -> day == 19 ? 1000 : 100);
    assertThat(tenfold.change(DAY, WEEK)).isCloseTo(9, within(1e-9));
    assertThat(daily("4000", day -> 100).change(DAY, WEEK)).isCloseTo(0, within(1e-9));
    assertThat(daily("4000", day -> day < 10 ? 100 : 50).change(WEEK, WEEK))
        .isCloseTo(350.0 / 550 - 1, within(1e-9));
  }

  @Test
  void aWindowShorterThanADayDoesNotCountADayOnBothSides() {
    Facts tenfold = daily("4000", day -> day == 19 ? 1000 : 100);
    assertThat(tenfold.change(Duration.ofHours(6), WEEK)).isCloseTo(9, within(1e-9));
  }

  @Test
  void spendOutOfNothingIsAnInfiniteChangeAndNothingAfterNothingUnknown() {
    assertThat(daily("4000", day -> day == 19 ? 10 : 0).change(DAY, WEEK)).isInfinite();
    assertThat(daily("4000", day -> day == 0 ? 10 : 0).change(DAY, WEEK)).isNaN();
  }

  @Test
  void changeOfACounterIsMeasuredToTheMinute() {
    Policy policy = userQuota();
    var evaluation = new Evaluation(List.of(policy), List.of());
    Instant start = NOW.minus(Duration.ofHours(10));
    for (int hour = 0; hour <= 10; hour++) {
      Instant at = start.plus(Duration.ofHours(hour));
      int consumed = hour < 10 ? hour : 9 + 4;
      var quota =
          new QuotaReading(
              "ionq-lab",
              Dimensions.of(Dimension.USER, "u1"),
              Unit.of("quota"),
              Optional.of(new BigDecimal(250)),
              new BigDecimal(consumed));
      evaluation.accept(
          new Reading(
              "ionq-lab",
              at,
              List.of(),
              List.of(quota),
              List.of(),
              List.of(),
              Reading.Vanished.MISSING),
          at);
    }
    Facts facts = evaluation.facts(policy.name(), user("u1"), NOW).orElseThrow();
    assertThat(facts.change(Duration.ofHours(1), Duration.ofHours(6))).isCloseTo(3, within(1e-9));
  }

  @Test
  void probOverAndRunwayFollowTheLimit() {
    IntUnaryOperator even = day -> 100;
    assertThat(daily("2000", even).probOver()).isGreaterThan(0.99);
    assertThat(daily("9000", even).probOver()).isLessThan(0.01);
    assertThat(daily("1500", even).probOver()).isEqualTo(1);
    assertThat(daily("2500", even).runway()).isCloseTo(5 * 86_400, within(86_400.0 / 4));
    assertThat(daily("2000", even).runway()).isZero();
  }
}
