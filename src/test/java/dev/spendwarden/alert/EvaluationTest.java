package dev.spendwarden.alert;

import static dev.spendwarden.policy.PolicyFixtures.monthlySpend;
import static dev.spendwarden.policy.PolicyFixtures.rule;
import static dev.spendwarden.policy.PolicyFixtures.usedAtLeast;
import static dev.spendwarden.policy.PolicyFixtures.user;
import static dev.spendwarden.policy.PolicyFixtures.userQuota;
import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.alert.Transition.Kind;
import dev.spendwarden.charge.Amount;
import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.ChargePeriod;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.QuotaReading;
import dev.spendwarden.charge.Reading;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.ledger.DataState;
import dev.spendwarden.ledger.Posting;
import dev.spendwarden.ledger.Selection;
import dev.spendwarden.ledger.SourceStatus;
import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Condition;
import dev.spendwarden.policy.ConditionCompiler;
import dev.spendwarden.policy.Limit;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.Severity;
import dev.spendwarden.policy.SourceTerms;
import dev.spendwarden.policy.cel.CelConditions;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The promises of the alert life cycle, on the very class the daemon runs: readings and time in,
/// transitions out.
class EvaluationTest {

  private static final Instant NINE = Instant.parse("2027-01-20T09:00:00Z");
  private static final Duration FIVE_MINUTES = Duration.ofMinutes(5);
  private static final SourceTerms IONQ = new SourceTerms("ionq-lab", Duration.ofHours(1));
  private static final SourceTerms CLAUDE = new SourceTerms("claude", Duration.ofHours(36));

  private static final Policy QUOTA =
      userQuota(
          rule("nearly-spent", Severity.WARNING, usedAtLeast(0.8)),
          rule("spent", Severity.CRITICAL, usedAtLeast(1)));

  private final List<Posting> postings = new ArrayList<>();
  private final List<SourceStatus> statuses = new ArrayList<>();
  private Evaluation evaluation = new Evaluation(List.of(QUOTA), List.of(IONQ, CLAUDE));

  @Test
  void aJumpFromNothingToOverTheLimitIsOneCriticalMessage() {
    assertThat(kinds(read(NINE, Map.of("u1", "300")))).containsExactly(Kind.FIRED);
    assertThat(alert("u1").severity()).isEqualTo(Severity.CRITICAL);
    assertThat(alert("u1").firingRules()).containsExactly("nearly-spent", "spent");
  }

  @Test
  void aWorseRuleEscalatesALesserOneDeescalatesAndTheLastResolves() {
    assertThat(kinds(read(NINE, Map.of("u1", "205")))).containsExactly(Kind.FIRED);
    assertThat(kinds(read(at(1), Map.of("u1", "205")))).isEmpty();
    assertThat(kinds(read(at(2), Map.of("u1", "250")))).containsExactly(Kind.ESCALATED);
    assertThat(kinds(read(at(3), Map.of("u1", "240")))).containsExactly(Kind.DEESCALATED);
    Outcome resolved = read(at(4), Map.of("u1", "100"));
    assertThat(kinds(resolved)).containsExactly(Kind.RESOLVED);
    assertThat(resolved.changed().getFirst().reason()).contains(Alert.Reason.RECOVERED);
  }

  @Test
  void aRuleThatCannotBeComputedIsUnknownAndLeavesTheOthersAlone() {
    for (String failing :
        List.of(
            "spent / (limit - limit) > 1.0", "int(spent) % int(used) == 1", "rate('1h') / 0 > 1")) {
      evaluation =
          new Evaluation(
              List.of(
                  userQuota(
                      rule("failing", Severity.CRITICAL, written(failing)),
                      rule("nearly-spent", Severity.WARNING, usedAtLeast(0.8)))),
              List.of(IONQ, CLAUDE));
      assertThat(kinds(read(NINE, Map.of("u1", "205")))).containsExactly(Kind.FIRED);
      assertThat(alert("u1").firingRules()).containsExactly("nearly-spent");
      assertThat(view("u1").assessment().unknownRules()).containsExactly("failing");
      assertThat(view("u1").assessment().held()).isFalse();
      assertThat(kinds(read(at(1), Map.of("u1", "100")))).containsExactly(Kind.RESOLVED);
    }
  }

  @Test
  void aFiringRuleThatBecomesUnknownGoesOnFiring() {
    evaluation =
        new Evaluation(
            List.of(
                userQuota(
                    rule("pace", Severity.WARNING, written("100 / (spent - 10) > 0 && left > 0")))),
            List.of(IONQ, CLAUDE));
    assertThat(kinds(read(NINE, Map.of("u1", "20")))).containsExactly(Kind.FIRED);
    assertThat(kinds(read(at(1), Map.of("u1", "10")))).isEmpty();
    assertThat(alert("u1").state()).isEqualTo(Alert.State.FIRING);
    assertThat(kinds(read(at(2), Map.of("u1", "5")))).containsExactly(Kind.RESOLVED);
  }

