package dev.spendwarden.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// From a breach at the provider to the lever and back, through the whole daemon: what is planned,
/// who is asked, what is called, what is told and what the audit says.
final class EnforcementTest {

  private static final String START = "2027-01-20T09:00:00Z";
  private static final Duration SOON = Duration.ofSeconds(20);

  private static final String POLICY =
      """
      version: 1
      policies:
        - name: quota
          select: { source: lab, kind: quota }
          per: [user]
          budget: { limit: quota, period: month }
          rules:
            - { name: spent, when: used >= 1.0, severity: critical, actions: [cancel] }
      """;

  @TempDir private Path folder;

  private EnforcedDaemon daemon(String action) {
    var lab = new EnforcedDaemon(folder, START, action, POLICY);
    lab.sandbox.ionq().member("u1").quota(new BigDecimal("100")).consumed(new BigDecimal("99"));
    lab.sandbox.ionq().member("u2").quota(new BigDecimal("100")).consumed(new BigDecimal("1"));
    lab.sandbox
        .ionqJobs()
        .job("j1", "u1", "p1", "submitted")
        .job("j2", "u1", "p1", "ready")
        .job("j3", "u1", "p1", "running")
        .job("j4", "u2", "p1", "submitted");
    return lab.run();
  }

  private static void breach(EnforcedDaemon lab) {
    lab.sandbox.ionq().member("u1").consumed(new BigDecimal("120"));
  }

  private static String cancel(String rest) {
    return "  cancel: { type: ionq.cancel_jobs, source: lab, target: labels.user,"
        + " api_key_file: actor, "
        + rest
        + " }";
  }

  @Test
  void autoCancelsTheWaitingJobsOfTheUserInBreachAndNoOthers() {
    try (var lab = daemon(cancel("mode: auto"))) {
      breach(lab);
      await().atMost(SOON).until(() -> lab.states().contains("done"));
      assertThat(lab.sandbox.ionqJobs().status("j1")).contains("canceled");
      assertThat(lab.sandbox.ionqJobs().status("j2")).contains("canceled");
      assertThat(lab.sandbox.ionqJobs().status("j3")).contains("running");
      assertThat(lab.sandbox.ionqJobs().status("j4")).contains("submitted");
      assertThat(lab.newest("outcome")).isEqualTo("2 done");
      await().atMost(SOON).until(() -> lab.told().contains("action.done"));
      assertThat(lab.texts("/api/v1/audit", "what"))
          .containsSubsequence("intended", "planned", "started", "called", "done");
      assertThat(lab.send("GET", "/metrics", "", false).body())
          .contains(
              "spendwarden_actions_total{action=\"cancel\",mode=\"auto\",outcome=\"done\"} 1");
    }
  }

  @Test
  void dryRunRecordsWhatItWouldDoAndDoesNothing() {
    try (var lab = daemon(cancel("at_most: 1"))) {
      breach(lab);
      await().atMost(SOON).until(() -> lab.states().contains("dry_run"));
      assertThat(lab.newest("outcome")).isEqualTo("would act on 1 target");
      assertThat(lab.newest("reason")).contains("capped at 1 within 1h");
      assertThat(lab.sandbox.ionqJobs().status("j1")).contains("submitted");
    }
  }

  @Test
  void approveWaitsForAPersonAndActsThen() {
    try (var lab = daemon(cancel("mode: approve"))) {
      breach(lab);
      await().atMost(SOON).until(() -> lab.states().contains("waiting"));
      await().atMost(SOON).until(() -> lab.told().contains("action.proposed"));
      assertThat(lab.sandbox.ionqJobs().status("j1")).contains("submitted");
      String id = lab.newest("id");
      assertThat(lab.send("POST", "/api/v1/actions/" + id + "/approve", "{\"by\": \"ada\"}", false))
          .satisfies(answer -> assertThat(answer.statusCode()).isEqualTo(401));
      assertThat(lab.post("/api/v1/actions/" + id + "/approve", "{\"by\": \"ada\"}").statusCode())
          .isEqualTo(200);
      await().atMost(SOON).until(() -> lab.states().contains("done"));
      assertThat(lab.newest("decided_by")).isEqualTo("ada");
      assertThat(lab.sandbox.ionqJobs().status("j1")).contains("canceled");
      assertThat(lab.post("/api/v1/actions/" + id + "/approve", "{\"by\": \"ada\"}").statusCode())
          .isEqualTo(409);
      assertThat(lab.post("/api/v1/actions/" + id + "/undo", "{\"by\": \"ada\"}").statusCode())
          .isEqualTo(409);
    }
  }

