package dev.spendwarden.alert;

import static dev.spendwarden.policy.PolicyFixtures.atLeast;
import static dev.spendwarden.policy.PolicyFixtures.monthlySpend;
import static dev.spendwarden.policy.PolicyFixtures.rule;
import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.charge.Amount;
import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.ChargePeriod;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.Estimate;
import dev.spendwarden.charge.Reading;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.policy.Limit;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.Severity;
import dev.spendwarden.policy.SourceTerms;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// A rule on burn inside the day, over a source that bills by the day and estimates by the hour.
class EstimatedBurnTest {

  private static final Instant NOW = Instant.parse("2027-01-20T09:30:00Z");
  private static final Instant NINE = Instant.parse("2027-01-20T09:00:00Z");
  private static final SourceTerms ESTIMATING =
      new SourceTerms("claude", Duration.ofHours(6), true);

  /// 744 dollars a month are one an hour.
  private static final Policy HOT =
      monthlySpend(
          new Limit.Fixed(Amount.of("744", Unit.USD)),
          rule(
              "hot",
              Severity.WARNING,
              atLeast("burn", facts -> facts.burn(Duration.ofHours(1)), 6, true)));

  private final Evaluation evaluation = new Evaluation(List.of(HOT), List.of(ESTIMATING));

  @Test
  void anHourThatRunsHotFiresAndACalmOneResolvesThoughTheBillIsTheSame() {
    assertThat(kinds(read("6", NOW))).containsExactly(Transition.Kind.FIRED);
    assertThat(kinds(read("5.99", NOW.plusSeconds(300)))).containsExactly(Transition.Kind.RESOLVED);
  }

  @Test
  void afterARestartTheAlertStaysAsItWasUntilTheFirstPoll() {
    Outcome fired = read("6", NOW);
    Evaluation restored = new Evaluation(List.of(HOT), List.of(ESTIMATING));
    fired.posting().ifPresent(restored::restore);
    fired.statuses().forEach(restored::restore);

    Instant later = NOW.plusSeconds(60);
    assertThat(kinds(restored.restore(fired.changed(), later))).isEmpty();
    assertThat(kinds(restored.tick(later.plusSeconds(60)))).isEmpty();
    Outcome calm = restored.accept(reading("1", later.plusSeconds(120)), later.plusSeconds(120));
    assertThat(kinds(calm)).containsExactly(Transition.Kind.RESOLVED);
  }

  @Test
  void anEstimateOnlyIsNothingSpent() {
    Outcome outcome = read("9999", NOW);
    assertThat(outcome.posting().orElseThrow().charges()).hasSize(1);
    assertThat(outcome.transitions().getFirst().assessment().spent().orElseThrow())
        .isEqualByComparingTo("24");
  }

  private Outcome read(String lastHour, Instant now) {
    return evaluation.accept(reading(lastHour, now), now);
  }

  private static Reading reading(String lastHour, Instant now) {
    var day = ChargePeriod.ofUtcDay(LocalDate.parse("2027-01-19"));
    var hour = new ChargePeriod(NINE.minus(Duration.ofHours(1)), NINE);
    return new Reading(
        "claude",
        now,
        List.of(charge(day, "24")),
        List.of(),
        List.of(),
        List.of(day),
        Reading.Vanished.WITHDRAWN,
        Optional.of(
            new Estimate(new ChargePeriod(day.start(), NINE), List.of(charge(hour, lastHour)))));
  }

  private static Charge charge(ChargePeriod period, String amount) {
    return Charge.of("claude", period, Dimensions.NONE, Amount.of(amount, Unit.USD));
  }

  private static List<Transition.Kind> kinds(Outcome outcome) {
    return outcome.transitions().stream().map(Transition::kind).toList();
  }
}
