package dev.spendwarden.enforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.spendwarden.enforce.Action.State;
import dev.spendwarden.enforce.ActionSpec.Mode;
import dev.spendwarden.enforce.anthropic.DisableKeys;
import dev.spendwarden.enforce.anthropic.ThrottleWorkspace;
import dev.spendwarden.enforce.github.SetBudget;
import dev.spendwarden.enforce.webhook.CallWebhook;
import dev.spendwarden.sandbox.Fault;
import dev.spendwarden.sources.http.Ask.Credential.Header;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// The levers that can be taken back, each against its twin: what was before is remembered and
/// comes back, and what somebody else changed meanwhile is left alone.
final class ReversibleLeversTest {

  private static final ActionSpec AUTO = LeverLab.spec(Mode.AUTO);
  private static final ActionSpec UNTIL_PERIOD_END =
      LeverLab.spec(Mode.AUTO, Optional.empty(), Duration.ZERO, ActionSpec.Undo.PERIOD_END);

  private final LeverLab lab = new LeverLab();

  @AfterEach
  void close() throws Exception {
    lab.close();
  }

  private ProviderApi anthropic(String key) {
    return lab.api(
        "/anthropic", new Header("x-api-key", key), Map.of("anthropic-version", "2023-06-01"));
  }

  private SetBudget github(SetBudget.Scope scope) {
    return new SetBudget(
        lab.api("/github", new Header("authorization", "Bearer actor"), Map.of()),
        "corvid",
        "actions",
        scope);
  }

  @Test
  void keysOfTheWorkspaceAreSwitchedOffAndOnAgainAtThePeriodsEnd() {
    var twin = lab.sandbox.anthropicKeys();
    twin.key("k1", "ws-a", "active").key("k2", "ws-a", "inactive").key("k3", "ws-b", "active");
    for (int i = 0; i < 120; i++) {
      twin.key("more" + i, "ws-a", "active");
    }
    var lever = new DisableKeys(anthropic("actor"));
    Action done = lab.run(lab.intend(UNTIL_PERIOD_END, "ws-a", "9", "5"), UNTIL_PERIOD_END, lever);
    assertThat(done.state()).isEqualTo(State.DONE);
    assertThat(done.progress().dueAt()).contains(LeverLab.END);
    assertThat(twin.status("k1")).contains("inactive");
    assertThat(twin.status("more119")).contains("inactive");
    assertThat(twin.status("k3")).contains("active");

    lab.now = LeverLab.END;
    Action undone = lab.run(done, UNTIL_PERIOD_END, lever);
    assertThat(undone.state()).isEqualTo(State.UNDONE);
    assertThat(twin.status("k1")).contains("active");
    assertThat(twin.status("k2")).contains("inactive");
    assertThat(lab.told).containsExactly(Journal.Tell.DONE, Journal.Tell.UNDONE);
  }

  /// With the kill switch off nothing changes by itself, not even back.
  @Test
  void nothingIsTakenBackWhileEnforcementIsOff() {
    var twin = lab.sandbox.anthropicKeys().key("k1", "ws-a", "active");
    var lever = new DisableKeys(anthropic("actor"));
    Action done = lab.run(lab.intend(UNTIL_PERIOD_END, "ws-a", "9", "5"), UNTIL_PERIOD_END, lever);
    lab.now = LeverLab.END;
    lab.enabled = false;
    Action held = lab.step(done, UNTIL_PERIOD_END, lever);
    assertThat(held.state()).isEqualTo(State.DONE);
    assertThat(twin.status("k1")).contains("inactive");

    lab.enabled = true;
    assertThat(lab.run(held, UNTIL_PERIOD_END, lever).state()).isEqualTo(State.UNDONE);
    assertThat(twin.status("k1")).contains("active");
  }

