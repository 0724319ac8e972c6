package dev.spendwarden.e2e;

import static dev.spendwarden.e2e.Laboratory.soon;
import static dev.spendwarden.e2e.ReplicaLab.HALL;
import static dev.spendwarden.e2e.ReplicaLab.HOOKS;
import static dev.spendwarden.e2e.ReplicaLab.LAB;
import static dev.spendwarden.e2e.ReplicaLab.TAKE_OVER_LONGEST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.spendwarden.store.PostgresLab;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Goal: a network that swallows everything for thirty seconds, five times as long as leases last,
/// loses nothing, and whoever was cut off writes and tells nothing of what others took over.
/// Method: the proxies between three replicas and their database neither pass nor refuse nor close
/// anything, and let go on what they held when the time is over.
@Tag("crash")
class BlackHoleE2E {

  private static final Duration HOLE = Duration.ofSeconds(30);

  private static final Duration BACK_LONGEST = Duration.ofSeconds(60);

  @TempDir Path folder;

  private ReplicaLab lab;

  @BeforeEach
  void start() throws IOException {
    lab = new ReplicaLab(folder, PostgresLab.shared()).start();
  }

  @AfterEach
  void stop() throws IOException {
    if (lab != null) {
      lab.close();
    }
  }

  @Test
  void oneThatIsCutOffWritesNothingAndAnotherTakesOver() throws Exception {
    lab.consumed(LAB, "205", "alert.fired");
    Replica lost = lab.judge(LAB, lab.replicas());

    lost.proxy().blackHole();
    Instant began = Instant.now();
    lab.lost();
    lab.change(LAB, "250", "alert.escalated");
    awaitTakenOver(lost);
    lab.awaitTold();
    int written = lab.witness().writes(lost.name());
    long told = lab.toldBy(lost);
    lab.change(HALL, "250", "alert.fired");
    until(
        began.plus(HOLE),
        () -> {
          assertThat(lab.witness().writes(lost.name())).isEqualTo(written);
          assertThat(lab.toldBy(lost)).isEqualTo(told);
          assertThat(lab.others(lost)).allMatch(Replica::isReady);
        });
    lab.isTold();
    assertThat(lost.isReady()).isFalse();
    lost.proxy().pass();

    soon()
        .atMost(BACK_LONGEST)
        .untilAsserted(() -> {
          assertThat(lost.isReady()).isTrue();
          assertThat(lost.spent(LAB)).isEqualTo("250");
        });
    lab.areSpread(lab.replicas());
    lab.consumed(LAB, "120", "alert.resolved");
    lab.consumed(HALL, "120", "alert.resolved");
    lab.keptItsPromises();
  }

  /// In thirty seconds a replica gives a write up by itself. Here it still waits for its turn to
  /// make one when the way is open again, and another has taken over.
  @Test
  void whatWasOnItsWayWhenAnotherTookOverIsRefused() throws Exception {
    lab.consumed(LAB, "205", "alert.fired");
    Replica lost = lab.judge(LAB, lab.replicas());
    lost.proxy().blackHoleAt("writers_turn");
    lab.lost();
    lab.change(LAB, "250", "alert.escalated");
    awaitTakenOver(lost);
    lab.awaitTold();
    lost.proxy().pass();

    soon().atMost(BACK_LONGEST).until(lost::isReady);
    lab.areSpread(lab.replicas());
    lab.consumed(LAB, "120", "alert.resolved");
    lab.keptItsPromises();
    assertThat(lost.process().output()).contains("another replica has taken over");
  }

  private void awaitTakenOver(Replica lost) {
    soon()
        .atMost(TAKE_OVER_LONGEST)
        .untilAsserted(() -> assertThat(lab.witness().holders()).doesNotContain(lost.name()));
  }

  @Test
  void allOfThemAtOnceLoseNothing() throws Exception {
    lab.consumed(LAB, "205", "alert.fired");
    Instant began = allCutOffOnTheAnswerTo(() -> lab.change(LAB, "250", "alert.escalated"));
    lab.lost();
    int told = lab.receiver().attempts(HOOKS).size();
    lab.change(HALL, "205", "alert.fired");
    soon().atMost(HOLE).until(() -> lab.replicas().stream().noneMatch(Replica::isReady));
    until(
        began.plus(HOLE),
        () -> {
          assertThat(lab.receiver().attempts(HOOKS)).as("told unstored").hasSize(told);
          for (Replica replica : lab.replicas()) {
            assertThat(replica.get("/-/healthy").statusCode()).isEqualTo(200);
            assertThat(replica.isReady()).isFalse();
          }
        });
    lab.replicas().forEach(replica -> replica.proxy().pass());

    soon().atMost(BACK_LONGEST).until(() -> lab.replicas().stream().allMatch(Replica::isReady));
    lab.awaitTold();
    lab.areSpread(lab.replicas());
    lab.consumed(HALL, "250", "alert.escalated");
    lab.consumed(LAB, "120", "alert.resolved");
    lab.consumed(HALL, "120", "alert.resolved");
    lab.keptItsPromises();
  }

  /// @return when it began: the receiver has taken the message, and nobody can write that down
  private Instant allCutOffOnTheAnswerTo(Runnable change) throws InterruptedException {
    var cutOff = new CountDownLatch(1);
    lab.receiver().answered =
        () -> {
          lab.replicas().forEach(replica -> replica.proxy().blackHole());
          lab.receiver().answered = () -> {};
          cutOff.countDown();
        };
    change.run();
    assertThat(cutOff.await(60, TimeUnit.SECONDS)).as("cut off on the answer").isTrue();
    return Instant.now();
  }

  /// Up to then this holds at every look.
  private static void until(Instant end, ThrowingRunnable holds) {
    Duration rest = Duration.between(Instant.now(), end);
    assertThat(rest).as("what is left of the time").isPositive();
    await()
        .during(rest)
        .atMost(rest.plusSeconds(5))
        .pollInterval(Duration.ofMillis(200))
        .untilAsserted(holds);
  }
}