  private static Condition written(String expression) {
    return switch (new CelConditions().compile(expression, Selection.Kind.QUOTA)) {
      case ConditionCompiler.Compiled.Ok(Condition condition) -> condition;
      case ConditionCompiler.Compiled.Failed(String message, int _) ->
          throw new AssertionError(message);
    };
  }

  @Test
  void breachedExactlyAtTheLimitAndNotADigitBelow() {
    read(NINE, Map.of("u1", "249.99999999999999999999999999"));
    assertThat(alert("u1").severity()).isEqualTo(Severity.WARNING);
    assertThat(kinds(read(at(1), Map.of("u1", "250")))).containsExactly(Kind.ESCALATED);
  }

  @Test
  void aFailedPollHoldsEverythingAsItIs() {
    read(NINE, Map.of("u1", "205", "u2", "10"));
    assertThat(kinds(evaluation.failed("ionq-lab", "server", at(1)))).isEmpty();
    assertThat(state("u1")).isEqualTo(DataState.ERROR);
    assertThat(kinds(evaluation.tick(at(500)))).isEmpty();
    assertThat(alert("u1").state()).isEqualTo(Alert.State.FIRING);
    assertThat(kinds(read(at(501), Map.of("u1", "205", "u2", "10")))).isEmpty();
    assertThat(state("u1")).isEqualTo(DataState.FRESH);
  }

  @Test
  void staleDataHoldsAndIsShownWhenItTurnsStale() {
    read(NINE, Map.of("u1", "205"));
    assertThat(evaluation.nextWakeUp()).isEqualTo(NINE.plus(Duration.ofHours(1)));
    evaluation.tick(NINE.plus(Duration.ofHours(1)));
    assertThat(state("u1")).isEqualTo(DataState.STALE);
    assertThat(alert("u1").state()).isEqualTo(Alert.State.FIRING);
  }

  @Test
  void aMemberThatVanishesIsMissingNotZeroAndTheOthersGoOn() {
    read(NINE, Map.of("u1", "205", "u2", "205"));
    Outcome outcome = read(at(1), Map.of("u2", "100"));
    assertThat(kinds(outcome)).containsExactly(Kind.RESOLVED);
    assertThat(state("u1")).isEqualTo(DataState.MISSING);
    assertThat(alert("u1").state()).isEqualTo(Alert.State.FIRING);
    assertThat(spent("u1")).isEqualByComparingTo("205");
    assertThat(kinds(read(at(2), Map.of("u1", "205", "u2", "100")))).isEmpty();
  }

  @Test
  void forWaitsAndFiresAtItsEndWithoutAFurtherReading() {
    var hold =
        userQuota(
            rule(
                "nearly-spent",
                Severity.WARNING,
                usedAtLeast(0.8),
                Duration.ofMinutes(12),
                Duration.ZERO));
    evaluation = new Evaluation(List.of(hold), List.of(IONQ));
    assertThat(kinds(read(NINE, Map.of("u1", "205")))).isEmpty();
    assertThat(alert("u1").state()).isEqualTo(Alert.State.PENDING);
    assertThat(evaluation.nextWakeUp()).isEqualTo(NINE.plus(Duration.ofMinutes(12)));
    assertThat(kinds(evaluation.tick(NINE.plus(Duration.ofMinutes(12)))))
        .containsExactly(Kind.FIRED);
  }

  @Test
  void aForThatRanOutWhileHeldFiresAtTheNextGoodReading() {
    var hold =
        userQuota(
            rule(
                "nearly-spent",
                Severity.WARNING,
                usedAtLeast(0.8),
                Duration.ofMinutes(12),
                Duration.ZERO));
    evaluation = new Evaluation(List.of(hold), List.of(IONQ));
    read(NINE, Map.of("u1", "205"));
    evaluation.failed("ionq-lab", "timeout", at(1));
    assertThat(kinds(evaluation.tick(NINE.plus(Duration.ofMinutes(12))))).isEmpty();
    assertThat(kinds(read(at(4), Map.of("u1", "205")))).containsExactly(Kind.FIRED);
  }

