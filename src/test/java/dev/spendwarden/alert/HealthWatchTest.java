package dev.spendwarden.alert;

import static dev.spendwarden.policy.PolicyFixtures.rule;
import static dev.spendwarden.policy.PolicyFixtures.usedAtLeast;
import static dev.spendwarden.policy.PolicyFixtures.user;
import static dev.spendwarden.policy.PolicyFixtures.userQuota;
import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.QuotaReading;
import dev.spendwarden.charge.Reading;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.ledger.DataState;
import dev.spendwarden.ledger.Posting;
import dev.spendwarden.ledger.SourceStatus;
import dev.spendwarden.policy.Budget;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.Severity;
import dev.spendwarden.policy.SourceTerms;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The built-in policies in the very looks that change what they watch.
class HealthWatchTest {

  private static final Instant NINE = Instant.parse("2027-01-20T09:00:00Z");
  private static final Duration POLL = Duration.ofMinutes(5);
  private static final SourceTerms IONQ =
      new SourceTerms("ionq-lab", Duration.ofHours(1), false, POLL);
  private static final Policy QUOTA =
      userQuota(rule("nearly-spent", Severity.WARNING, usedAtLeast(0.8)));

  private final List<Posting> postings = new ArrayList<>();
  private final List<SourceStatus> statuses = new ArrayList<>();
  private final Map<String, Alert> stored = new LinkedHashMap<>();
  private Evaluation evaluation = evaluation(NINE);

  @Test
  void aSourceThatIsBeingPolledTheFirstTimeIsNoTrouble() {
    assertThat(tick(NINE)).isEmpty();
    assertThat(tick(NINE.plus(POLL).plusSeconds(30))).isEmpty();
    assertThat(find("source-health", source())).isEmpty();
  }

  @Test
  void whatALookFoundOfPoliciesIsJudgedSoonAndThenTimeAloneWakesNobody() {
    good(NINE);
    good(at(5));
    assertThat(evaluation.nextWakeUp()).isEqualTo(at(15));
    tick(at(15));
    assertThat(evaluation.nextWakeUp()).isEqualTo(at(5).plus(IONQ.maxAge()));
  }

  @Test
  void aSourceThatNeverAnswersIsToldAfterItsMaxAge() {
    tick(NINE);
    assertThat(tick(NINE.plus(IONQ.maxAge()))).containsExactly("source-health fired critical");
  }

  @Test
  void oneTransientFailureIsNotToldTheSecondInARowIs() {
    good(NINE);
    assertThat(bad("server", at(5))).isEmpty();
    assertThat(good(at(6))).isEmpty();
    assertThat(bad("server", at(10))).isEmpty();
    Outcome second = failed("timeout", at(11));
    assertThat(told(second)).containsExactly("source-health fired warning");
    Transition fired = second.transitions().getFirst();
    assertThat(fired.alert().budgetLabels()).isEqualTo(source());
    assertThat(fired.alert().firingRules()).containsExactly("failing");
    assertThat(fired.assessment().dataState()).isEqualTo(DataState.ERROR);
    assertThat(fired.policy().rules().getFirst().summary()).contains("ionq-lab", "timeout");
    assertThat(good(at(15))).containsExactly("source-health resolved warning");
  }

  @Test
  void aFailureThatWillNotPassIsToldAtOnce() {
    good(NINE);
    assertThat(bad("auth", at(5))).containsExactly("source-health fired warning");
  }

  @Test
  void aSourceThatWaitsLongAfterATransientFailureIsToldWithinAPollInterval() {
    good(NINE);
    bad("rate_limited", at(5));
    Instant within = at(5).plus(POLL).plusSeconds(1);
    assertThat(evaluation.nextWakeUp()).isBeforeOrEqualTo(within);
    assertThat(tick(within)).containsExactly("source-health fired warning");
  }

