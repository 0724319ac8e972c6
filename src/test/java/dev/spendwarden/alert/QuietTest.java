package dev.spendwarden.alert;

import static dev.spendwarden.policy.PolicyFixtures.rule;
import static dev.spendwarden.policy.PolicyFixtures.usedAtLeast;
import static dev.spendwarden.policy.PolicyFixtures.user;
import static dev.spendwarden.policy.PolicyFixtures.userQuota;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.spendwarden.alert.Transition.Kind;
import dev.spendwarden.charge.Amount;
import dev.spendwarden.charge.QuotaReading;
import dev.spendwarden.charge.Reading;
import dev.spendwarden.charge.Unit;
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
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What silences, muting waivers, acks and repeats do to what is told, on the class the daemon
/// runs, with a clock that the test turns.
class QuietTest {

  private static final Instant NINE = Instant.parse("2027-01-20T09:00:00Z");
  private static final SourceTerms IONQ = new SourceTerms("ionq-lab", Duration.ofDays(9));
  private static final Policy QUOTA =
      userQuota(
          rule("nearly-spent", Severity.WARNING, usedAtLeast(0.8)),
          rule("spent", Severity.CRITICAL, usedAtLeast(1)));

  private final List<Posting> postings = new ArrayList<>();
  private final List<SourceStatus> statuses = new ArrayList<>();
  private final Map<String, Alert> stored = new LinkedHashMap<>();
  private final Map<String, Owed> owed = new LinkedHashMap<>();
  private Evaluation evaluation = new Evaluation(List.of(QUOTA), List.of(IONQ));

  @Test
  void aSilencedAlertFiresAndNobodyIsTold() {
    evaluation.silence(silence(2), NINE);
    assertThat(read(1, "205")).isEmpty();
    assertThat(alert().state()).isEqualTo(Alert.State.FIRING);
    assertThat(evaluation.quietUntil(alert(), at(1))).contains(at(120));
  }

  @Test
  void whenTheSilenceEndsWhileItFiresItIsToldOnceAsFired() {
    evaluation.silence(silence(2), NINE);
    read(1, "205");
    read(30, "250");
    assertThat(evaluation.nextWakeUp()).isEqualTo(at(120));
    Outcome end = evaluation.tick(at(120));
    assertThat(kinds(end)).containsExactly(Kind.FIRED);
    assertThat(end.transitions().getFirst().alert().severity()).isEqualTo(Severity.CRITICAL);
    assertThat(kinds(evaluation.tick(at(121)))).isEmpty();
    assertThat(read(122, "240")).containsExactly(Kind.DEESCALATED);
  }

  @Test
  void whoWasToldBeforeHearsOneChangeAfterTheSilenceAndNothingWhenNothingChanged() {
    read(0, "205");
    evaluation.silence(silence(1), at(1));
    read(10, "250");
    read(20, "240");
    assertThat(kinds(evaluation.tick(at(61)))).isEmpty();

    evaluation.silence(silence(2), at(62));
    read(70, "250");
    Outcome end = evaluation.tick(at(200));
    assertThat(kinds(end)).containsExactly(Kind.ESCALATED);
    assertThat(end.transitions().getFirst().formerSeverity()).contains(Severity.WARNING);
  }

  @Test
  void whatBeganAndEndedInSilenceIsNeverTold() {
    evaluation.silence(silence(2), NINE);
    assertThat(read(1, "205")).isEmpty();
    assertThat(read(10, "100")).isEmpty();
    assertThat(kinds(evaluation.tick(at(130)))).isEmpty();
    assertThat(owed).isEmpty();
  }

  @Test
  void theEndOfWhatWasToldIsToldAfterTheSilence() {
    read(0, "205");
    evaluation.silence(silence(2), at(1));
    assertThat(read(10, "100")).isEmpty();
    Outcome end = evaluation.tick(at(121));
    assertThat(kinds(end)).containsExactly(Kind.RESOLVED);
    assertThat(end.transitions().getFirst().alert().endedAt()).contains(at(10));
  }

