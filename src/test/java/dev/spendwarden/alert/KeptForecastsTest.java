package dev.spendwarden.alert;

import static dev.spendwarden.policy.PolicyFixtures.monthlySpend;
import static dev.spendwarden.policy.PolicyFixtures.userQuota;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.spendwarden.burn.ForecastRecord;
import dev.spendwarden.burn.ForecastScore;
import dev.spendwarden.charge.Amount;
import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.ChargePeriod;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.QuotaReading;
import dev.spendwarden.charge.Reading;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.ledger.Posting;
import dev.spendwarden.ledger.SourceStatus;
import dev.spendwarden.policy.Limit;
import dev.spendwarden.policy.Policy;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Every forecast is kept and scored, on the very class the daemon runs.
class KeptForecastsTest {

  private static final LocalDate FIRST = LocalDate.parse("2027-01-01");
  private static final Unit USD = Unit.of("USD");
  private static final Policy MONTH = monthlySpend(new Limit.Fixed(Amount.of("4000", USD)));

  private final List<Posting> postings = new ArrayList<>();
  private final List<ForecastRecord> kept = new ArrayList<>();
  private final List<ScoredPeriod> scored = new ArrayList<>();
  private Evaluation evaluation = new Evaluation(List.of(MONTH), List.of());
  private Instant now = Instant.EPOCH;

  @Test
  void onceInEachTenthOfAPeriodAForecastIsKept() {
    days(FIRST, FIRST.plusMonths(1), "100");
    assertThat(kept)
        .extracting(ForecastRecord::tenth)
        .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(kept.getLast().p50()).isCloseTo(3100, within(100.0));
    assertThat(kept).allMatch(f -> f.p10() <= f.p50() && f.p50() <= f.p90());
  }

  @Test
  void aWeekAfterThePeriodTheyAreScoredAgainstWhatItCostByThen() {
    days(FIRST, FIRST.plusMonths(1), "100");
    days(FIRST.plusMonths(1), LocalDate.parse("2027-02-07"), "100");
    assertThat(scored).isEmpty();
    assertThat(score()).isEqualTo(ForecastScore.NONE);

    // A late charge of January, before it closes for good.
    read(LocalDate.parse("2027-01-31"), "480");
    days(LocalDate.parse("2027-02-07"), LocalDate.parse("2027-02-10"), "100");

    assertThat(scored).hasSize(1);
    assertThat(scored.getFirst().came()).isEqualByComparingTo("3480");
    assertThat(score().forecasts()).isEqualTo(10);
    double errors =
        kept.stream()
            .limit(10)
            .mapToDouble(f -> Math.abs(f.p50() - 3480) / 3480)
            .average()
            .orElseThrow();
    assertThat(score().meanAbsolutePercentageError()).isCloseTo(errors, within(1e-12));
    assertThat(evaluation.snapshot(now).scores()).containsEntry(MONTH.name(), score());
    assertThat(lines()).anyMatch(line -> line.contains("10 were scored"));
  }

  @Test
  void whatWaitsAndWhatWasScoredSurvivesARestart() {
    days(FIRST, LocalDate.parse("2027-02-20"), "100");
    ForecastScore before = score();
    assertThat(before.forecasts()).isEqualTo(10);
    restart();
    assertThat(score()).isEqualTo(before);

    days(LocalDate.parse("2027-02-20"), LocalDate.parse("2027-03-09"), "100");
    assertThat(score().forecasts()).isEqualTo(20);
    assertThat(kept).filteredOn(f -> f.periodStart().equals(start("2027-02-01"))).hasSize(10);
  }

  @Test
  void nothingIsKeptOfDataThatIsHeld() {
    days(FIRST, FIRST.plusDays(4), "100");
    int before = kept.size();
    now = now.plus(Duration.ofDays(6));
    take(evaluation.failed("claude", "server", now));
    assertThat(kept).hasSize(before);
  }

  @Test
  void aCounterIsScoredByWhatItShowedBeforeItBeganAnew() {
    Policy quota = userQuota();
    evaluation = new Evaluation(List.of(quota), List.of());
    for (int day = 0; day < 33; day++) {
      now = FIRST.plusDays(day).atTime(9, 0).toInstant(ZoneOffset.UTC);
      int consumed = day < 31 ? 10 + 5 * day : 5 * (day - 30);
      take(evaluation.accept(counter(consumed), now));
    }
    assertThat(scored).hasSize(1);
    assertThat(scored.getFirst().came()).isEqualByComparingTo("160");
  }

  @Test
  void aCounterWhosePeriodEndedUnseenIsNotScoredAndHoldsNothingUp() {
    Policy quota = userQuota();
    evaluation = new Evaluation(List.of(quota), List.of());
    now = start("2027-01-10");
    take(evaluation.accept(counter(10), now));
    now = start("2027-01-20");
    take(evaluation.accept(counter(60), now));
    take(evaluation.failed("ionq-lab", "server", start("2027-01-25")));
    for (int day = 0; day < 30; day++) {
      now = start("2027-02-02").plus(Duration.ofDays(day));
      take(evaluation.accept(counter(5 + day), now));
    }
    assertThat(scored).extracting(ScoredPeriod::periodStart).containsExactly(start("2027-02-01"));
  }

  private void days(LocalDate from, LocalDate to, String amount) {
    for (LocalDate day = from; day.isBefore(to); day = day.plusDays(1)) {
      now = day.atTime(23, 0).toInstant(ZoneOffset.UTC);
      read(day, amount);
    }
  }

  private void read(LocalDate day, String amount) {
    var charge =
        new Charge(
            "claude",
            ChargePeriod.ofUtcDay(day),
            Dimensions.NONE,
            USD,
            new BigDecimal(amount),
            Optional.empty());
    take(
        evaluation.accept(
            new Reading(
                "claude",
                now,
                List.of(charge),
                List.of(),
                List.of(),
                List.of(),
                Reading.Vanished.MISSING),
            now));
  }

  private Reading counter(int consumed) {
    var quota =
        new QuotaReading(
            "ionq-lab",
            Dimensions.of(Dimension.USER, "u1"),
            Unit.of("quota"),
            Optional.of(new BigDecimal(250)),
            new BigDecimal(consumed));
    return new Reading(
        "ionq-lab", now, List.of(), List.of(quota), List.of(), List.of(), Reading.Vanished.MISSING);
  }

  private void take(Outcome outcome) {
    outcome.posting().ifPresent(postings::add);
    kept.addAll(outcome.forecasts());
    scored.addAll(outcome.scored());
  }

  private void restart() {
    var restored = new Evaluation(List.of(MONTH), List.of());
    postings.forEach(restored::restore);
    restored.restore(SourceStatus.unknown("claude").succeeded(now));
    restored.restoreForecasts(
        kept.stream()
            .filter(f -> scored.stream().noneMatch(s -> s.periodStart().equals(f.periodStart())))
            .toList(),
        scored.stream().map(s -> new BudgetScore(s.budgetId(), s.score())).toList());
    take(restored.restore(List.of(), now));
    evaluation = restored;
  }

  private ForecastScore score() {
    return explanation().score();
  }

  private List<String> lines() {
    return ExplanationText.lines(explanation());
  }

  private Explanation explanation() {
    return evaluation.explain(MONTH.name(), Dimensions.NONE, now).orElseThrow();
  }

  private static Instant start(String day) {
    return LocalDate.parse(day).atStartOfDay(ZoneOffset.UTC).toInstant();
  }
}