  @Test
  void staleDataIsToldAtTheInstantItTurnsStaleAndOnlyAGoodPollResolves() {
    good(NINE);
    bad("server", at(5));
    bad("server", at(6));
    assertThat(evaluation.nextWakeUp()).isBeforeOrEqualTo(at(60));
    assertThat(tick(at(60))).containsExactly("source-health escalated critical");
    assertThat(bad("server", at(70))).isEmpty();
    assertThat(tick(at(600))).isEmpty();
    assertThat(good(at(601))).containsExactly("source-health resolved critical");
  }

  @Test
  void aRestartNeitherForgetsNorResolvesNorCriesBeforeTheFirstPoll() {
    good(NINE);
    bad("server", at(5));
    bad("server", at(6));
    assertThat(told(restart(at(7)))).isEmpty();
    assertThat(bad("server", at(8))).isEmpty();
    assertThat(good(at(9))).containsExactly("source-health resolved warning");

    assertThat(told(restart(at(600)))).isEmpty();
    assertThat(tick(at(600).plus(POLL).plusSeconds(1)))
        .containsExactly("source-health fired critical");
  }

  @Test
  void aSourceThatIsNoLongerConfiguredEndsItsAlert() {
    good(NINE);
    bad("auth", at(5));
    evaluation =
        new Evaluation(
            List.of(QUOTA),
            List.of(),
            Optional.of(
                new HealthWatch(List.of(), List.of("hooks"), at(6), HealthWatch.Patience.USUAL)));
    Outcome outcome = evaluation.restore(stored.values(), at(6));
    assertThat(told(outcome)).containsExactly("source-health resolved warning");
    assertThat(outcome.transitions().getFirst().alert().reason())
        .contains(Alert.Reason.POLICY_CHANGED);
  }

  @Test
  void aReceiverThatFailsForAPollIntervalIsToldAndResolvesWhenAllIsDelivered() {
    good(NINE);
    assertThat(delivering(failing(at(1)), at(1))).isEmpty();
    assertThat(tick(at(1).plus(POLL).plusSeconds(1)))
        .containsExactly("delivery-health fired warning");
    assertThat(delivering(ReceiverHealth.fine("hooks"), at(9)))
        .containsExactly("delivery-health resolved warning");
  }

  @Test
  void deadLettersAndAGoneReceiverAreToldAtOnce() {
    good(NINE);
    var dead = new ReceiverHealth("hooks", 2, false, Optional.empty(), Optional.empty());
    assertThat(delivering(dead, at(1))).containsExactly("delivery-health fired critical");
    assertThat(delivering(ReceiverHealth.fine("hooks"), at(2)))
        .containsExactly("delivery-health resolved critical");
    var gone = new ReceiverHealth("hooks", 0, true, Optional.empty(), Optional.empty());
    assertThat(delivering(gone, at(3))).containsExactly("delivery-health fired critical");
  }

  @Test
  void aQueueThatDoesNotMoveIsTold() {
    good(NINE);
    var waiting = new ReceiverHealth("hooks", 0, false, Optional.empty(), Optional.of(at(0)));
    assertThat(delivering(waiting, at(14))).isEmpty();
    assertThat(tick(at(15))).containsExactly("delivery-health fired warning");
  }

  @Test
  void aPolicyThatSelectsNothingForADayIsTold() {
    evaluation.accept(reading(NINE, List.of()), NINE);
    for (int hour = 1; hour < 24; hour++) {
      evaluation.accept(reading(at(60 * hour), List.of()), at(60 * hour));
      assertThat(find("policy-health", policyName()).map(Alert::state))
          .contains(Alert.State.PENDING);
    }
    Outcome day = evaluation.accept(reading(at(60 * 25), List.of()), at(60 * 25));
    assertThat(told(day)).containsExactly("policy-health fired warning");
    assertThat(day.transitions().getFirst().alert().firingRules())
        .containsExactly("selects-nothing");
    good(at(60 * 25 + 20));
    assertThat(find("policy-health", policyName()).orElseThrow().state())
        .isEqualTo(Alert.State.RESOLVED);
  }

