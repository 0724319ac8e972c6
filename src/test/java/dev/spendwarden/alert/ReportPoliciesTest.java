package dev.spendwarden.alert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.alert.Transition.Kind;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.Reading;
import dev.spendwarden.charge.ReportStatus;
import dev.spendwarden.charge.ReportStatus.State;
import dev.spendwarden.policy.SourceTerms;
import dev.spendwarden.policy.cel.WrittenPolicies;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Goal: `kind: reports` policies fire and resolve as tasks go. Method: the shipped Gcore policies,
/// their conditions compiled, on the class the daemon runs.
class ReportPoliciesTest {

  private static final Instant START = Instant.parse("2027-01-20T06:00:00Z");
  private static final String EXPENSES = "ResellerExpenses";
  private static final String PLANS = "ResellerPlans";

  private Evaluation evaluation = shipped();

  private static Evaluation shipped() {
    return new Evaluation(
        WrittenPolicies.shipped("gcore.yaml"),
        List.of(new SourceTerms("gcore-edge", Duration.ofHours(6))));
  }

  @Test
  void aFailedTaskFiresForItsTypeAloneAndIsOverWhenItIsADayOld() {
    Outcome fired = read(at(1), task("t1", EXPENSES, State.FAILED), task("t2", PLANS, done()));

    assertThat(kinds(fired)).containsExactly(Kind.FIRED);
    assertThat(alert(EXPENSES).firingRules()).containsExactly("failed");
    assertThat(firing(PLANS)).isFalse();

    ReportStatus failed = task("t1", EXPENSES, State.FAILED);
    assertThat(kinds(read(at(23), failed, task("t2", PLANS, done())))).isEmpty();
    Outcome over = read(at(24), failed, task("t2", PLANS, done()));
    assertThat(kinds(over)).containsExactly(Kind.RESOLVED);
    assertThat(alert(EXPENSES).reason()).contains(Alert.Reason.RECOVERED);
  }

  @Test
  void aCancelledTaskCountsAsFailed() {
    read(at(1), task("t1", EXPENSES, State.CANCELLED));
    assertThat(alert(EXPENSES).firingRules()).containsExactly("failed");
  }

  @Test
  void aTaskThatHangsFiresWhenItsTimeIsUpAndResolvesWhenItEnds() {
    assertThat(kinds(read(at(1), task("t1", EXPENSES, State.PENDING)))).isEmpty();
    assertThat(alert(EXPENSES).state()).isEqualTo(Alert.State.PENDING);

    assertThat(kinds(evaluation.tick(at(2)))).containsExactly(Kind.FIRED);
    assertThat(alert(EXPENSES).firingRules()).containsExactly("stuck");

    Outcome ended = read(at(3), task("t1", EXPENSES, done()));
    assertThat(kinds(ended)).containsExactly(Kind.RESOLVED);
    assertThat(alert(EXPENSES).reason()).contains(Alert.Reason.RECOVERED);
  }

  @Test
  void aTaskCompletedWithWarningsIsDegraded() {
    read(
        at(1),
        new ReportStatus(
            "gcore-edge", "t1", EXPENSES, State.COMPLETED, true, START, START, "January"));
    assertThat(alert(EXPENSES).firingRules()).containsExactly("incomplete");
    assertThat(alert(EXPENSES).severity().word()).isEqualTo("info");
  }

  @Test
  void theNewestReportGrowsOldWithTimeThoughEveryPollIsTheSame() {
    ReportStatus done = task("t1", EXPENSES, done());
    for (int hour = 0; hour <= 36; hour++) {
      assertThat(kinds(read(at(hour), done))).as("after %s hours", hour).isEmpty();
    }
    assertThat(kinds(read(START.plus(Duration.ofHours(36)).plusMillis(1), done)))
        .containsExactly(Kind.FIRED);
    assertThat(alert(EXPENSES).firingRules()).containsExactly("too-old");

    ReportStatus newer =
        new ReportStatus(
            "gcore-edge", "t2", EXPENSES, State.COMPLETED, false, at(37), at(37), "January");
    assertThat(kinds(read(at(38), done, newer))).containsExactly(Kind.RESOLVED);
  }

