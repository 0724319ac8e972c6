package dev.spendwarden.e2e;

import static dev.spendwarden.e2e.Laboratory.soon;
import static dev.spendwarden.e2e.ReplicaLab.HALL;
import static dev.spendwarden.e2e.ReplicaLab.HOOKS;
import static dev.spendwarden.e2e.ReplicaLab.LAB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.spendwarden.store.PostgresLab;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Goal: while a change of the configuration goes from replica to replica one configuration counts,
/// that of whoever leads, and nothing is lost, told twice or resolved for another reason than that
/// change. Method: three replicas load, one after the other on SIGHUP, files with a stricter rule,
/// one more receiver and one policy less, while alerts go on.
@Tag("crash")
class RollingReloadE2E {

  private static final String FORMER =
      ReplicaLab.POLICIES
          + """
            - name: old-quota
              select: { source: ionq-hall, kind: quota }
              per: [user]
              budget: { limit: quota, period: month }
              rules:
                - { name: nearly-spent, when: used >= 0.8, severity: warning }
          """;

  private static final String STRICTER =
      ReplicaLab.POLICIES.replaceFirst(
          "rules:\n",
          "rules:\n      - { name: half-spent, when: used >= 0.5, severity: warning }\n");

  private static final String MORE = "more";

  @TempDir Path folder;

  private ReplicaLab lab;

  @BeforeEach
  void start() throws IOException {
    lab = new ReplicaLab(folder, PostgresLab.shared(), FORMER).start();
  }

  @AfterEach
  void stop() throws IOException {
    if (lab != null) {
      lab.close();
    }
  }

  @Test
  void aChangeThatGoesFromOneToTheNextCountsWhenTheOneThatLeadsHasIt() throws Exception {
    lab.expect("old-quota", "alert.fired");
    lab.consumed(HALL, "205", "alert.fired");
    Replica leader = leader();
    List<Replica> others = lab.others(leader);

    // One that does not lead loads it first, and follows: that half is used is not told yet.
    load(others.getFirst());
    lab.consumes(LAB, "130");
    lab.consumed(HALL, "250", "alert.escalated");
    lab.areSpread(lab.others(others.getFirst()));
    await()
        .during(Duration.ofSeconds(3))
        .atMost(Duration.ofSeconds(5))
        .untilAsserted(() -> {
          lab.isTold();
          assertThat(lab.replicas()).allMatch(Replica::isReady);
        });

    // Now it counts, and the last one follows.
    lab.expect("old-quota", "alert.resolved");
    lab.expect("lab-quota", "alert.fired");
    load(leader);
    lab.awaitTold();
    lab.consumed(HALL, "120", "alert.resolved");
    lab.areSpread(lab.others(others.getLast()));
    lab.change(LAB, "205", "alert.updated");
    load(others.getLast());
    lab.awaitTold();
    lab.consumed(LAB, "250", "alert.escalated");
    lab.areSpread(lab.replicas());
    assertThat(lab.replicas())
        .extracting(replica -> replica.get("/api/v1/policies").body())
        .allSatisfy(
            policies -> assertThat(policies).contains("half-spent").doesNotContain("old-quota"));

    assertThat(reasons())
        .containsExactlyInAnyOrder("hall-quota recovered", "old-quota policy_removed");
    soon()
        .untilAsserted(() ->
            assertThat(lab.told(MORE))
                .containsOnly(
                    Map.entry(
                        "lab-quota", List.of("alert.fired", "alert.updated", "alert.escalated"))));
    lab.keptItsPromises(MORE);
    lab.keptItsPromises();
  }

  private Replica leader() {
    return lab.replicas().stream()
        .filter(replica -> replica.name().equals(lab.witness().leader()))
        .findFirst()
        .orElseThrow();
  }

  private void load(Replica replica) throws Exception {
    lab.configure(
        replica,
        STRICTER,
        """
          - { name: more, webhook: { url: "%s", secret: "${HOOK}" } }
        route:
          receiver: hooks
          routes:
            - { match: { policy: lab-quota }, receiver: hooks, continue: true }
            - { match: { policy: lab-quota }, receiver: more }
        """
            .formatted(lab.urlFor(replica.name(), MORE)));
    replica.process().askToReload();
    soon()
        .untilAsserted(
            () -> assertThat(replica.process().output()).contains("configuration_reloaded"));
  }

  /// Why alerts were told to be over.
  private List<String> reasons() {
    var reasons = new ArrayList<String>();
    for (HeldReceiver.Attempt attempt : lab.receiver().attempts(HOOKS)) {
      JsonObject alert = new JsonObject(attempt.body()).getJsonObject("alert");
      if (attempt.type().equals("alert.resolved")) {
        reasons.add(alert.getString("policy") + " " + alert.getString("reason"));
      }
    }
    return reasons;
  }
}