  @Test
  void keepFiringForDelaysTheResolve() {
    var keep =
        userQuota(
            rule(
                "nearly-spent",
                Severity.WARNING,
                usedAtLeast(0.8),
                Duration.ZERO,
                Duration.ofMinutes(7)));
    evaluation = new Evaluation(List.of(keep), List.of(IONQ));
    read(NINE, Map.of("u1", "205"));
    assertThat(kinds(read(at(1), Map.of("u1", "100")))).isEmpty();
    assertThat(kinds(evaluation.tick(at(1).plus(Duration.ofMinutes(7)))))
        .containsExactly(Kind.RESOLVED);
  }

  @Test
  void thePeriodsEndClosesAnAlertByTheCalendarHeldOrNot() {
    read(NINE, Map.of("u1", "205"));
    evaluation.failed("ionq-lab", "server", at(1));
    Instant end = Instant.parse("2027-02-01T00:00:00Z");
    Outcome outcome = evaluation.tick(end.plusSeconds(1));
    assertThat(kinds(outcome)).containsExactly(Kind.RESOLVED);
    Alert closed = outcome.changed().getFirst();
    assertThat(closed.reason()).contains(Alert.Reason.PERIOD_CLOSED);
    assertThat(closed.endedAt()).contains(end);
  }

  @Test
  void aNewEpisodeIsANewAlertWhoseOrdinalsGoOn() {
    Alert first = read(NINE, Map.of("u1", "205")).changed().getFirst();
    Alert resolved = read(at(1), Map.of("u1", "100")).changed().getFirst();
    Alert second = read(at(2), Map.of("u1", "205")).changed().getFirst();
    assertThat(second.id()).isNotEqualTo(first.id());
    assertThat(List.of(first.ordinal(), resolved.ordinal(), second.ordinal()))
        .containsExactly(1, 2, 3);
  }

  @Test
  void aMissingLimitMakesTheRuleUnknownAndResolvesNothing() {
    read(NINE, Map.of("u1", "205"));
    Outcome outcome =
        evaluation.accept(reading(at(1), List.of(quota("u1", Optional.empty(), "10"))), at(1));
    assertThat(kinds(outcome)).isEmpty();
    assertThat(alert("u1").state()).isEqualTo(Alert.State.FIRING);
  }

  @Test
  void restoredFromWhatWasStoredItGoesOnAsIfNothingHadHappened() {
    Alert fired = read(NINE, Map.of("u1", "205")).changed().getFirst();
    var restored = new Evaluation(List.of(QUOTA), List.of(IONQ));
    postings.forEach(restored::restore);
    statuses.forEach(restored::restore);
    assertThat(restored.restore(List.of(fired), at(1)).transitions()).isEmpty();
    evaluation = restored;
    assertThat(kinds(read(at(2), Map.of("u1", "205")))).isEmpty();
    assertThat(kinds(read(at(3), Map.of("u1", "260")))).containsExactly(Kind.ESCALATED);
  }

  @Test
  void anAlertOfAChangedPolicyEndsAsChangedAndOfAGonePolicyAsRemoved() {
    Alert fired = read(NINE, Map.of("u1", "205")).changed().getFirst();
    var changed = userQuota(rule("nearly-spent", Severity.WARNING, usedAtLeast(0.9)));
    assertThat(endReason(new Evaluation(List.of(changed), List.of(IONQ)), fired))
        .contains(Alert.Reason.POLICY_CHANGED);
    assertThat(endReason(new Evaluation(List.of(), List.of(IONQ)), fired))
        .contains(Alert.Reason.POLICY_REMOVED);
  }

  /// Found by the simulation: the alert that its rewritten policy ends and the one that begins anew
  /// in the same look have one id, and what is forgotten is removed from the store last.
  @Test
  void aPendingAlertThatBeginsAnewUnderItsRewrittenPolicyIsStoredAndNotForgotten() {
    evaluation = new Evaluation(List.of(patient(0.8)), List.of(IONQ));
    Alert pending = read(NINE, Map.of("u1", "205")).changed().getFirst();
    assertThat(pending.state()).isEqualTo(Alert.State.PENDING);
    var restored = new Evaluation(List.of(patient(0.7)), List.of(IONQ));
    postings.forEach(restored::restore);
    statuses.forEach(restored::restore);

    Outcome outcome = restored.restore(List.of(pending), at(1));

    assertThat(outcome.changed()).extracting(Alert::id).containsExactly(pending.id());
    assertThat(outcome.changed().getFirst().policyFingerprint())
        .isNotEqualTo(pending.policyFingerprint());
    assertThat(outcome.forgotten()).isEmpty();
  }

  private static Policy patient(double threshold) {
    return userQuota(
        rule(
            "nearly-spent",
            Severity.WARNING,
            usedAtLeast(threshold),
            Duration.ofHours(1),
            Duration.ZERO));
  }