  @Test
  void withoutAnyCompletedReportItsAgeIsUnknownAndFiresNothing() {
    read(at(1), task("t1", PLANS, State.FAILED));
    for (int hour = 2; hour < 18; hour++) {
      read(at(hour), task("t1", PLANS, State.FAILED));
    }
    assertThat(alert(PLANS).firingRules()).containsExactly("failed");
  }

  @Test
  void aFailingSourceResolvesAndFiresNothing() {
    read(at(1), task("t1", EXPENSES, State.FAILED));
    assertThat(kinds(evaluation.failed("gcore-edge", "timeout", at(2)))).isEmpty();
    assertThat(alert(EXPENSES).state()).isEqualTo(Alert.State.FIRING);
    assertThat(kinds(read(at(3), task("t1", EXPENSES, State.FAILED)))).isEmpty();
  }

  @Test
  void servicesBeingStoppedAreATaskTypeOfTheirOwn() {
    evaluation =
        new Evaluation(
            WrittenPolicies.read(
                """
                version: 1
                policies:
                  - name: gcore-services-stopped
                    select: { source: gcore-edge, kind: reports, where: { report_type: StopSubscriptions } }
                    budget: { period: day }
                    rules:
                      - { name: stopping, when: reports.pending + reports.degraded > 0, severity: critical }
                """),
            List.of(new SourceTerms("gcore-edge", Duration.ofHours(6))));
    read(at(1), task("t1", EXPENSES, State.PENDING));
    assertThat(evaluation.snapshot(at(1)).budgets().values())
        .allMatch(view -> view.alert().isEmpty());
    assertThat(kinds(read(at(2), task("t2", "StopSubscriptions", State.PENDING))))
        .containsExactly(Kind.FIRED);
  }

  @Test
  void theSnapshotShowsTasksNewestFirstAndForgetsOldOnesThatEnded() {
    ReportStatus old = task("t1", EXPENSES, done());
    ReportStatus stuck = task("t2", EXPENSES, State.PENDING);
    Instant later = START.plus(Snapshot.REPORTS_SHOWN).plusSeconds(1);
    var fresh = new ReportStatus("gcore-edge", "t3", PLANS, State.FAILED, false, later, later, "");
    read(at(1), old, stuck);
    assertThat(evaluation.snapshot(at(1)).reports()).containsExactly(old, stuck);
    read(later, fresh);
    assertThat(evaluation.snapshot(later).reports()).containsExactly(fresh, stuck);
  }

  private Outcome read(Instant now, ReportStatus... tasks) {
    return evaluation.accept(
        new Reading(
            "gcore-edge",
            now,
            List.of(),
            List.of(),
            List.of(tasks),
            List.of(),
            Reading.Vanished.WITHDRAWN),
        now);
  }

  private static State done() {
    return State.COMPLETED;
  }

  private static ReportStatus task(String id, String type, State state) {
    return new ReportStatus("gcore-edge", id, type, state, false, START, START, "January");
  }

  private static Instant at(int hours) {
    return START.plus(Duration.ofHours(hours));
  }

  private static List<Kind> kinds(Outcome outcome) {
    return outcome.transitions().stream().map(Transition::kind).toList();
  }

  private Stream<Alert> alerts(String type) {
    return evaluation.snapshot(START).budgets().values().stream()
        .filter(view ->
            view.assessment().budget().labels().equals(Dimensions.of(Dimension.REPORT_TYPE, type)))
        .flatMap(view -> view.alert().stream());
  }

  private Alert alert(String type) {
    return alerts(type).findFirst().orElseThrow();
  }

  private boolean firing(String type) {
    return alerts(type).anyMatch(alert -> Set.of(Alert.State.FIRING).contains(alert.state()));
  }
}
