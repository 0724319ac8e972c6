package dev.spendwarden.e2e;

import static dev.spendwarden.e2e.Laboratory.soon;
import static dev.spendwarden.e2e.ReplicaLab.HALL;
import static dev.spendwarden.e2e.ReplicaLab.LAB;
import static dev.spendwarden.e2e.ReplicaLab.SPARE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.store.PostgresLab;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Three real processes on one PostgreSQL, each with a network of its own to it, that share two
/// sources between them. Whatever becomes of one, every change is told, in order, by another one
/// within fifteen seconds, and at most once more for each that was lost.
class ReplicasE2E {

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
  void everyReplicaAnswersTakesOrdersAndTakesOver() throws Exception {
    lab.consumed(LAB, "205", "alert.fired");
    lab.consumed(HALL, "250", "alert.fired");
    for (Replica replica : lab.replicas()) {
      soon().untilAsserted(() -> assertThat(replica.spent(LAB)).isEqualTo("205"));
      soon().untilAsserted(() -> assertThat(replica.spent(HALL)).isEqualTo("250"));
      assertThat(replica.items("sources"))
          .extracting(source -> source.getString("name") + " " + source.getString("failure"))
          .containsExactlyInAnyOrder("ionq-lab null", "ionq-hall null");
      assertThat(replica.get("/").statusCode()).isEqualTo(200);
      assertThat(replica.get("/-/ready").statusCode()).isEqualTo(200);
    }

    for (Replica replica : lab.replicas()) {
      HttpResponse<String> drilled = replica.post("/api/v1/receivers/spare/drill", "{}");
      assertThat(drilled.statusCode()).as(drilled.body()).isBetween(200, 202);
    }
    soon()
        .atMost(Duration.ofSeconds(5))
        .untilAsserted(() -> assertThat(lab.receiver().byId(SPARE)).hasSize(lab.replicas().size()));

    Replica first = lab.judge(LAB, lab.replicas());
    Replica other = lab.judge(HALL, lab.replicas());
    HttpResponse<String> silenced =
        other.post(
            "/api/v1/silences",
            """
            {"match": {"policy": "lab-quota"}, "ends_at": "2027-02-10T00:00:00Z", "comment": "c", "created_by": "ada"}\
            """);
    assertThat(silenced.statusCode()).as(silenced.body()).isEqualTo(201);
    String silence = new JsonObject(silenced.body()).getString("id");
    soon().until(() -> first.get("/api/v1/silences").body().contains(silence));
    lab.consumes(LAB, "251");
    soon().untilAsserted(() -> assertThat(first.spent(LAB)).isEqualTo("251"));
    assertThat(lab.receiver().byId(ReplicaLab.HOOKS)).hasSize(2);
    assertThat(other.delete("/api/v1/silences/" + silence).statusCode()).isBetween(200, 204);
    lab.consumed(LAB, "252", "alert.escalated");

    first.process().kill();
    lab.lost();
    lab.consumed(LAB, "120", "alert.resolved");
    lab.consumed(HALL, "120", "alert.resolved");
    assertThat(lab.judge(LAB, lab.others(first))).isNotSameAs(first);
    lab.areSpread(lab.others(first));
    lab.keptItsPromises();
  }

  @Test
  @Tag("crash")
  void aStoppedReplicaCannotWriteWhenItWakesUp() throws Exception {
    lab.consumed(LAB, "205", "alert.fired");
    Replica first = lab.judge(LAB, lab.replicas());
    first.process().pause();
    lab.lost();
    lab.consumed(HALL, "205", "alert.fired");
    lab.consumed(LAB, "250", "alert.escalated");
    first.process().resume();
    soon()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(first.spent(LAB)).isEqualTo("250"));
    lab.consumed(LAB, "120", "alert.resolved");
    lab.consumed(HALL, "120", "alert.resolved");
    lab.areSpread(lab.replicas());
    lab.keptItsPromises();
  }

  @Test
  @Tag("crash")
  void lostConnectionsAndARollingRestartLoseNothing() throws Exception {
    lab.consumed(LAB, "205", "alert.fired");
    lab.consumed(HALL, "250", "alert.fired");

    lab.disconnect();
    lab.lost();
    lab.consumed(LAB, "120", "alert.resolved");

    for (Replica replica : lab.replicas()) {
      replica.process().askToStop();
      replica.process().awaitExit(Duration.ofSeconds(20));
      replica.launch();
      replica.awaitReady();
    }
    lab.consumed(LAB, "205", "alert.fired");
    lab.consumed(HALL, "120", "alert.resolved");
    lab.keptItsPromises();
  }
}
