package dev.spendwarden.policy;

import static dev.spendwarden.policy.PolicyFixtures.atLeast;
import static dev.spendwarden.policy.PolicyFixtures.monthlySpend;
import static dev.spendwarden.policy.PolicyFixtures.rule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.spendwarden.alert.Evaluation;
import dev.spendwarden.alert.Explanation;
import dev.spendwarden.alert.ExplanationText;
import dev.spendwarden.burn.DayUse;
import dev.spendwarden.charge.Amount;
import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.ChargePeriod;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.Reading;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.ledger.Posting;
import dev.spendwarden.ledger.SourceStatus;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

/// Late days are completed, on the very class the daemon runs: a source that is polled twice a day
/// says only a share of a day at first, and the forecast learns that from its revisions.
class LateDaysTest {

  private static final LocalDate FIRST = LocalDate.parse("2027-01-01");
  private static final Policy MONTH =
      monthlySpend(
          new Limit.Fixed(Amount.of("4000", Unit.of("USD"))),
          rule("over", Severity.WARNING, atLeast("prob_over >= 0.8", Facts::probOver, 0.8, true)));

  /// Half of a day is known on the day after it, all of it two days after.
  private static final IntToDoubleFunction LATE = age -> age == 0 ? 0 : age == 1 ? 0.5 : 1;

  private static final IntToDoubleFunction AT_ONCE = age -> age == 0 ? 0 : 1;

  private final List<Posting> postings = new ArrayList<>();
  private Evaluation evaluation = new Evaluation(List.of(MONTH), List.of());

  @Test
  void aLateDayIsCompletedAndTheExplanationSaysByHowMuch() {
    pollUntil(LocalDate.parse("2027-03-11"), LATE);

    DayUse yesterday = use("2027-03-10");
    assertThat(yesterday.why()).isEqualTo(DayUse.Why.COMPLETED);
    assertThat(yesterday.known()).isEqualTo(50);
    assertThat(yesterday.share()).isCloseTo(0.5, within(0.02));
    assertThat(yesterday.taken()).isCloseTo(100, within(3.0));
    assertThat(p50()).isCloseTo(3100, within(60.0));
    assertThat(lines())
        .anyMatch(line -> line.contains("2027-03-10  completed: 50 known, usually 5"))
        .anyMatch(line -> line.contains("2027-03-11  runs: 0 known"));
  }

  @Test
  void aSourceThatWasNeverSeenRevisingIsTakenAtItsWord() {
    pollUntil(LocalDate.parse("2027-03-11"), AT_ONCE);
    assertThat(uses()).extracting(DayUse::why).containsOnly(DayUse.Why.RUNNING);
    assertThat(p50()).isCloseTo(3100, within(60.0));
  }

  @Test
  void figuresThatAreLoweredLaterAreNotCompletedDownwards() {
    pollUntil(LocalDate.parse("2027-03-11"), age -> age == 0 ? 0 : age == 1 ? 1.4 : 1);
    assertThat(uses())
        .extracting(DayUse::why)
        .containsOnly(DayUse.Why.CUT_BACK, DayUse.Why.RUNNING);
    assertThat(p50()).isGreaterThan(3100);
  }

  @Test
  void nothingIsLearnedBeforeTheFirstDaysHaveSettled() {
    pollUntil(LocalDate.parse("2027-01-06"), LATE);
    assertThat(uses())
        .extracting(DayUse::why)
        .doesNotContain(DayUse.Why.COMPLETED, DayUse.Why.LEFT_OUT);
    assertThat(lines()).anyMatch(line -> line.contains("cold start"));
  }

  @Test
  void aHistoryReadAtOnceTellsNothingOfHowItCameAbout() {
    poll(LocalDate.parse("2027-03-10"), 18, AT_ONCE);
    poll(LocalDate.parse("2027-03-11"), 6, AT_ONCE);
    assertThat(uses()).extracting(DayUse::why).containsOnly(DayUse.Why.RUNNING);
  }

  @Test
  void whatWasLearnedIsThereAgainAfterARestart() {
    pollUntil(LocalDate.parse("2027-03-11"), LATE);
    List<DayUse> before = uses();
    double p50 = p50();

    var restored = new Evaluation(List.of(MONTH), List.of());
    postings.forEach(restored::restore);
    restored.restore(SourceStatus.unknown("claude").succeeded(now));
    restored.restore(List.of(), now);
    evaluation = restored;

    assertThat(uses()).isEqualTo(before);
    assertThat(p50()).isEqualTo(p50);
  }

  @Test
  void aLookBackKnowsOnlyWhatWasLearnedByThen() {
    LocalDate then = LocalDate.parse("2027-02-15");
    pollUntil(then, LATE);
    List<DayUse> known = uses();
    double p50 = p50();
    Instant at = now;
    pollUntil(LocalDate.parse("2027-03-20"), LATE);

    var replayed = new Evaluation(List.of(MONTH), List.of());
    postings.stream().filter(p -> !p.knownAt().isAfter(at)).forEach(replayed::restore);
    replayed.restore(SourceStatus.unknown("claude").succeeded(at));
    replayed.restore(List.of(), at);
    evaluation = replayed;
    now = at;

    assertThat(uses()).isEqualTo(known);
    assertThat(p50()).isEqualTo(p50);
  }

  private Instant now = Instant.EPOCH;
  private LocalDate polledUntil = FIRST;

  /// Polls at 06:00 and 18:00 up to the morning of `last`.
  private void pollUntil(LocalDate last, IntToDoubleFunction share) {
    for (LocalDate day = polledUntil; day.isBefore(last); day = day.plusDays(1)) {
      poll(day, 6, share);
      poll(day, 18, share);
    }
    poll(last, 6, share);
    polledUntil = last;
  }

  /// Every day costs 100.
  private void poll(LocalDate today, int hour, IntToDoubleFunction share) {
    var charges = new ArrayList<Charge>();
    for (LocalDate day = FIRST; !day.isAfter(today); day = day.plusDays(1)) {
      int age = (int) (today.toEpochDay() - day.toEpochDay());
      double known = 100 * share.applyAsDouble(age);
      if (known > 0) {
        charges.add(
            new Charge(
                "claude",
                ChargePeriod.ofUtcDay(day),
                Dimensions.NONE,
                Unit.of("USD"),
                BigDecimal.valueOf(known),
                Optional.empty()));
      }
    }
    now = today.atTime(hour, 0).toInstant(ZoneOffset.UTC);
    var reading =
        new Reading(
            "claude", now, charges, List.of(), List.of(), List.of(), Reading.Vanished.MISSING);
    evaluation.accept(reading, now).posting().ifPresent(postings::add);
  }

  private Explanation explanation() {
    return evaluation.explain(MONTH.name(), Dimensions.NONE, now).orElseThrow();
  }

  private List<DayUse> uses() {
    return explanation().basis().orElseThrow().days();
  }

  private DayUse use(String day) {
    LocalDate wanted = LocalDate.parse(day);
    return uses().stream().filter(use -> use.day().equals(wanted)).findFirst().orElseThrow();
  }

  private double p50() {
    return explanation().assessment().forecast().orElseThrow().p50();
  }

  private List<String> lines() {
    return ExplanationText.lines(explanation());
  }
}
