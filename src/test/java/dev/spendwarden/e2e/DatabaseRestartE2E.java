package dev.spendwarden.e2e;

import static dev.spendwarden.e2e.Laboratory.soon;
import static dev.spendwarden.e2e.ReplicaLab.HALL;
import static dev.spendwarden.e2e.ReplicaLab.HOOKS;
import static dev.spendwarden.e2e.ReplicaLab.LAB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.spendwarden.store.PostgresLab;
import dev.spendwarden.store.PostgresLab.Shutdown;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Goal: a database that is restarted under three replicas, politely or as by a crash, costs no
/// message and makes none up. Method: a PostgreSQL server of its own is stopped at the moment at
/// which the receiver has answered, so that nobody can write the delivery down; budgets change
/// while it is away, for longer than leases last; it is started again on the same files and port.
@Tag("crash")
class DatabaseRestartE2E {

  /// All leases run out meanwhile.
  private static final Duration AWAY = Duration.ofSeconds(10);

  @TempDir Path folder;

  private PostgresLab server;
  private ReplicaLab lab;

  @BeforeEach
  void start() throws IOException {
    server = PostgresLab.own();
    lab = new ReplicaLab(folder, server).start();
  }

  @AfterEach
  void stop() throws IOException {
    if (lab != null) {
      lab.close();
    }
    if (server != null) {
      server.close();
    }
  }

  @Test
  void aDatabaseThatIsRestartedPolitelyOrNotLosesNothing() throws Exception {
    lab.consumed(LAB, "205", "alert.fired");
    restart(Shutdown.FAST, "250", "alert.escalated", "alert.fired");
    lab.consumed(LAB, "120", "alert.resolved");
    lab.consumed(HALL, "120", "alert.resolved");

    restart(Shutdown.IMMEDIATE, "205", "alert.fired", "alert.fired");
    lab.consumed(LAB, "120", "alert.resolved");
    lab.consumed(HALL, "120", "alert.resolved");
    lab.keptItsPromises();
  }

  /// While one change is being told the database goes away; another happens meanwhile.
  private void restart(Shutdown how, String amount, String lab, String hall) throws Exception {
    stopOnTheAnswer(how, () -> this.lab.change(LAB, amount, lab));
    this.lab.lost();
    soon()
        .atMost(Duration.ofSeconds(30))
        .until(() -> this.lab.replicas().stream().noneMatch(Replica::isReady));
    int before = this.lab.receiver().attempts(HOOKS).size();

    this.lab.change(HALL, amount, hall);
    await()
        .during(AWAY)
        .atMost(AWAY.plusSeconds(5))
        .pollInterval(Duration.ofMillis(200))
        .untilAsserted(() -> {
          assertThat(this.lab.receiver().attempts(HOOKS)).as("told unstored").hasSize(before);
          for (Replica replica : this.lab.replicas()) {
            assertThat(replica.get("/-/healthy").statusCode()).isEqualTo(200);
            assertThat(replica.isReady()).isFalse();
          }
        });

    server.start();
    soon()
        .atMost(Duration.ofSeconds(30))
        .until(() -> this.lab.replicas().stream().allMatch(Replica::isReady));
    this.lab.awaitTold();
    this.lab.areSpread(this.lab.replicas());
  }

  private void stopOnTheAnswer(Shutdown how, Runnable change) throws Exception {
    var stopped = new CountDownLatch(1);
    lab.receiver().answered =
        () -> {
          lab.receiver().answered = () -> {};
          try {
            server.stop(how);
            stopped.countDown();
          } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
          }
        };
    change.run();
    assertThat(stopped.await(60, TimeUnit.SECONDS)).as("stopped on the answer").isTrue();
  }
}
