package dev.spendwarden.alert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.charge.Amount;
import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.ChargePeriod;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.QuotaReading;
import dev.spendwarden.charge.Reading;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.ledger.Day;
import dev.spendwarden.metrics.Samples;
import dev.spendwarden.policy.Budget;
import dev.spendwarden.policy.Limit;
import dev.spendwarden.policy.PolicyFixtures;
import dev.spendwarden.policy.SourceTerms;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The days of a budget as its chart shows them: exact, none left out, and honest about what is not
/// known.
class BudgetHistoryTest {

  private static final Budget QUOTA = Budget.of("quota", Dimensions.of(Dimension.USER, "u1"));
  private static final Budget SPEND = Budget.of("claude-month", Dimensions.NONE);

  private final Evaluation quotas =
      new Evaluation(
          List.of(Samples.policy("quota", Dimension.USER)),
          List.of(new SourceTerms("ionq-lab", Duration.ofHours(1))));

  private final Evaluation bills =
      new Evaluation(
          List.of(
              PolicyFixtures.monthlySpend(
                  new Limit.Fixed(new Amount(new BigDecimal("1000"), Unit.USD)))),
          List.of(new SourceTerms("claude", Duration.ofHours(36))));

  private void bill(String at, Charge... charges) {
    var reading =
        new Reading(
            "claude",
            Instant.parse(at),
            List.of(charges),
            List.of(),
            List.of(),
            List.of(),
            Reading.Vanished.MISSING);
    bills.accept(reading, Instant.parse(at));
  }

  private static Charge charge(String day, String workspace, String amount) {
    Instant start = Instant.parse(day + "T00:00:00Z");
    return new Charge(
        "claude",
        new ChargePeriod(start, start.plus(Duration.ofDays(1))),
        Dimensions.of(Dimension.WORKSPACE, workspace),
        Unit.USD,
        new BigDecimal(amount),
        Optional.empty());
  }

  @Test
  void aDayBilledLaterIsProvisionalForThreeDaysAndRestatedAfterThem() {
    bill("2027-01-03T09:00:00Z", charge("2027-01-02", "a", "10"), charge("2027-01-02", "b", "1"));
    bill("2027-01-04T09:00:00Z", charge("2027-01-02", "a", "12"));
    assertThat(history(bills, SPEND, "2027-01-04T09:00:00Z").days())
        .as("a young day that still grows is not restated")
        .noneMatch(Day::restated);
    bill("2027-01-07T09:00:00Z", charge("2027-01-02", "a", "11.5"));
    BudgetHistory history = history(bills, SPEND, "2027-01-07T09:00:00Z");
    assertThat(history.days()).filteredOn(Day::restated).hasSize(1);
    assertThat(history.days().get(1).restated()).isTrue();
    assertThat(history.days().get(1).spent()).isEqualByComparingTo("12.5");
    assertThat(history.opening()).isZero();
    assertThat(history.days().stream().map(history::isSettled))
        .containsExactly(true, true, true, false, false, false, false);
  }

  private void counter(String at, String consumed) {
    var reading =
        new QuotaReading(
            "ionq-lab",
            QUOTA.labels(),
            Unit.USD,
            Optional.of(new BigDecimal("250")),
            new BigDecimal(consumed));
    quotas.accept(
        new Reading(
            "ionq-lab",
            Instant.parse(at),
            List.of(),
            List.of(reading),
            List.of(),
            List.of(),
            Reading.Vanished.MISSING),
        Instant.parse(at));
  }

  private static BudgetHistory history(Evaluation evaluation, Budget budget, String now) {
    return evaluation
        .history(budget, Optional.empty(), Optional.empty(), Instant.parse(now))
        .orElseThrow();
  }

  @Test
  void whatACounterShowedFirstBelongsToNoDay() {
    counter("2027-01-03T09:00:00Z", "100.10");
    counter("2027-01-03T12:00:00Z", "130.1000000000000000000000000000000001");
    counter("2027-01-04T09:00:00Z", "131");
    BudgetHistory history = history(quotas, QUOTA, "2027-01-04T10:00:00Z");
    assertThat(history.opening()).isEqualByComparingTo("100.10");
    assertThat(history.days()).hasSize(4);
    assertThat(history.days().get(2).spent())
        .isEqualByComparingTo("30.0000000000000000000000000000000001");
    BigDecimal all =
        history.days().stream().map(Day::spent).reduce(history.opening(), BigDecimal::add);
    assertThat(all).as("the days and the opening make up the whole").isEqualByComparingTo("131");
    assertThat(history.days().stream().map(history::isSettled))
        .as("only the running day of a counter is provisional")
        .containsExactly(true, true, true, false);
  }

  @Test
  void aCounterThatIsCorrectedMarksTheDay() {
    counter("2027-01-03T09:00:00Z", "100");
    counter("2027-01-04T09:00:00Z", "90");
    assertThat(history(quotas, QUOTA, "2027-01-04T10:00:00Z").days().getLast())
        .isEqualTo(new Day(LocalDate.of(2027, 1, 4), new BigDecimal("-10"), true));
  }

  @Test
  void daysBeginAndEndWhereTheyAreAskedToAndNeverAfterNow() {
    counter("2027-01-03T09:00:00Z", "100");
    Instant now = Instant.parse("2027-01-10T10:00:00Z");
    var asked =
        quotas
            .history(
                QUOTA,
                Optional.of(Instant.parse("2027-01-02T12:00:00Z")),
                Optional.of(Instant.parse("2027-02-01T00:00:00Z")),
                now)
            .orElseThrow();
    assertThat(asked.days().getFirst().day()).isEqualTo(LocalDate.of(2027, 1, 2));
    assertThat(asked.days().getLast().day()).isEqualTo(LocalDate.of(2027, 1, 10));
    assertThat(asked.opening()).isZero();
    var backwards = quotas.history(QUOTA, Optional.of(now), Optional.of(now.minusSeconds(1)), now);
    assertThat(backwards.orElseThrow().days()).isEmpty();
    var ages = quotas.history(QUOTA, Optional.of(Instant.EPOCH), Optional.empty(), now);
    assertThat(ages.orElseThrow().days()).hasSizeBetween(400, 401);
  }

  @Test
  void whatIsNotKnownHasNoHistory() {
    Instant now = Instant.parse("2027-01-10T10:00:00Z");
    assertThat(quotas.history(QUOTA, Optional.empty(), Optional.empty(), now)).isEmpty();
    assertThat(quotas.history(SPEND, Optional.empty(), Optional.empty(), now)).isEmpty();
  }
}
