package dev.spendwarden.enforce;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.enforce.Action.State;
import dev.spendwarden.enforce.ActionSpec.Mode;
import dev.spendwarden.enforce.anthropic.DisableKeys;
import dev.spendwarden.enforce.ionq.CancelJobs;
import dev.spendwarden.notify.Hours;
import dev.spendwarden.notify.TimeInterval;
import dev.spendwarden.sources.http.Ask.Credential.Header;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Quiet hours of actions: an `auto` action waits, is judged anew and goes on; a person's yes goes
/// through. The clock is turned by hand through nights with and without a change of the clocks.
final class QuietHoursTest {

  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
  private static final int HOUR = 60;

  private final LeverLab lab = new LeverLab();
  private final Lever lever =
      new CancelJobs(
          lab.api("/ionq/v0.3", new Header("authorization", "apiKey actor"), Map.of()),
          CancelJobs.Whose.USER);

  @BeforeEach
  void oneJob() {
    lab.sandbox.ionqJobs().job("j1", "u1", "p1", "submitted");
  }

  @AfterEach
  void close() throws Exception {
    lab.close();
  }

  private static Hours.Named at(String name, int from, int to) {
    var times = List.of(new TimeInterval.Times(from, to));
    return new Hours.Named(
        name, List.of(new TimeInterval(times, Set.of(), List.of(), List.of(), List.of(), BERLIN)));
  }

  /// Mute from midnight to six in Berlin.
  private static final Hours NIGHTS = new Hours(List.of(at("nights", 0, 6 * HOUR)), List.of());

  private static ActionSpec spec(Mode mode, Duration grace, Hours hours) {
    ActionSpec plain = LeverLab.spec(mode, Optional.empty(), grace, ActionSpec.Undo.MANUAL);
    return new ActionSpec(
        plain.name(),
        plain.type(),
        plain.mode(),
        plain.targetLabel(),
        plain.atMost(),
        plain.per(),
        plain.grace(),
        plain.except(),
        plain.undo(),
        hours::muteUntil,
        plain.inert());
  }

  private static final ActionSpec AUTO = spec(Mode.AUTO, Duration.ZERO, NIGHTS);

  private Action intendAt(String time, ActionSpec spec) {
    lab.now = Instant.parse(time);
    return lab.intend(spec, "u1", "120", "100");
  }

  /// Steps to each time at which the action looks again, until it is no longer planned.
  private Action untilItBegins(Action action, ActionSpec spec) {
    Action current = lab.store.find(action.id()).orElseThrow();
    for (int i = 0; current.state() == State.PLANNED && i < 200; i++) {
      lab.now = current.progress().dueAt().orElseThrow();
      current = lab.step(current, spec, lever);
    }
    return current;
  }

  private Optional<String> job() {
    return lab.sandbox.ionqJobs().status("j1");
  }

  /// The test's period is January 2027, so nights with a change of the clocks have their own.
  @ParameterizedTest
  @CsvSource({
    "2027-01-20T23:30:00Z, 2027-01-21T05:00:00Z, a night in winter",
    "2027-03-28T00:30:00Z, 2027-03-28T04:00:00Z, the clocks leap from two to three",
    "2027-10-30T22:30:00Z, 2027-10-31T05:00:00Z, the hour from two to three comes twice",
  })
  void waitsForTheMorningAndActsThen(String begin, String morning, String note) {
    lab.monthOf(Instant.parse(begin));
    Action action = intendAt(begin, AUTO);
    Action held = lab.step(action, AUTO, lever);
    assertThat(held.state()).as(note).isEqualTo(State.PLANNED);
    assertThat(held.progress().outcome()).contains("held, muted until " + morning);
    assertThat(job()).contains("submitted");

    Action ended = untilItBegins(held, AUTO);
    assertThat(lab.now).as(note).isEqualTo(morning);
    assertThat(ended.state()).isEqualTo(State.DONE);
    assertThat(job()).contains("canceled");
    assertThat(lab.steps).as("one row says that it waits").containsOnlyOnce("held");
  }