  @Test
  void aNewBreachInSilenceAfterAToldOneEndedTellsBoth() {
    read(0, "205");
    evaluation.silence(silence(2), at(1));
    read(10, "100");
    read(20, "205");
    assertThat(kinds(evaluation.tick(at(121)))).containsExactly(Kind.RESOLVED, Kind.FIRED);
  }

  @Test
  void aSilenceThatIsTakenBackTellsAtOnce() {
    evaluation.silence(silence(2), NINE);
    read(1, "205");
    assertThat(kinds(evaluation.unsilence("sil_1", at(2)).orElseThrow()))
        .containsExactly(Kind.FIRED);
    assertThat(evaluation.unsilence("sil_1", at(2))).isEmpty();
  }

  @Test
  void aSilenceOfOneSeverityLetsTheWorseOneThrough() {
    var warnings =
        new Silence(
            "sil_w",
            Map.of("severity", Set.of("warning"), "user", Set.of("u1", "u2")),
            NINE,
            at(120),
            "",
            "ada");
    evaluation.silence(warnings, NINE);
    assertThat(read(1, "205")).isEmpty();
    assertThat(read(2, "250")).containsExactly(Kind.FIRED);
  }

  @Test
  void anotherBudgetIsNotSilenced() {
    evaluation.silence(
        new Silence("sil_o", Map.of("user", Set.of("u2")), NINE, at(120), "", "ada"), NINE);
    assertThat(read(1, "205")).containsExactly(Kind.FIRED);
  }

  @Test
  void whatIsOwedSurvivesARestart() {
    Silence silence = silence(2);
    evaluation.silence(silence, NINE);
    read(1, "205");
    Outcome restarted = restart(List.of(silence), at(60));
    assertThat(kinds(restarted)).isEmpty();
    assertThat(evaluation.nextWakeUp()).isEqualTo(at(120));
    assertThat(kinds(evaluation.tick(at(120)))).containsExactly(Kind.FIRED);
  }

  @Test
  void aSilenceThatEndedWhileNobodyWasLookingIsMadeUpForAtTheStart() {
    Silence silence = silence(2);
    evaluation.silence(silence, NINE);
    read(1, "205");
    assertThat(kinds(restart(List.of(silence), at(600)))).containsExactly(Kind.FIRED);
  }

  @Test
  void aPeriodThatEndsInSilenceEndsWhatWasToldAfterIt() {
    read(0, "205");
    Instant february = Instant.parse("2027-02-01T00:00:00Z");
    evaluation.silence(
        new Silence(
            "sil_1",
            Map.of("policy", Set.of(QUOTA.name())),
            at(1),
            february.plus(Duration.ofHours(1)),
            "",
            "ada"),
        at(1));
    assertThat(kinds(evaluation.tick(february))).isEmpty();
    assertThat(kinds(evaluation.tick(february.plus(Duration.ofHours(1)))))
        .containsExactly(Kind.RESOLVED);
  }

  @Test
  void aMutingWaiverIsASilenceOfItsPolicyUntilItEnds() {
    var mute =
        new Policy.Waiver(at(60), Optional.empty(), true, "paper", "lead", Map.of("user", "u1"));
    evaluation.waive(List.of(new GrantedWaiver("wvr_1", QUOTA.name(), mute)), NINE);
    assertThat(read(1, "205")).isEmpty();
    assertThat(kinds(evaluation.tick(at(60)))).containsExactly(Kind.FIRED);
  }

  @Test
  void aRaisingWaiverResolvesAndBreachesAgainWhenItEnds() {
    read(0, "205");
    var raise =
        new Policy.Waiver(
            at(60), Optional.of(Amount.of("100", Unit.QUOTA)), false, "paper", "lead", Map.of());
    Outcome waived =
        evaluation.waive(List.of(new GrantedWaiver("wvr_1", QUOTA.name(), raise)), at(1));
    assertThat(kinds(waived)).containsExactly(Kind.RESOLVED);
    assertThat(evaluation.nextWakeUp()).isEqualTo(at(60));
    assertThat(kinds(evaluation.tick(at(60)))).containsExactly(Kind.FIRED);
  }

