package dev.spendwarden.app;

import static dev.spendwarden.app.EvaluationFixtures.deploy;
import static dev.spendwarden.app.EvaluationFixtures.ended;
import static dev.spendwarden.app.EvaluationFixtures.overTheLine;
import static dev.spendwarden.policy.PolicyFixtures.atLeast;
import static dev.spendwarden.policy.PolicyFixtures.rule;
import static dev.spendwarden.policy.PolicyFixtures.userQuota;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.Snapshot;
import dev.spendwarden.alert.Transition;
import dev.spendwarden.charge.Names;
import dev.spendwarden.notify.Group;
import dev.spendwarden.notify.Standing;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.Severity;
import dev.spendwarden.policy.Shard;
import dev.spendwarden.policy.SourceTerms;
import dev.spendwarden.sources.PollResult;
import dev.spendwarden.sources.Source;
import dev.spendwarden.store.Database;
import dev.spendwarden.store.InMemoryDatabase;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Goal: whatever is thrown in the midst of a look, an [Error] too, it ends like any look that
/// failed: who waits hears of it, and the next look judges by what is stored. Method: the real
/// verticles on a store in memory, and a part that breaks once, before, inside or after the
/// transaction.
class BrokenLookTest {

  private static final SourceTerms IONQ = new SourceTerms("ionq-lab", Duration.ofHours(1));

  /// Where the part breaks.
  enum Place {
    JUDGING,
    TELLING,
    NUDGING
  }

  private final Vertx vertx = Vertx.vertx();
  private final InMemoryDatabase database = new InMemoryDatabase();
  private final DaemonClock clock = DaemonClock.system();
  private final List<Transition> told = new CopyOnWriteArrayList<>();
  private final AtomicInteger flushes = new AtomicInteger();
  private volatile @Nullable Place breaking;

  /// Whether a group is due as soon as something is told.
  private volatile boolean grouped;

  private volatile int flushesThatBreak;
  private volatile Optional<Instant> repeatAt = Optional.empty();
  private Policy policy;
  private EvaluationVerticle evaluation;

  @BeforeEach
  void deployed() throws Exception {
    policy =
        userQuota(
            rule(
                "nearly-spent",
                Severity.WARNING,
                atLeast(
                    "used >= 0.8",
                    facts -> {
                      breakAt(Place.JUDGING);
                      return facts.used();
                    },
                    0.8,
                    false)));
    evaluation = evaluationOf(policy);
    deploy(vertx, evaluation);
  }

  private EvaluationVerticle evaluationOf(Policy policy) {
    return new EvaluationVerticle(
        Restoring.of(
            Shard.whole(List.of(IONQ.name())),
            List.of(policy),
            List.of(IONQ),
            List.of(),
            clock.instant()),
        database,
        names -> database.take(names, "this one", Duration.ofMinutes(1)),
        clock,
        facts -> new Telling(),
        new Neighbours() {
          @Override
          public Snapshot snapshot() {
            return evaluation.snapshot();
          }

          @Override
          public void noted(String alertId) {}
        },
        (took, outcome) -> {});
  }

  @AfterEach
  void stopped() throws Exception {
    ended(vertx.close());
  }

  @ParameterizedTest
  @EnumSource
  void anErrorEndsALookLikeAnyFailureAndTheNextOneWorks(Place place) throws Exception {
    breaking = place;
    assertThat(
            evaluation
                .accept(overTheLine(IONQ.name(), clock.instant()))
                .toCompletionStage()
                .toCompletableFuture())
        .failsWithin(Duration.ofSeconds(10))
        .withThrowableOfType(ExecutionException.class)
        .withRootCauseInstanceOf(StackOverflowError.class);
    assertThat(evaluation.isWorking()).isFalse();

    ended(evaluation.accept(overTheLine(IONQ.name(), clock.instant())));
    assertThat(evaluation.isWorking()).isTrue();
    assertThat(told).extracting(Transition::kind).containsExactly(Transition.Kind.FIRED);
    assertThat(stored()).extracting(Alert::state).containsExactly(Alert.State.FIRING);
  }

  @ParameterizedTest
  @EnumSource
  void aPollerWhoseReadingBrokeALookPollsOn(Place place) throws Exception {
    breaking = place;
    deploy(
        vertx,
        poller(() ->
            new PollResult.Complete(overTheLine(IONQ.name(), clock.instant()), Optional.empty())));
    await().untilAsserted(() -> assertThat(stored()).hasSize(1));
    await().until(evaluation::isWorking);
    assertThat(told).extracting(Transition::kind).containsExactly(Transition.Kind.FIRED);
  }