  @Test
  void withoutAHealthWatchThereAreNoBuiltInPolicies() {
    var plain = new Evaluation(List.of(QUOTA), List.of(IONQ));
    plain.failed("ionq-lab", "auth", NINE);
    assertThat(plain.snapshot(NINE).policies()).containsOnlyKeys(QUOTA.name());
    assertThat(evaluation.snapshot(NINE).policies().keySet()).containsAll(BuiltInPolicies.NAMES);
  }

  @Test
  void healthAlertsAreSilencedAckedAndRepeatedAsAllOthers() {
    good(NINE);
    bad("auth", at(5));
    Alert alert = find("source-health", source()).orElseThrow();
    assertThat(told(evaluation.repeat(List.of(alert), at(6))))
        .containsExactly("source-health repeated warning");
    assertThat(evaluation.ack(alert.id(), "ada")).isPresent();
    assertThat(told(evaluation.repeat(List.of(alert), at(7)))).isEmpty();
    evaluation.silence(
        new Silence(
            "s", Map.of("policy", java.util.Set.of("source-health")), at(8), at(90), "", "ada"),
        at(8));
    assertThat(tick(at(61))).isEmpty();
    assertThat(tick(at(90))).containsExactly("source-health escalated critical");
  }

  // What the test turns.

  private static Evaluation evaluation(Instant since) {
    return new Evaluation(
        List.of(QUOTA),
        List.of(IONQ),
        Optional.of(
            new HealthWatch(List.of(IONQ), List.of("hooks"), since, HealthWatch.Patience.USUAL)));
  }

  private static Instant at(int minutes) {
    return NINE.plus(Duration.ofMinutes(minutes));
  }

  private static Dimensions source() {
    return Dimensions.of(Dimension.SOURCE, "ionq-lab");
  }

  private static Dimensions policyName() {
    return Dimensions.of(Dimension.POLICY_NAME, QUOTA.name());
  }

  private static ReceiverHealth failing(Instant since) {
    return new ReceiverHealth("hooks", 0, false, Optional.of(since), Optional.of(since));
  }

  private static Reading reading(Instant asOf, List<QuotaReading> quotas) {
    return new Reading(
        "ionq-lab", asOf, List.of(), quotas, List.of(), List.of(), Reading.Vanished.MISSING);
  }

  private List<String> good(Instant now) {
    var quota =
        new QuotaReading(
            "ionq-lab", user("u1"), Unit.QUOTA, Optional.of(BigDecimal.TEN), BigDecimal.ONE);
    return told(keep(evaluation.accept(reading(now, List.of(quota)), now)));
  }

  private List<String> bad(String reason, Instant now) {
    return told(failed(reason, now));
  }

  private Outcome failed(String reason, Instant now) {
    return keep(evaluation.failed("ionq-lab", reason, now));
  }

  private List<String> tick(Instant now) {
    return told(keep(evaluation.tick(now)));
  }

  private List<String> delivering(ReceiverHealth health, Instant now) {
    return told(keep(evaluation.delivering(List.of(health), now)));
  }

  private Outcome keep(Outcome outcome) {
    outcome.posting().ifPresent(postings::add);
    statuses.addAll(outcome.statuses());
    outcome.changed().forEach(alert -> stored.put(alert.id(), alert));
    outcome.forgotten().forEach(alert -> stored.remove(alert.id()));
    return outcome;
  }

  private Outcome restart(Instant now) {
    evaluation = evaluation(now);
    postings.forEach(evaluation::restore);
    statuses.forEach(evaluation::restore);
    return keep(evaluation.restore(stored.values(), now));
  }

  private Optional<Alert> find(String policy, Dimensions labels) {
    return Optional.ofNullable(
            evaluation.snapshot(NINE).budgets().get(Budget.of(policy, labels).id()))
        .flatMap(Snapshot.BudgetView::alert);
  }

  private static List<String> told(Outcome outcome) {
    return outcome.transitions().stream()
        .map(t ->
            t.alert().policy()
                + " "
                + t.kind().name().toLowerCase(java.util.Locale.ROOT)
                + " "
                + t.alert().severity().word())
        .toList();
  }
}
