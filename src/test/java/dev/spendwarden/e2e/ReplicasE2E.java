package dev.spendwarden.e2e;

import static dev.spendwarden.e2e.Laboratory.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.app.DaemonClock;
import dev.spendwarden.sandbox.Sandbox;
import dev.spendwarden.store.PostgresLab;
import dev.spendwarden.store.StorageAddress;
import dev.spendwarden.store.TcpProxy;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Three real processes on one PostgreSQL, each with a network of its own to it. One of them polls,
/// judges and tells; whatever becomes of it, every change is told, in order, by another one within
/// fifteen seconds, and at most once more for each that was lost.
class ReplicasE2E {

  private static final Duration TAKE_OVER_LONGEST = Duration.ofSeconds(15);

  private static final String POLICIES =
      """
      version: 1
      policies:
        - name: user-quota
          select: { source: ionq-lab, kind: quota }
          per: [user]
          budget: { limit: quota, period: month }
          rules:
            - { name: nearly-spent, when: used >= 0.8, severity: warning }
            - { name: spent, when: used >= 1.0, severity: critical }
      """;

  @TempDir Path folder;

  private final DaemonClock clock = DaemonClock.test(Laboratory.START, 60);
  private final Sandbox sandbox = Sandbox.start(Sandbox.Options.quiet(clock));
  private final HttpClient http = HttpClient.newHttpClient();
  private final List<Replica> replicas = new ArrayList<>();
  private final List<String> told = new ArrayList<>();
  private PostgresLab lab;
  private StorageAddress database;
  private HeldReceiver receiver;
  private int losses;

  private final class Replica implements AutoCloseable {
    private final TcpProxy proxy = new TcpProxy(lab.port());
    private final Path config;
    private ServeProcess process;
    private int port;

    Replica(int number) throws IOException {
      config =
          Files.writeString(
              folder.resolve("replica-" + number + ".yaml"),
              """
              server: { host: 127.0.0.1, port: 0, token: "${TOKEN}" }
              storage: { url: "%s", user: postgres }
              egress: { allow: [127.0.0.0/8] }
              sources:
                - { name: ionq-lab, type: ionq, base_url: "%s", api_key: "${KEY}", organization: %s, poll_interval: 12s }
              receivers:
                - { name: hooks, webhook: { url: "%s", secret: "${HOOK}" } }
              route: { receiver: hooks }
              policies: [policies.yaml]
              """
                  .formatted(
                      PostgresLab.through(proxy.port(), database).url(),
                      sandbox.url("/ionq/v0.3"),
                      Laboratory.ORGANIZATION,
                      receiver.url("hooks")));
    }

    void launch() throws IOException {
      process =
          ServeProcess.start(
              folder,
              Map.of(
                  "KEY", "ionq-key", "HOOK", Laboratory.SECRET, "TOKEN", "a-token-of-many-words"),
              "serve",
              "--config",
              config.toString(),
              "--test-clock",
              clock.instant() + ",x60");
    }

    void awaitReady() {
      // Three virtual machines start at once.
      port = process.awaitReady(Duration.ofSeconds(90));
    }

    HttpResponse<String> get(String path) {
      return send(HttpRequest.newBuilder(address(path)).build());
    }

    HttpResponse<String> post(String path, String body) {
      return send(
          HttpRequest.newBuilder(address(path))
              .header("Authorization", "Bearer a-token-of-many-words")
              .header("Content-Type", "application/json")
              .POST(BodyPublishers.ofString(body))
              .build());
    }

    private URI address(String path) {
      return URI.create("http://127.0.0.1:" + port + path);
    }