  /// What a look found is durable before its groups are told: that they could not be told may
  /// neither fail whoever waits for the look nor throw away what is in memory.
  @Test
  void groupsThatCannotBeToldDoNotUndoTheLookBeforeThem() throws Exception {
    grouped = true;
    flushesThatBreak = 1;
    ended(evaluation.accept(overTheLine(IONQ.name(), clock.instant())));
    assertThat(flushes.get()).isEqualTo(1);
    assertThat(evaluation.isWorking()).isTrue();
    assertThat(told).extracting(Transition::kind).containsExactly(Transition.Kind.FIRED);
    assertThat(stored()).extracting(Alert::state).containsExactly(Alert.State.FIRING);

    await().untilAsserted(() -> assertThat(waitingGroups()).as("told at the next try").isEmpty());
    assertThat(flushes.get()).isGreaterThan(1);
    assertThat(told).extracting(Transition::kind).containsExactly(Transition.Kind.FIRED);
  }

  /// Only the process knew when it would tell again: the next one works it out at its start.
  @Test
  void whatFiresWhenAProcessEndsIsToldAgainByTheNextOne() throws Exception {
    ended(evaluation.accept(overTheLine(IONQ.name(), clock.instant())));
    ended(vertx.undeploy(vertx.deploymentIDs().iterator().next()));
    repeatAt = Optional.of(clock.instant());
    deploy(vertx, evaluationOf(policy));
    await()
        .untilAsserted(() ->
            assertThat(told)
                .extracting(Transition::kind)
                .startsWith(Transition.Kind.FIRED, Transition.Kind.REPEATED));
  }

  private List<Group> waitingGroups() {
    return database.read(ports -> ports.outbox().groups().due(Instant.MAX, 9));
  }

  @Test
  void aSourceThatBreaksIsAskedAgain() throws Exception {
    var polls = new AtomicInteger();
    deploy(
        vertx,
        poller(() -> {
          if (polls.getAndIncrement() == 0) {
            throw new StackOverflowError("for the test");
          }
          return new PollResult.Complete(
              overTheLine(IONQ.name(), clock.instant()), Optional.empty());
        }));
    await().untilAsserted(() -> assertThat(stored()).hasSize(1));
  }

  private SourceVerticle poller(Supplier<PollResult> answers) {
    Source source =
        new Source() {
          @Override
          public String name() {
            return IONQ.name();
          }

          @Override
          public Duration resolution() {
            return Duration.ZERO;
          }

          @Override
          public PollResult poll(PollContext context) {
            return answers.get();
          }
        };
    return new SourceVerticle(
        source,
        "ionq",
        Duration.ofMillis(200),
        () -> Instant.MIN,
        evaluation,
        clock,
        (name, result, took) -> {});
  }

  private void breakAt(Place place) {
    if (breaking == place) {
      breaking = null;
      throw new StackOverflowError("for the test");
    }
  }

  private List<Alert> stored() {
    return database.read(ports -> ports.alerts().restore(Instant.MIN));
  }

  /// Remembers what was told by a transaction that was kept.
  private final class Telling implements Messenger {

    @Override
    public void tell(Database.Ports ports, List<Transition> transitions) {
      if (!transitions.isEmpty()) {
        breakAt(Place.TELLING);
      }
      told.addAll(transitions);
      if (grouped && !transitions.isEmpty()) {
        ports.outbox().groups().put(group(Optional.of(clock.instant())));
      }
    }

    @Override
    public Optional<Instant> firstRepeat(Policy policy, Alert alert, Instant firedAt) {
      return Optional.empty();
    }

    @Override
    public Optional<Instant> nextRepeat(
        Policy policy, Alert alert, Map<String, Instant> told, Instant now) {
      return repeatAt;
    }

    @Override
    public void flush(Database.Ports ports, Standing standing, Names policies) {
      if (flushes.incrementAndGet() <= flushesThatBreak) {
        throw new StackOverflowError("for the test");
      }
      ports.outbox().groups().put(group(Optional.empty()));
    }

    private Group group(Optional<Instant> flushAt) {
      return new Group(
          "g", "hooks", "{}", Map.of(), true, Duration.ZERO, flushAt, false, Instant.EPOCH);
    }

    @Override
    public void stored(List<Transition> transitions) {}

    @Override
    public void nudge() {
      breakAt(Place.NUDGING);
    }
  }
}
