package dev.spendwarden.enforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.spendwarden.enforce.Action.State;
import dev.spendwarden.enforce.ActionSpec.Mode;
import dev.spendwarden.enforce.ionq.CancelJobs;
import dev.spendwarden.sandbox.Fault;
import dev.spendwarden.sources.http.Ask.Credential.Header;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// IonQ's lever and the stages of an action, against the jobs twin: faults, crashes, caps.
final class CancelJobsTest {

  private static final ActionSpec AUTO = LeverLab.spec(Mode.AUTO);
  private static final Header KEY = new Header("authorization", "apiKey actor");

  private final LeverLab lab = new LeverLab();
  private final Lever lever = lever(KEY);

  private Lever lever(Header key) {
    return new CancelJobs(lab.api("/ionq/v0.3", key, Map.of()), CancelJobs.Whose.USER);
  }

  @AfterEach
  void close() throws Exception {
    lab.close();
  }

  private Action run(ActionSpec spec) {
    return lab.run(lab.intend(spec, "u1", "120", "100"), spec, lever);
  }

  private void jobs(int count) {
    for (int i = 0; i < count; i++) {
      lab.sandbox.ionqJobs().job("j" + i, "u1", "p1", i % 2 == 0 ? "submitted" : "ready");
    }
  }

  private long canceled(int count) {
    return java.util.stream.IntStream.range(0, count)
        .filter(i -> lab.sandbox.ionqJobs().status("j" + i).equals(Optional.of("canceled")))
        .count();
  }

  private long puts() {
    return lab.sandbox.requests().requests("ionq-jobs").stream()
        .filter(request -> request.method().equals("PUT"))
        .count();
  }

  @Test
  void goesThroughAllPagesAndCancelsInBatches() {
    jobs(250);
    Action action = run(AUTO);
    assertThat(action.state()).isEqualTo(State.DONE);
    assertThat(canceled(250)).isEqualTo(250);
    assertThat(puts()).isEqualTo(25);
  }

  @Test
  void touchesOnlyJobsOfTheUserEvenWhereTheFilterHasNoEffect() {
    lab.sandbox.ionqJobs().ignoreSubmitter(true).job("theirs", "u2", "p1", "submitted");
    jobs(1);
    assertThat(run(AUTO).targets()).extracting(Target::id).containsExactly("j0");
    assertThat(lab.sandbox.ionqJobs().status("theirs")).contains("submitted");
  }

  @Test
  void takesNoMoreThanTheCapWithinItsTimeAndNeverAnException() {
    jobs(5);
    lab.sandbox.ionqJobs().job("kept", "u1", "p1", "ready");
    ActionSpec capped =
        LeverLab.spec(Mode.AUTO, Optional.of(3), Duration.ZERO, ActionSpec.Undo.NEVER);
    Action first = run(capped);
    assertThat(first.state()).isEqualTo(State.DONE);
    assertThat(first.progress().reason()).contains("3 of 6").contains("1 excepted");
    lab.now = LeverLab.NOW;
    Action second = lab.intend(capped, "u1", "120", "100", "alert-2");
    second = lab.step(second, capped, lever);
    assertThat(second.progress().outcome().orElse("")).startsWith("held, capped");
    assertThat(canceled(5)).isEqualTo(3);
    assertThat(lab.run(second, capped, lever).state()).isEqualTo(State.DONE);
    assertThat(canceled(5)).isEqualTo(5);
    assertThat(lab.sandbox.ionqJobs().status("kept")).contains("ready");
  }

  /// What each was planned with fits; what both would take together does not.
  @Test
  void twoApprovedAtOnceStayUnderTheCapTogether() {
    for (int i = 0; i < 4; i++) {
      lab.sandbox.ionqJobs().job("j" + i, "u" + (1 + i / 2), "p1", "ready");
    }
    ActionSpec capped =
        LeverLab.spec(Mode.APPROVE, Optional.of(3), Duration.ZERO, ActionSpec.Undo.NEVER);
    Action first = lab.step(lab.intend(capped, "u1", "120", "100"), capped, lever);
    Action second = lab.step(lab.intend(capped, "u2", "120", "100", "alert-2"), capped, lever);
    lab.approve(first);
    lab.approve(second);
    lab.step(first, capped, lever);
    lab.step(second, capped, lever);
    assertThat(canceled(4)).isEqualTo(3);
  }

  @Test
  void aCallWhoseAnswerIsLostIsReadBackAndNotRepeated() {
    jobs(2);
    Action action = lab.intend(AUTO, "u1", "120", "100");
    lab.step(action, AUTO, lever);
    // Two reads before the call; the call itself is done, its answer never comes.
    lab.sandbox.faults().add("ionq-jobs", new Fault.Slow(Duration.ofMillis(1)), 2);
    lab.sandbox.faults().add("ionq-jobs", new Fault.Hang(true), 1);
    lab.timeout = Duration.ofSeconds(3);
    Action ended = lab.run(action, AUTO, lever(KEY));
    assertThat(ended.state()).isEqualTo(State.DONE);
    assertThat(puts()).isEqualTo(1);
    assertThat(lab.steps).containsOnlyOnce("called");
  }