  @Test
  void outsideOfTheHoursInWhichItIsActiveItWaitsToo() {
    var office = new Hours(List.of(), List.of(at("office", 9 * HOUR, 17 * HOUR)));
    ActionSpec spec = spec(Mode.AUTO, Duration.ZERO, office);
    Action ended = untilItBegins(intendAt("2027-01-20T19:00:00Z", spec), spec);
    assertThat(lab.now).isEqualTo("2027-01-21T08:00:00Z");
    assertThat(ended.state()).isEqualTo(State.DONE);
  }

  @Test
  void aBreachThatEndsInTheNightIsNotActedOnInTheMorning() {
    Action held = lab.step(intendAt("2027-01-20T23:30:00Z", AUTO), AUTO, lever);
    lab.ruleFires = false;
    lab.now = held.progress().dueAt().orElseThrow();
    assertThat(lab.now).isEqualTo("2027-01-20T23:35:00Z");
    Action ended = lab.step(held, AUTO, lever);
    assertThat(ended.state()).isEqualTo(State.EXPIRED);
    assertThat(ended.progress().outcome()).contains(Stages.RECOVERED);
    assertThat(job()).contains("submitted");
  }

  @Test
  void graceThatRunsIntoTheNightWaitsForItsEnd() {
    ActionSpec spec = spec(Mode.AUTO, Duration.ofHours(2), NIGHTS);
    Action announced = lab.step(intendAt("2027-01-20T22:00:00Z", spec), spec, lever);
    assertThat(lab.told).containsExactly(Journal.Tell.PROPOSED);
    Action ended = untilItBegins(announced, spec);
    assertThat(lab.now).isEqualTo("2027-01-21T05:00:00Z");
    assertThat(ended.state()).isEqualTo(State.DONE);
  }

  @Test
  void whatAPersonApprovedGoesThroughInTheNight() {
    ActionSpec spec = spec(Mode.APPROVE, Duration.ZERO, NIGHTS);
    Action waiting = lab.step(intendAt("2027-01-20T23:30:00Z", spec), spec, lever);
    assertThat(waiting.state()).isEqualTo(State.WAITING);
    lab.approve(waiting);
    assertThat(lab.step(waiting, spec, lever).state()).isEqualTo(State.DONE);
    assertThat(job()).contains("canceled");
  }

  @Test
  void aSuspiciousFigureIsShownToAPersonAtOnce() {
    lab.suspicious = true;
    Action waiting = lab.step(intendAt("2027-01-20T23:30:00Z", AUTO), AUTO, lever);
    assertThat(waiting.state()).isEqualTo(State.WAITING);
  }

  @Test
  void aRehearsalIsWrittenDownAtOnce() {
    ActionSpec spec = spec(Mode.DRY_RUN, Duration.ZERO, NIGHTS);
    Action dry = lab.run(intendAt("2027-01-20T23:30:00Z", spec), spec, lever);
    assertThat(dry.state()).as(dry.progress().outcome().orElse("")).isEqualTo(State.DRY_RUN);
  }

  @Test
  void whatIsTakenBackIsNotHeld() {
    var keys =
        new DisableKeys(
            lab.api(
                "/anthropic",
                new Header("x-api-key", "actor"),
                Map.of("anthropic-version", "2023-06-01")));
    lab.sandbox.anthropicKeys().key("k1", "u1", "active");
    Action done = lab.run(intendAt("2027-01-20T12:00:00Z", AUTO), AUTO, keys);
    lab.now = Instant.parse("2027-01-20T23:30:00Z");
    lab.undo(done, keys);
    assertThat(lab.store.find(done.id()).orElseThrow().state()).isEqualTo(State.UNDONE);
  }

  @Test
  void forGoodMeansUntilFurtherNoticeAndOneRow() {
    var never = new Hours(List.of(at("always", 0, 24 * HOUR)), List.of());
    ActionSpec spec = spec(Mode.AUTO, Duration.ZERO, never);
    Action held = lab.step(intendAt("2027-01-20T12:00:00Z", spec), spec, lever);
    assertThat(held.progress().outcome()).contains("held, muted until further notice");
    lab.now = held.progress().dueAt().orElseThrow();
    lab.step(held, spec, lever);
    assertThat(lab.steps).containsOnlyOnce("held");
  }
}