  @Test
  void repeatsHaveOrdinalsOfTheirOwnAndStopForAcksAndSilences() {
    read(0, "205");
    Outcome first = evaluation.repeat(List.of(alert()), at(60));
    Outcome second = evaluation.repeat(List.of(alert()), at(120));
    assertThat(kinds(first)).containsExactly(Kind.REPEATED);
    assertThat(first.transitions().getFirst().alert().ordinal())
        .isNotEqualTo(second.transitions().getFirst().alert().ordinal());

    evaluation.silence(silence(9), at(121));
    assertThat(kinds(evaluation.repeat(List.of(alert()), at(130)))).isEmpty();
    evaluation.unsilence("sil_1", at(131));
    assertThat(kinds(evaluation.repeat(List.of(alert()), at(132)))).containsExactly(Kind.REPEATED);
    evaluation.ack(alert().id(), "ada");
    assertThat(kinds(evaluation.repeat(List.of(alert()), at(140)))).isEmpty();
    assertThat(read(141, "250")).containsExactly(Kind.ESCALATED);
    assertThat(read(142, "10")).containsExactly(Kind.RESOLVED);
    assertThat(kinds(evaluation.repeat(List.of(alert()), at(150)))).isEmpty();
  }

  @Test
  void aSilenceOfEverythingOrWithoutAnEndIsRefused() {
    assertThatThrownBy(() -> new Silence("s", Map.of(), NINE, at(1), "", "ada"))
        .hasMessageContaining("matcher");
    assertThatThrownBy(() -> new Silence("s", Map.of("policy", Set.of("p")), NINE, NINE, "", "ada"))
        .hasMessageContaining("ends");
  }

  // What the test turns.

  private static Instant at(int minutes) {
    return NINE.plus(Duration.ofMinutes(minutes));
  }

  private static Silence silence(int hours) {
    return new Silence(
        "sil_1",
        Map.of("policy", Set.of(QUOTA.name())),
        NINE,
        NINE.plus(Duration.ofHours(hours)),
        "maintenance",
        "ada");
  }

  private List<Kind> read(int minutes, String consumed) {
    var quota =
        new QuotaReading(
            "ionq-lab",
            user("u1"),
            Unit.QUOTA,
            Optional.of(new BigDecimal("250")),
            new BigDecimal(consumed));
    Outcome outcome =
        evaluation.accept(
            new Reading(
                "ionq-lab",
                at(minutes),
                List.of(),
                List.of(quota),
                List.of(),
                List.of(),
                Reading.Vanished.MISSING),
            at(minutes));
    keep(outcome);
    return kinds(outcome);
  }

  private void keep(Outcome outcome) {
    outcome.posting().ifPresent(postings::add);
    statuses.addAll(outcome.statuses());
    outcome.changed().forEach(alert -> stored.put(alert.id(), alert));
    outcome
        .owed()
        .forEach((id, one) -> one.ifPresentOrElse(o -> owed.put(id, o), () -> owed.remove(id)));
  }

  private Outcome restart(List<Silence> silences, Instant now) {
    evaluation = new Evaluation(List.of(QUOTA), List.of(IONQ));
    postings.forEach(evaluation::restore);
    statuses.forEach(evaluation::restore);
    evaluation.restore(silences, owed.values());
    return evaluation.restore(stored.values(), now);
  }

  private Alert alert() {
    return evaluation
        .snapshot(NINE)
        .budgets()
        .get(Budget.of(QUOTA.name(), user("u1")).id())
        .alert()
        .orElseThrow();
  }

  private static List<Kind> kinds(Outcome outcome) {
    return outcome.transitions().stream().map(Transition::kind).toList();
  }
}
