package dev.spendwarden.enforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.spendwarden.enforce.Action.State;
import dev.spendwarden.enforce.ActionSpec.Mode;
import dev.spendwarden.enforce.anthropic.DisableKeys;
import dev.spendwarden.enforce.anthropic.ThrottleWorkspace;
import dev.spendwarden.enforce.github.SetBudget;
import dev.spendwarden.enforce.ionq.CancelJobs;
import dev.spendwarden.enforce.webhook.CallWebhook;
import dev.spendwarden.sandbox.Fault;
import dev.spendwarden.sandbox.RequestLog.Request;
import dev.spendwarden.sandbox.Sandbox;
import dev.spendwarden.sources.http.Ask.Credential.Header;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What holds for every lever alike: planning changes nothing, a revoked credential is told, a
/// target that is gone is told, and a process that dies at any step repeats one call at most and
/// makes none that is not written down, forwards and backwards.
final class EveryLeverTest {

  private static final ActionSpec AUTO = LeverLab.spec(Mode.AUTO);

  private final LeverLab lab = new LeverLab();

  @AfterEach
  void close() throws Exception {
    lab.close();
  }

  /// A lever with one thing to act on.
  enum Kind {
    IONQ_JOBS("ionq-jobs", "u1", false),
    ANTHROPIC_KEYS("anthropic-keys", "ws-a", true),
    ANTHROPIC_LIMITS("anthropic-keys", "ws-a", true),
    GITHUB_NEW_BUDGET("github-budgets", "", true),
    GITHUB_BUDGET("github-budgets", "", true),
    WEBHOOK("hooks/act", "u1", true);

    final String mount;
    final String scope;
    final boolean undoes;

    Kind(String mount, String scope, boolean undoes) {
      this.mount = mount;
      this.scope = scope;
      this.undoes = undoes;
    }

    void prepare(Sandbox sandbox) {
      switch (this) {
        case IONQ_JOBS -> sandbox.ionqJobs().job("j1", "u1", "p1", "ready");
        case ANTHROPIC_KEYS -> sandbox.anthropicKeys().key("k1", "ws-a", "active");
        case ANTHROPIC_LIMITS -> sandbox.anthropicKeys().rateLimit("rl1", "ws-a", 4000);
        case GITHUB_BUDGET ->
            sandbox.githubBudgets().budget("actions", "enterprise", "", 15, false);
        case GITHUB_NEW_BUDGET, WEBHOOK -> {}
      }
    }

    Lever lever(LeverLab lab, String credential) {
      return switch (this) {
        case IONQ_JOBS ->
            new CancelJobs(
                lab.api(
                    "/ionq/v0.3", new Header("authorization", "apiKey " + credential), Map.of()),
                CancelJobs.Whose.USER);
        case ANTHROPIC_KEYS -> new DisableKeys(anthropic(lab, credential));
        case ANTHROPIC_LIMITS ->
            new ThrottleWorkspace(
                anthropic(lab, credential), Map.of("requests_per_minute", BigDecimal.TEN));
        case GITHUB_NEW_BUDGET, GITHUB_BUDGET ->
            new SetBudget(
                lab.api("/github", new Header("authorization", "Bearer " + credential), Map.of()),
                "corvid",
                "actions",
                SetBudget.Scope.ENTERPRISE);
        case WEBHOOK ->
            new CallWebhook(
                lab.http,
                () -> URI.create(lab.sandbox.url("/hooks/act")),
                (id, body) -> Map.of("webhook-id", id),
                lab.timeout);
      };
    }

    private static ProviderApi anthropic(LeverLab lab, String credential) {
      return lab.api(
          "/anthropic",
          new Header("x-api-key", credential),
          Map.of("anthropic-version", "2023-06-01"));
    }

    /// How the thing it acts on stands at the provider.
    String standing(LeverLab lab) {
      Sandbox sandbox = lab.sandbox;
      return switch (this) {
        case IONQ_JOBS -> sandbox.ionqJobs().status("j1").orElse("gone");
        case ANTHROPIC_KEYS -> sandbox.anthropicKeys().status("k1").orElse("gone");
        case ANTHROPIC_LIMITS ->
            sandbox.anthropicKeys().override("rl1").map(BigDecimal::toString).orElse("inherited");
        case GITHUB_NEW_BUDGET, GITHUB_BUDGET ->
            sandbox.githubBudgets().state("actions").orElse("none");
        case WEBHOOK ->
            sandbox.requests().requests(mount).stream()
                .map(request -> request.headers().get("webhook-id").replaceAll(".*_", ""))
                .reduce("", (_, last) -> last);
      };
    }
  }