  @Test
  void aRejectedActionIsNotProposedAgainForTheSameBreach() {
    try (var lab = daemon(cancel("mode: approve"))) {
      breach(lab);
      await().atMost(SOON).until(() -> lab.states().contains("waiting"));
      String id = lab.newest("id");
      lab.post("/api/v1/actions/" + id + "/reject", "{\"by\": \"ada\", \"comment\": \"demo\"}");
      long polls = lab.sandbox.requests().counts("ionq").requests();
      await()
          .atMost(SOON)
          .until(() -> lab.sandbox.requests().counts("ionq").requests() > polls + 3);
      assertThat(lab.states()).containsExactly("rejected");
      assertThat(lab.newest("outcome")).isEqualTo("rejected by ada: demo");
    }
  }

  @Test
  void graceGivesNoticeAndABreachThatEndsMeanwhileEndsTheAction() {
    try (var lab = daemon(cancel("mode: auto, grace: 30m"))) {
      breach(lab);
      await().atMost(SOON).until(() -> lab.told().contains("action.proposed"));
      lab.sandbox.ionq().member("u1").quota(new BigDecimal("500"));
      await().atMost(SOON).until(() -> lab.states().contains("expired"));
      assertThat(lab.sandbox.ionqJobs().status("j1")).contains("submitted");
      assertThat(lab.newest("outcome")).isEqualTo("the budget is no longer in breach");
    }
  }

  @Test
  void aRaisedLimitTakesTheActionBackAndLessSpendDoesNot() {
    String tell =
        "  cancel: { type: webhook, url: '@SANDBOX@/hooks/act', secret_file: hook, mode: auto,"
            + " undo: limit_raised }";
    try (var lab = daemon(tell)) {
      breach(lab);
      await().atMost(SOON).until(() -> lab.states().contains("done"));
      lab.sandbox.ionq().member("u1").consumed(new BigDecimal("99"));
      await().atMost(SOON).until(() -> lab.told().contains("alert.resolved"));
      long polls = lab.sandbox.requests().counts("ionq").requests();
      await()
          .atMost(SOON)
          .until(() -> lab.sandbox.requests().counts("ionq").requests() > polls + 3);
      assertThat(lab.states()).containsExactly("done");
      lab.sandbox.ionq().member("u1").quota(new BigDecimal("500"));
      await().atMost(SOON).until(() -> lab.states().contains("undone"));
      assertThat(lab.sandbox.requests().requests("hooks/act").getLast().body())
          .contains("action.undo_requested");
    }
  }

  @Test
  void theKillSwitchHoldsEverythingAndLetsItGoOnAfterwards() {
    try (var lab = daemon(cancel("mode: auto"))) {
      lab.post("/api/v1/enforcement", "{\"enabled\": false, \"by\": \"ada\"}");
      breach(lab);
      await().atMost(SOON).until(() -> lab.newest("outcome").startsWith("held, disabled"));
      assertThat(lab.send("GET", "/metrics", "", false).body())
          .contains("spendwarden_enforcement_enabled 0");
      assertThat(lab.sandbox.ionqJobs().status("j1")).contains("submitted");
      lab.post("/api/v1/enforcement", "{\"enabled\": true}");
      await().atMost(SOON).until(() -> lab.states().contains("done"));
    }
  }

  @Test
  void aFigureThatJumpsBeyondTheFactorWaitsForAPerson() {
    try (var lab = daemon(cancel("mode: auto"))) {
      lab.sandbox.ionqJobs().job("j5", "u2", "p1", "ready");
      await().atMost(SOON).until(() -> lab.texts("/api/v1/budgets", "spent").contains("1"));
      lab.sandbox.ionq().member("u2").consumed(new BigDecimal("101"));
      await().atMost(SOON).until(() -> lab.states().contains("waiting"));
      assertThat(lab.newest("reason")).contains("suspicious");
      assertThat(lab.sandbox.ionqJobs().status("j5")).contains("ready");
      await().atMost(SOON).until(() -> lab.told().contains("action.proposed"));
    }
  }

  @Test
  void aRestartGoesOnWhereItStood() {
    try (var lab = daemon(cancel("mode: approve"))) {
      breach(lab);
      await().atMost(SOON).until(() -> lab.states().contains("waiting"));
      lab.stop();
      lab.run();
      assertThat(lab.states()).containsExactly("waiting");
      lab.post("/api/v1/actions/" + lab.newest("id") + "/approve", "{\"by\": \"ada\"}");
      await().atMost(SOON).until(() -> lab.states().contains("done"));
      assertThat(lab.daemon().store().verify()).isEmpty();
    }
  }

  @Test
  void withoutACredentialOfItsOwnAnActionIsInert() {
    String inert =
        "  cancel: { type: ionq.cancel_jobs, source: lab, target: labels.user, mode: auto }";
    try (var lab = daemon(inert)) {
      breach(lab);
      await().atMost(SOON).until(() -> lab.states().contains("failed"));
      assertThat(lab.newest("outcome")).startsWith("inert: it has no credential of its own");
      assertThat(lab.sandbox.ionqJobs().status("j1")).contains("submitted");
    }
  }
}