    private HttpResponse<String> send(HttpRequest request) {
      try {
        return http.send(request, BodyHandlers.ofString());
      } catch (IOException | InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    /// It shows the metrics of the budgets it judges, and no other's.
    boolean leads() {
      return get("/metrics").body().contains("spendwarden_budget_spent{");
    }

    String spent() {
      return new JsonObject(get("/api/v1/budgets").body())
          .getJsonArray("items").stream()
              .map(JsonObject.class::cast)
              .filter(item -> item.getString("policy").equals("user-quota"))
              .map(item -> item.getString("spent"))
              .findFirst()
              .orElse("");
    }

    @Override
    public void close() throws IOException {
      process.close();
      proxy.close();
    }
  }

  @BeforeEach
  void start() throws IOException {
    lab = PostgresLab.shared();
    database = lab.database();
    receiver = new HeldReceiver();
    sandbox.ionq().member("u1").quota(new BigDecimal("250")).consumed(new BigDecimal("100"));
    Files.writeString(folder.resolve("policies.yaml"), POLICIES);
    for (int i = 0; i < 3; i++) {
      var replica = new Replica(i);
      replicas.add(replica);
      replica.launch();
    }
    replicas.forEach(Replica::awaitReady);
  }

  @AfterEach
  void stop() throws IOException {
    for (Replica replica : replicas) {
      replica.close();
    }
    if (receiver != null) {
      receiver.close();
    }
    sandbox.close();
  }

  private Replica leader(List<Replica> among) {
    return soon()
        .atMost(TAKE_OVER_LONGEST)
        .until(() -> among.stream().filter(Replica::leads).toList(), leading -> leading.size() == 1)
        .getFirst();
  }

  private List<Replica> others(Replica one) {
    return replicas.stream().filter(replica -> replica != one).toList();
  }

  /// @param type what the change is to be told as
  private void consumed(String amount, String type) {
    sandbox.ionq().member("u1").consumed(new BigDecimal(amount));
    told.add(type);
    soon()
        .atMost(TAKE_OVER_LONGEST.plusSeconds(5))
        .untilAsserted(() ->
            assertThat(receiver.byId("hooks").values())
                .extracting(attempts -> attempts.getFirst().type())
                .containsExactlyElementsOf(told));
  }

  private void keptItsPromises() throws Exception {
    var byId = receiver.byId("hooks");
    byId.forEach((id, attempts) ->
        assertThat(attempts)
            .extracting(HeldReceiver.Attempt::body)
            .containsOnly(attempts.getFirst().body()));
    assertThat(receiver.attempts("hooks").size() - byId.size())
        .as("duplicates after %d losses", losses)
        .isLessThanOrEqualTo(losses);
    var newest = new HashMap<String, Integer>();
    byId.values()
        .forEach(attempts ->
            assertThat(attempts.getFirst().sequence())
                .isEqualTo(newest.merge(attempts.getFirst().budget(), 1, Integer::sum)));
    try (var verify =
        ServeProcess.start(
            folder,
            Map.of("KEY", "k", "HOOK", Laboratory.SECRET, "TOKEN", "a-token-of-many-words"),
            "verify",
            "--config",
            replicas.getFirst().config.toString())) {
      assertThat(verify.awaitExit(Duration.ofSeconds(60))).as(verify.output()).isZero();
    }
  }

  @Test
  void everyReplicaAnswersTakesOrdersAndTakesOver() throws Exception {
    consumed("205", "alert.fired");
    Replica first = leader(replicas);
    for (Replica replica : replicas) {
      soon().untilAsserted(() -> assertThat(replica.spent()).isEqualTo("205"));
      assertThat(replica.get("/").statusCode()).isEqualTo(200);
      assertThat(replica.get("/-/ready").statusCode()).isEqualTo(200);
    }

    Replica follower = others(first).getFirst();
    HttpResponse<String> silenced =
        follower.post(
            "/api/v1/silences",
            """
            {"match": {"policy": "user-quota"}, "ends_at": "2027-02-10T00:00:00Z", "comment": "c", "created_by": "ada"}\
            """);
    assertThat(silenced.statusCode()).as(silenced.body()).isEqualTo(201);
    String silence = new JsonObject(silenced.body()).getString("id");
    soon().until(() -> first.get("/api/v1/silences").body().contains(silence));
    sandbox.ionq().member("u1").consumed(new BigDecimal("251"));
    soon().untilAsserted(() -> assertThat(first.spent()).isEqualTo("251"));
    assertThat(receiver.byId("hooks")).hasSize(1);
    HttpResponse<String> ended =
        follower.send(
            HttpRequest.newBuilder(follower.address("/api/v1/silences/" + silence))
                .header("Authorization", "Bearer a-token-of-many-words")
                .DELETE()
                .build());
    assertThat(ended.statusCode()).isBetween(200, 204);
    consumed("252", "alert.escalated");

    first.process.kill();
    losses++;
    consumed("120", "alert.resolved");
    assertThat(leader(others(first))).isNotSameAs(first);
    keptItsPromises();
  }

  @Test
  @Tag("crash")
  void aStoppedReplicaCannotWriteWhenItWakesUp() throws Exception {
    consumed("205", "alert.fired");
    Replica first = leader(replicas);
    first.process.pause();
    losses++;
    consumed("250", "alert.escalated");
    Replica second = leader(others(first));
    first.process.resume();
    soon().atMost(Duration.ofSeconds(30)).until(() -> !first.leads());
    soon()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(first.spent()).isEqualTo("250"));
    consumed("120", "alert.resolved");
    assertThat(leader(replicas)).isSameAs(second);
    keptItsPromises();
  }

  @Test
  @Tag("crash")
  void aBlackHoleALostDatabaseAndARollingRestartLoseNothing() throws Exception {
    consumed("205", "alert.fired");
    Replica first = leader(replicas);
    first.proxy.blackHole();
    losses++;
    consumed("250", "alert.escalated");
    soon().atMost(Duration.ofSeconds(60)).until(() -> first.get("/-/ready").statusCode() == 503);
    first.proxy.pass();
    soon()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(first.spent()).isEqualTo("250"));

    lab.disconnect(database);
    losses++;
    consumed("120", "alert.resolved");

    for (Replica replica : replicas) {
      replica.process.askToStop();
      replica.process.awaitExit(Duration.ofSeconds(20));
      replica.launch();
      replica.awaitReady();
    }
    consumed("205", "alert.fired");
    keptItsPromises();
  }
}