  @ParameterizedTest
  @EnumSource(
      value = ActionSpec.Undo.class,
      names = {"MANUAL", "NEVER"})
  void whatIsTakenBackByHandOnlyOutlastsThePeriod(ActionSpec.Undo undo) {
    ActionSpec spec = LeverLab.spec(Mode.AUTO, Optional.empty(), Duration.ZERO, undo);
    var twin = lab.sandbox.anthropicKeys().key("k1", "ws-a", "active");
    var lever = new DisableKeys(anthropic("actor"));
    Action done = lab.run(lab.intend(spec, "ws-a", "9", "5"), spec, lever);
    assertThat(done.progress().dueAt()).isEmpty();
    lab.now = LeverLab.END;
    assertThat(lab.run(done, spec, lever).state()).isEqualTo(State.DONE);
    assertThat(twin.status("k1")).contains("inactive");
  }

  @Test
  void aKeyThatSomebodySwitchedOnAgainIsNotSwitchedOffAgain() {
    var twin = lab.sandbox.anthropicKeys().key("k1", "ws-a", "active");
    var lever = new DisableKeys(anthropic("actor"));
    lab.run(lab.intend(AUTO, "ws-a", "9", "5"), AUTO, lever);
    twin.key("k1", "ws-a", "active");
    Action second = lab.run(lab.intend(AUTO, "ws-a", "9", "5", "alert-2"), AUTO, lever);
    assertThat(second.state()).isEqualTo(State.FAILED);
    assertThat(second.progress().outcome().orElse("")).contains("stays as they left it");
    assertThat(twin.status("k1")).contains("active");
  }

  @Test
  void aKeyArchivedMeanwhileIsLeftAndTold() {
    var twin = lab.sandbox.anthropicKeys().key("k1", "ws-a", "active").key("k2", "ws-a", "active");
    var lever = new DisableKeys(anthropic("actor"));
    Action done = lab.run(lab.intend(AUTO, "ws-a", "9", "5"), AUTO, lever);
    twin.key("k1", "ws-a", "archived");
    lab.undo(done, lever);
    Action undone = lab.store.find(done.id()).orElseThrow();
    assertThat(undone.state()).isEqualTo(State.UNDONE);
    assertThat(undone.progress().outcome()).contains("1 gone, 1 undone");
    assertThat(twin.status("k1")).contains("archived");
  }

  @Test
  void aKeyInTheMiddleThatCannotBeSwitchedIsToldAndTheOthersCanBeTakenBack() {
    var twin = lab.sandbox.anthropicKeys().key("k1", "ws-a", "active").key("k2", "ws-a", "active");
    var lever = new DisableKeys(anthropic("actor"));
    Action action = lab.intend(AUTO, "ws-a", "9", "5");
    lab.step(action, AUTO, lever);
    // Two looks and the first call pass, the second call is forbidden.
    lab.sandbox.faults().add("anthropic-keys", new Fault.Slow(Duration.ofMillis(1)), 3);
    lab.sandbox.faults().add("anthropic-keys", new Fault.Status(403, Optional.empty()), 1);
    Action failed = lab.run(action, AUTO, lever);
    assertThat(failed.state()).isEqualTo(State.FAILED);
    assertThat(failed.progress().outcome().orElse("")).startsWith("1 done, 1 failed; auth:");
    lab.undo(failed, lever);
    assertThat(twin.status("k1")).contains("active");
  }

  @Test
  void aWorkspaceIsThrottledAndItsOverrideClearedAgain() {
    var twin = lab.sandbox.anthropicKeys();
    twin.rateLimit("rl1", "ws-a", 4000).rateLimit("rl2", "ws-a", 3).rateLimit("rl3", "ws-b", 4000);
    twin.rateLimit("rl4", "ws-a", 4000).override("rl4", 100);
    var lever =
        new ThrottleWorkspace(anthropic("actor"), Map.of("requests_per_minute", BigDecimal.TEN));
    Action done = lab.run(lab.intend(AUTO, "ws-a", "9", "5"), AUTO, lever);
    assertThat(done.state()).isEqualTo(State.DONE);
    assertThat(twin.override("rl1")).contains(BigDecimal.TEN);
    assertThat(twin.override("rl2")).as("already lower").isEmpty();
    assertThat(twin.override("rl3")).as("another workspace").isEmpty();
    lab.undo(done, lever);
    assertThat(lab.store.find(done.id()).orElseThrow().state()).isEqualTo(State.UNDONE);
    assertThat(twin.override("rl1")).isEmpty();
    assertThat(twin.override("rl4")).contains(new BigDecimal(100));
  }

