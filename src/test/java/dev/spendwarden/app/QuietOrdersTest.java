package dev.spendwarden.app;

import static dev.spendwarden.app.EvaluationFixtures.deploy;
import static dev.spendwarden.app.EvaluationFixtures.ended;
import static dev.spendwarden.app.EvaluationFixtures.overTheLine;
import static dev.spendwarden.policy.PolicyFixtures.atLeast;
import static dev.spendwarden.policy.PolicyFixtures.rule;
import static dev.spendwarden.policy.PolicyFixtures.userQuota;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.spendwarden.alert.GrantedWaiver;
import dev.spendwarden.alert.Snapshot;
import dev.spendwarden.metrics.Meters;
import dev.spendwarden.notify.Dispatch;
import dev.spendwarden.notify.Group;
import dev.spendwarden.notify.Hours;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.notify.RouteNode;
import dev.spendwarden.notify.Routes;
import dev.spendwarden.policy.Facts;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.Severity;
import dev.spendwarden.policy.Shard;
import dev.spendwarden.policy.SourceTerms;
import dev.spendwarden.store.InMemoryDatabase;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The real evaluation and dispatch on a store in memory, with a route that groups for so long that
/// nothing is told by itself.
class QuietOrdersTest {

  private static final SourceTerms IONQ = new SourceTerms("ionq-lab", Duration.ofHours(1));
  private static final Duration DAY = Duration.ofDays(1);

  private final Vertx vertx = Vertx.vertx();
  private final InMemoryDatabase database = new InMemoryDatabase();
  private final DaemonClock clock = DaemonClock.system();
  private final Policy policy =
      userQuota(
          rule("nearly-spent", Severity.WARNING, atLeast("used >= 0.8", Facts::used, 0.8, false)));

  @AfterEach
  void stopped() throws Exception {
    ended(vertx.close());
  }

  @Test
  void whatWaitedForTheEndOfAMuteIsToldWhenThatIsTakenBack() throws Exception {
    EvaluationVerticle evaluation = deployed();
    ended(evaluation.accept(overTheLine(IONQ.name(), clock.instant())));
    Instant end = clock.instant().plus(DAY);
    var mute = new Policy.Waiver(end, Optional.empty(), true, "", "ada");
    ended(evaluation.orders().waive(new GrantedWaiver("wai_1", policy.name(), mute)));
    asIfTheGroupHadFallenDueMeanwhile(end);

    ended(evaluation.orders().unwaive("wai_1"));
    await()
        .untilAsserted(() ->
            assertThat(outbox()).extracting(Notification::type).containsExactly("alert.fired"));
  }

  private void asIfTheGroupHadFallenDueMeanwhile(Instant heldUntil) {
    database.transact(ports -> {
      Group group = ports.outbox().groups().due(Instant.MAX, 1).getFirst();
      ports
          .outbox()
          .groups()
          .put(
              new Group(
                  group.id(),
                  group.receiver(),
                  group.path(),
                  group.labels(),
                  group.together(),
                  group.interval(),
                  Optional.of(heldUntil),
                  true,
                  group.restUntil()));
      return group;
    });
  }

  private List<Notification> outbox() {
    return database.read(ports -> ports.outbox().page(0, 9));
  }

  private EvaluationVerticle deployed() throws Exception {
    var root =
        new RouteNode(
            Optional.of("hooks"),
            Map.of(),
            Optional.of(List.of("policy")),
            Optional.of(DAY),
            Optional.empty(),
            Optional.empty(),
            Hours.ALWAYS,
            false,
            List.of());
    var dispatch =
        new Dispatch(
            new Routes(root, Set.of("hooks")), (rule, assessment) -> rule.name(), Optional.empty());
    var evaluation =
        new EvaluationVerticle(
            Restoring.of(
                Shard.whole(List.of(IONQ.name())),
                List.of(policy),
                List.of(IONQ),
                List.of(),
                clock.instant()),
            database,
            names -> database.take(names, "this one", Duration.ofMinutes(1)),
            clock,
            facts -> new DispatchMessenger(() -> dispatch, clock, new Meters("test"), () -> {}),
            new Alone(),
            (took, outcome) -> {});
    deploy(vertx, evaluation);
    return evaluation;
  }

  /// No other shard judges anything.
  private static final class Alone implements Neighbours {
    @Override
    public Snapshot snapshot() {
      return Snapshot.EMPTY;
    }

    @Override
    public void noted(String alertId) {}
  }
}