  private List<Request> changes(Kind kind) {
    return lab.sandbox.requests().requests(kind.mount).stream()
        .filter(request -> !request.method().equals("GET"))
        .toList();
  }

  private Action intend(Kind kind, ActionSpec spec) {
    kind.prepare(lab.sandbox);
    return lab.intend(spec, kind.scope, "90", "100");
  }

  private long written(String step) {
    return lab.steps.stream().filter(step::equals).count();
  }

  @ParameterizedTest
  @EnumSource
  void aPlanChangesNothingAndActingIsApart(Kind kind) {
    Lever lever = kind.lever(lab, "actor");
    ActionSpec approve = LeverLab.spec(Mode.APPROVE);
    Action waiting = lab.run(intend(kind, approve), approve, lever);
    String before = kind.standing(lab);
    assertThat(waiting.state()).isEqualTo(State.WAITING);
    assertThat(waiting.targets()).hasSize(1);
    assertThat(changes(kind)).isEmpty();
    lab.approve(waiting);
    assertThat(lab.run(waiting, approve, lever).state()).isEqualTo(State.DONE);
    assertThat(changes(kind)).hasSize(1);
    assertThat(kind.standing(lab)).isNotEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource
  void aRehearsalChangesNothing(Kind kind) {
    ActionSpec dry = LeverLab.spec(Mode.DRY_RUN);
    Action ended = lab.run(intend(kind, dry), dry, kind.lever(lab, "actor"));
    assertThat(ended.state()).isEqualTo(State.DRY_RUN);
    assertThat(ended.progress().outcome()).contains("would act on 1 target");
    assertThat(changes(kind)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void aRevokedCredentialFailsAtOnceAndIsTold(Kind kind) {
    if (kind == Kind.WEBHOOK) {
      lab.sandbox.faults().add(kind.mount, new Fault.Status(401, Optional.empty()), 1);
    }
    Action ended = lab.run(intend(kind, AUTO), AUTO, kind.lever(lab, "revoked"));
    assertThat(ended.state()).isEqualTo(State.FAILED);
    assertThat(ended.progress().outcome().orElse("")).contains("auth:");
    assertThat(lab.told).containsExactly(Journal.Tell.FAILED);
    assertThat(lab.sandbox.requests().requests(kind.mount)).as("nothing is retried").hasSize(1);
  }

  /// Revoked between the plan and the act: nothing was changed, and that is said.
  @ParameterizedTest
  @EnumSource(names = "WEBHOOK", mode = EnumSource.Mode.EXCLUDE)
  void aCredentialRevokedAfterThePlanFails(Kind kind) {
    Action action = intend(kind, AUTO);
    lab.step(action, AUTO, kind.lever(lab, "actor"));
    Action ended = lab.run(action, AUTO, kind.lever(lab, "revoked"));
    assertThat(ended.state()).isEqualTo(State.FAILED);
    assertThat(ended.progress().outcome().orElse("")).startsWith("1 failed; auth:");
    assertThat(changes(kind)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"IONQ_JOBS", "ANTHROPIC_KEYS", "ANTHROPIC_LIMITS", "GITHUB_BUDGET"})
  void aTargetThatIsGoneByThenIsToldAsGone(Kind kind) {
    Lever lever = kind.lever(lab, "actor");
    Action action = intend(kind, AUTO);
    lab.step(action, AUTO, lever);
    switch (kind) {
      case IONQ_JOBS -> lab.sandbox.ionqJobs().delete("j1");
      case ANTHROPIC_KEYS -> lab.sandbox.anthropicKeys().delete("k1");
      case ANTHROPIC_LIMITS -> lab.sandbox.anthropicKeys().deleteRateLimit("rl1");
      default -> lab.sandbox.githubBudgets().delete("actions");
    }
    Action ended = lab.run(action, AUTO, lever);
    assertThat(ended.state()).isEqualTo(State.DONE);
    assertThat(ended.progress().outcome()).contains("1 gone");
    assertThat(changes(kind)).isEmpty();
  }

  static Stream<Arguments> crashes() {
    var rows = new ArrayList<Arguments>();
    for (Kind kind : Kind.values()) {
      for (String step :
          List.of("!planned", "planned", "!started", "started", "!called", "called", "!done")) {
        rows.add(Arguments.of(kind, step));
      }
    }
    return rows.stream();
  }

  @ParameterizedTest
  @MethodSource("crashes")
  void aCrashAtAnyStepRepeatsOneCallAtMost(Kind kind, String step) {
    Lever lever = kind.lever(lab, "actor");
    Action action = intend(kind, AUTO);
    crash(step, () -> lab.run(action, AUTO, lever));
    Action ended = lab.run(action, AUTO, lever);
    assertThat(ended.state()).isEqualTo(State.DONE);
    assertThat(ended.progress().outcome()).contains("1 done");
    // Only a webhook cannot be asked what it did: the receiver tells a repetition by its id.
    int most = kind == Kind.WEBHOOK && step.equals("!done") ? 2 : 1;
    assertThat(changes(kind)).hasSize(most);
    assertThat(written("called")).isGreaterThanOrEqualTo(changes(kind).size());
  }

  static Stream<Arguments> crashesInUndo() {
    return Stream.of(Kind.values())
        .filter(kind -> kind.undoes)
        .flatMap(kind ->
            Stream.of("!undo_started", "undo_started", "!undo_called", "undo_called", "!undone")
                .map(step -> Arguments.of(kind, step)));
  }

  @ParameterizedTest
  @MethodSource("crashesInUndo")
  void aCrashInAnUndoRepeatsOneCallAtMost(Kind kind, String step) {
    Lever lever = kind.lever(lab, "actor");
    Action action = intend(kind, AUTO);
    String before = kind.standing(lab);
    Action done = lab.run(action, AUTO, lever);
    int calls = changes(kind).size();
    crash(step, () -> lab.undo(done, lever));
    if (step.equals("!undo_started")) {
      lab.undo(done, lever);
    }
    Action ended = lab.run(done, AUTO, lever);
    assertThat(ended.state()).isEqualTo(State.UNDONE);
    assertThat(kind.standing(lab)).isEqualTo(kind == Kind.WEBHOOK ? "undo" : before);
    int most = kind == Kind.WEBHOOK && step.equals("!undone") ? 2 : 1;
    assertThat(changes(kind)).hasSize(calls + most);
    assertThat(written("undo_called")).isGreaterThanOrEqualTo(most);
  }

  private void crash(String step, ThrowingCallable work) {
    lab.crashAt = Optional.of(step);
    assertThatThrownBy(work).isInstanceOf(LeverLab.Crash.class);
    lab.crashAt = Optional.empty();
  }

  /// No key can be made by API: archiving would be for good.
  @ParameterizedTest
  @EnumSource(names = {"ANTHROPIC_KEYS", "ANTHROPIC_LIMITS"})
  void nothingOfAnthropicIsEverArchivedOrDeleted(Kind kind) {
    Lever lever = kind.lever(lab, "actor");
    Action done = lab.run(intend(kind, AUTO), AUTO, lever);
    lab.undo(done, lever);
    assertThat(changes(kind))
        .hasSize(2)
        .allSatisfy(request -> {
          assertThat(request.method()).isEqualTo("POST");
          assertThat(request.path() + request.body()).doesNotContain("archive");
        });
  }

  @ParameterizedTest
  @EnumSource(names = "ANTHROPIC_KEYS")
  void capsAndExceptionsHoldForKeysToo(Kind kind) {
    var capped = LeverLab.spec(Mode.AUTO, Optional.of(1), Duration.ZERO, ActionSpec.Undo.NEVER);
    Action action = intend(kind, capped);
    lab.sandbox.anthropicKeys().key("kept", "ws-a", "active").key("k2", "ws-a", "active");
    Action ended = lab.run(action, capped, kind.lever(lab, "actor"));
    assertThat(ended.progress().reason()).contains("1 of 3, capped at 1 within 1h, 1 excepted");
    assertThat(lab.sandbox.anthropicKeys().status("k1")).contains("inactive");
    assertThat(lab.sandbox.anthropicKeys().status("k2")).contains("active");
    assertThat(lab.sandbox.anthropicKeys().status("kept")).contains("active");
  }
}