  @Test
  void aThrottleThatSomebodyChangedIsLeft() {
    var twin = lab.sandbox.anthropicKeys().rateLimit("rl1", "ws-a", 4000);
    var lever =
        new ThrottleWorkspace(anthropic("actor"), Map.of("requests_per_minute", BigDecimal.TEN));
    Action done = lab.run(lab.intend(AUTO, "ws-a", "9", "5"), AUTO, lever);
    twin.override("rl1", 77);
    lab.undo(done, lever);
    assertThat(lab.store.find(done.id()).orElseThrow().progress().outcome()).contains("1 changed");
    assertThat(twin.override("rl1")).contains(new BigDecimal(77));
  }

  /// A new budget gets what is left in whole dollars, and never nothing by rounding.
  @ParameterizedTest
  @CsvSource({"90.25,100,9", "99.5,100,1", "100,100,0", "130,100,0", "0,0.4,1"})
  void aNewGithubBudgetGetsWhatIsLeft(String spent, String limit, String amount) {
    var lever = github(SetBudget.Scope.ENTERPRISE);
    Action done = lab.run(lab.intend(AUTO, "", spent, limit), AUTO, lever);
    assertThat(done.state()).isEqualTo(State.DONE);
    assertThat(lab.sandbox.githubBudgets().state("actions")).contains(amount + " true");
    lab.undo(done, lever);
    assertThat(lab.sandbox.githubBudgets().state("actions")).isEmpty();
  }

  @Test
  void anExistingGithubBudgetGetsTheLimitAndIsPutBack() {
    var twin = lab.sandbox.githubBudgets();
    for (int i = 0; i < 105; i++) {
      twin.budget("product" + i, "enterprise", "", 5, true);
    }
    twin.budget("actions", "enterprise", "", 1500, false);
    var lever = github(SetBudget.Scope.ENTERPRISE);
    Action done = lab.run(lab.intend(AUTO, "", "99.9", "100.9"), AUTO, lever);
    assertThat(twin.state("actions")).contains("100 true");
    lab.undo(done, lever);
    assertThat(lab.store.find(done.id()).orElseThrow().state()).isEqualTo(State.UNDONE);
    assertThat(twin.state("actions")).contains("1500 false");
  }

  @Test
  void aGithubBudgetThatSomebodyChangedIsLeft() {
    String id = lab.sandbox.githubBudgets().budget("actions", "organization", "labs", 1500, false);
    var lever = github(SetBudget.Scope.ORGANIZATION);
    Action done = lab.run(lab.intend(AUTO, "labs", "99", "100"), AUTO, lever);
    lab.sandbox.githubBudgets().change(id, 777);
    lab.undo(done, lever);
    assertThat(lab.sandbox.githubBudgets().state("actions")).contains("777 true");
    assertThat(lab.store.find(done.id()).orElseThrow().progress().outcome()).contains("1 changed");
  }

  @Test
  void aGithubBudgetWhoseAnswerWasLostIsNotMadeTwice() {
    var lever = github(SetBudget.Scope.ENTERPRISE);
    Action action = lab.intend(AUTO, "", "90", "100");
    lab.step(action, AUTO, lever);
    lab.sandbox.faults().add("github-budgets", new Fault.Slow(Duration.ofMillis(1)), 1);
    lab.sandbox.faults().add("github-budgets", new Fault.Close(true), 1);
    assertThat(lab.run(action, AUTO, lever).state()).isEqualTo(State.DONE);
    assertThat(
            lab.sandbox.requests().requests("github-budgets").stream()
                .filter(request -> request.method().equals("POST")))
        .hasSize(1);
  }

  @Test
  void aWebhookIsCalledWithTheSameIdAndBodyUntilItAnswers() {
    Lever lever = webhook();
    lab.sandbox.faults().add("hooks/act", new Fault.Close(true), 1);
    Action done = lab.run(lab.intend(AUTO, "u1", "120", "100"), AUTO, lever);
    assertThat(done.state()).isEqualTo(State.DONE);
    var calls = lab.sandbox.requests().requests("hooks/act");
    assertThat(calls).hasSize(2);
    assertThat(calls.get(0).body()).isEqualTo(calls.get(1).body());
    assertThat(calls.get(0).body()).contains("\"type\":\"action.requested\"");
    assertThat(calls)
        .allSatisfy(c -> assertThat(c.headers()).containsEntry("webhook-id", done.id() + "_act"));
    lab.undo(done, lever);
    assertThat(lab.sandbox.requests().requests("hooks/act").getLast().body())
        .contains("action.undo_requested");
  }