  @Test
  void aCallThatNeverArrivedIsMadeAgainAfterReadingBack() {
    jobs(2);
    Action action = lab.intend(AUTO, "u1", "120", "100");
    lab.step(action, AUTO, lever);
    lab.sandbox.faults().add("ionq-jobs", new Fault.Slow(Duration.ofMillis(1)), 2);
    lab.sandbox.faults().add("ionq-jobs", new Fault.Status(503, Optional.empty()), 1);
    assertThat(lab.run(action, AUTO, lever).state()).isEqualTo(State.DONE);
    assertThat(canceled(2)).isEqualTo(2);
    assertThat(lab.steps).containsSubsequence("called", "retrying", "called", "done");
  }

  @Test
  void aTargetThatIsGoneByThenIsToldAsGone() {
    jobs(2);
    Action action = lab.intend(AUTO, "u1", "120", "100");
    lab.step(action, AUTO, lever);
    lab.sandbox.ionqJobs().delete("j0");
    Action ended = lab.run(action, AUTO, lever);
    assertThat(ended.state()).isEqualTo(State.DONE);
    assertThat(ended.progress().outcome()).contains("1 gone, 1 done");
  }

  @Test
  void aRevokedCredentialFailsAtOnceAndIsTold() {
    jobs(1);
    Lever revoked = lever(new Header("authorization", "apiKey revoked"));
    Action ended = lab.run(lab.intend(AUTO, "u1", "120", "100"), AUTO, revoked);
    assertThat(ended.state()).isEqualTo(State.FAILED);
    assertThat(ended.progress().outcome().orElse("")).startsWith("auth:");
    assertThat(lab.told).containsExactly(Journal.Tell.FAILED);
  }

  @Test
  void aCredentialThatCannotBeReadFailsWithoutACall() {
    Lever unreadable =
        new CancelJobs(
            lab.api(
                "/ionq/v0.3",
                () -> {
                  throw new UncheckedIOException(new java.io.IOException("gone"));
                },
                Map.of()),
            CancelJobs.Whose.USER);
    Action ended = lab.run(lab.intend(AUTO, "u1", "120", "100"), AUTO, unreadable);
    assertThat(ended.progress().outcome()).contains("auth: the action's credential cannot be read");
    assertThat(lab.sandbox.requests().counts("ionq-jobs").requests()).isZero();
  }

  /// The process dies at each step in turn; started again, it ends the action with one call at most
  /// repeated, and none that was not written down.
  @ParameterizedTest
  @ValueSource(
      strings = {"!planned", "planned", "!started", "started", "!called", "called", "!done"})
  void aCrashAtAnyStepRepeatsAtMostOneCall(String where) {
    jobs(3);
    Action action = lab.intend(AUTO, "u1", "120", "100");
    lab.crashAt = Optional.of(where);
    assertThatThrownBy(() -> lab.run(action, AUTO, lever)).isInstanceOf(LeverLab.Crash.class);
    lab.crashAt = Optional.empty();
    assertThat(lab.run(action, AUTO, lever).state()).isEqualTo(State.DONE);
    assertThat(canceled(3)).isEqualTo(3);
    assertThat(puts()).isEqualTo(1);
    long written = lab.steps.stream().filter("called"::equals).count();
    assertThat(written).isBetween(1L, 2L);
  }

  @Test
  void aListThatGoesRoundIsNotBelieved() {
    jobs(150);
    lab.sandbox.faults().add("ionq-jobs", new Fault.Replace("next", "\"j0\""));
    Action ended = run(AUTO);
    assertThat(ended.state()).isEqualTo(State.FAILED);
    assertThat(ended.progress().outcome().orElse("")).contains("goes round");
    assertThat(canceled(150)).isZero();
  }

  @Test
  void theKillSwitchStopsBetweenTheIntentAndTheCall() {
    jobs(1);
    Action action = lab.intend(AUTO, "u1", "120", "100");
    lab.step(action, AUTO, lever);
    lab.crashAt = Optional.of("started");
    assertThatThrownBy(() -> lab.step(action, AUTO, lever)).isInstanceOf(LeverLab.Crash.class);
    lab.crashAt = Optional.empty();
    lab.enabled = false;
    lab.step(action, AUTO, lever);
    assertThat(puts()).isZero();
    lab.enabled = true;
    assertThat(lab.run(action, AUTO, lever).state()).isEqualTo(State.DONE);
  }

  @Test
  void nothingToDoIsDoneWithoutANotice() {
    Action ended = run(AUTO);
    assertThat(ended.state()).isEqualTo(State.DONE);
    assertThat(ended.progress().outcome()).contains("there is nothing to act on");
    assertThat(lab.told).isEmpty();
  }

  @Test
  void aProjectIsAScopeToo() {
    jobs(1);
    lab.sandbox.ionqJobs().job("other", "u9", "p2", "ready");
    Lever project = new CancelJobs(lab.api("/ionq/v0.4", KEY, Map.of()), CancelJobs.Whose.PROJECT);
    Action ended = lab.run(lab.intend(AUTO, "p2", "120", "100"), AUTO, project);
    assertThat(ended.targets()).extracting(Target::id).isEqualTo(List.of("other"));
  }
}