  private Optional<Alert.Reason> endReason(Evaluation restored, Alert stored) {
    postings.forEach(restored::restore);
    return restored.restore(List.of(stored), at(1)).changed().getFirst().reason();
  }

  @Test
  void aChargeThatTakesAClosedPeriodOverARuleIsToldOnce() {
    evaluation = new Evaluation(List.of(claude()), List.of(CLAUDE));
    Instant february = Instant.parse("2027-02-02T10:00:00Z");
    charge(Instant.parse("2027-01-31T10:00:00Z"), Map.of("2027-01-16", "700"));
    assertThat(kinds(charge(february, Map.of("2027-01-16", "700", "2027-01-31", "200"))))
        .containsExactly(Kind.LATE);
    assertThat(
            kinds(
                charge(
                    february.plusSeconds(300), Map.of("2027-01-16", "700", "2027-01-31", "201"))))
        .isEmpty();
    Instant tooLate = Instant.parse("2027-02-08T10:00:00Z");
    assertThat(kinds(charge(tooLate, Map.of("2027-01-16", "700", "2027-01-31", "1000")))).isEmpty();
  }

  @Test
  void chargesInAnotherCurrencyMakeTheBudgetUnknown() {
    evaluation = new Evaluation(List.of(claude()), List.of(CLAUDE));
    var january = ChargePeriod.ofUtcDay(LocalDate.parse("2027-01-16"));
    var euros = Charge.of("claude", january, Dimensions.NONE, Amount.of("1", Unit.of("EUR")));
    var dollars = Charge.of("claude", january, Dimensions.NONE, Amount.of("900", Unit.USD));
    Outcome outcome =
        evaluation.accept(
            new Reading(
                "claude",
                NINE,
                List.of(euros, dollars),
                List.of(),
                List.of(),
                List.of(),
                Reading.Vanished.WITHDRAWN),
            NINE);
    assertThat(kinds(outcome)).isEmpty();
    Assessment assessment =
        evaluation.snapshot(NINE).budgets().values().iterator().next().assessment();
    assertThat(assessment.unknown().orElseThrow()).contains("EUR");
  }

  private static Policy claude() {
    return monthlySpend(
        new Limit.Fixed(Amount.of("1000", Unit.USD)),
        rule("nearly-spent", Severity.WARNING, usedAtLeast(0.8)));
  }

  private Outcome charge(Instant now, Map<String, String> amountsByDay) {
    List<Charge> charges =
        amountsByDay.entrySet().stream()
            .map(e ->
                Charge.of(
                    "claude",
                    ChargePeriod.ofUtcDay(LocalDate.parse(e.getKey())),
                    Dimensions.NONE,
                    Amount.of(e.getValue(), Unit.USD)))
            .toList();
    return evaluation.accept(
        new Reading(
            "claude", now, charges, List.of(), List.of(), List.of(), Reading.Vanished.WITHDRAWN),
        now);
  }

  private static Instant at(int polls) {
    return NINE.plus(FIVE_MINUTES.multipliedBy(polls));
  }

  /// A reading of `ionq-lab` in which each user has a quota of 250.
  private Outcome read(Instant now, Map<String, String> consumedByUser) {
    List<QuotaReading> quotas =
        consumedByUser.entrySet().stream()
            .map(e -> quota(e.getKey(), Optional.of(new BigDecimal("250")), e.getValue()))
            .toList();
    Outcome outcome = evaluation.accept(reading(now, quotas), now);
    outcome.posting().ifPresent(postings::add);
    statuses.addAll(outcome.statuses());
    return outcome;
  }

  private static QuotaReading quota(String user, Optional<BigDecimal> limit, String consumed) {
    return new QuotaReading("ionq-lab", user(user), Unit.USD, limit, new BigDecimal(consumed));
  }

  private static Reading reading(Instant now, List<QuotaReading> quotas) {
    return new Reading(
        "ionq-lab", now, List.of(), quotas, List.of(), List.of(), Reading.Vanished.MISSING);
  }

  private static List<Kind> kinds(Outcome outcome) {
    return outcome.transitions().stream().map(Transition::kind).toList();
  }

  private Snapshot.BudgetView view(String userId) {
    return evaluation.snapshot(NINE).budgets().values().stream()
        .filter(v -> v.assessment().budget().labels().equals(user(userId)))
        .findFirst()
        .orElseThrow();
  }

  private Alert alert(String userId) {
    return view(userId).alert().orElseThrow();
  }

  private DataState state(String userId) {
    return view(userId).assessment().dataState();
  }

  private BigDecimal spent(String userId) {
    return view(userId).assessment().spent().orElseThrow();
  }
}