  @Test
  void aCrashInAnUndoIsReadBackToo() {
    var twin = lab.sandbox.anthropicKeys().key("k1", "ws-a", "active");
    var lever = new DisableKeys(anthropic("actor"));
    Action done = lab.run(lab.intend(AUTO, "ws-a", "9", "5"), AUTO, lever);
    lab.crashAt = Optional.of("!undone");
    assertThatThrownBy(() -> lab.undo(done, lever)).isInstanceOf(LeverLab.Crash.class);
    lab.crashAt = Optional.empty();
    assertThat(lab.run(done, AUTO, lever).state()).isEqualTo(State.UNDONE);
    assertThat(twin.status("k1")).contains("active");
    assertThat(lab.steps).containsOnlyOnce("undo_called");
  }

  private Lever webhook() {
    return new CallWebhook(
        lab.http,
        () -> URI.create(lab.sandbox.url("/hooks/act")),
        (id, body) -> Map.of("webhook-id", id),
        lab.timeout);
  }

  @Test
  void whatNobodyDecidesExpires() {
    ActionSpec approve = LeverLab.spec(Mode.APPROVE);
    Lever lever = webhook();
    Action waiting = lab.run(lab.intend(approve, "u1", "120", "100"), approve, lever);
    assertThat(waiting.progress().dueAt()).contains(lab.now.plus(Stages.DECIDE_WITHIN));
    lab.now = waiting.progress().dueAt().orElseThrow();
    Action expired = lab.run(waiting, approve, lever);
    assertThat(expired.state()).isEqualTo(State.EXPIRED);
    assertThat(expired.progress().outcome()).contains("nobody decided in time");
    assertThat(lab.sandbox.requests().counts("hooks/act").requests()).isZero();
  }

  @Test
  void aProposalEndsWithThePeriodAtTheLatest() {
    ActionSpec approve = LeverLab.spec(Mode.APPROVE);
    lab.now = LeverLab.END.minus(Duration.ofHours(1));
    Action waiting = lab.step(lab.intend(approve, "u1", "120", "100"), approve, webhook());
    assertThat(waiting.progress().dueAt()).contains(LeverLab.END);
  }

  /// The owner hears of it first, and the grace is waited for in full.
  @Test
  void graceIsNoticeBeforeTheAct() {
    Duration grace = Duration.ofMinutes(30);
    ActionSpec later = LeverLab.spec(Mode.AUTO, Optional.empty(), grace, ActionSpec.Undo.NEVER);
    Action announced = lab.step(lab.intend(later, "u1", "120", "100"), later, webhook());
    assertThat(announced.state()).isEqualTo(State.PLANNED);
    assertThat(announced.progress().dueAt()).contains(LeverLab.NOW.plus(grace));
    assertThat(lab.told).containsExactly(Journal.Tell.PROPOSED);
    assertThat(lab.sandbox.requests().counts("hooks/act").requests()).isZero();
    assertThat(lab.run(announced, later, webhook()).state()).isEqualTo(State.DONE);
    assertThat(lab.told).containsExactly(Journal.Tell.PROPOSED, Journal.Tell.DONE);
  }

  @Test
  void suspiciousDataAsksAPersonAndApprovalIsTheOnlyWayOn() {
    lab.suspicious = true;
    Lever lever = webhook();
    Action waiting = lab.run(lab.intend(AUTO, "u1", "120", "100"), AUTO, lever);
    assertThat(waiting.state()).isEqualTo(State.WAITING);
    assertThat(lab.sandbox.requests().counts("hooks/act").requests()).isZero();
    lab.approve(waiting);
    assertThat(lab.run(waiting, AUTO, lever).state()).isEqualTo(State.DONE);
  }
}
