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
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Three real processes on one PostgreSQL, each with a network of its own to it, that share two
/// sources between them. Whatever becomes of one, every change is told, in order, by another one
/// within fifteen seconds, and at most once more for each that was lost.
class ReplicasE2E {

  private static final Duration TAKE_OVER_LONGEST = Duration.ofSeconds(15);

  private static final String POLICIES =
      """
      version: 1
      policies:
        - name: lab-quota
          select: { source: ionq-lab, kind: quota }
          per: [user]
          budget: { limit: quota, period: month }
          rules:
            - { name: nearly-spent, when: used >= 0.8, severity: warning }
            - { name: spent, when: used >= 1.0, severity: critical }
        - name: hall-quota
          select: { source: ionq-hall, kind: quota }
          per: [user]
          budget: { limit: quota, period: month }
          rules:
            - { name: nearly-spent, when: used >= 0.8, severity: warning }
            - { name: spent, when: used >= 1.0, severity: critical }
      """;

  private static final String LAB = "lab";
  private static final String HALL = "hall";

  @TempDir Path folder;

  private final DaemonClock clock = DaemonClock.test(Laboratory.START, 60);

  /// What each source asks.
  private final Map<String, Sandbox> providers =
      Map.of(
          LAB, Sandbox.start(Sandbox.Options.quiet(clock)),
          HALL, Sandbox.start(Sandbox.Options.quiet(clock)));

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
                - { name: ionq-hall, type: ionq, base_url: "%s", api_key: "${KEY}", organization: %s, poll_interval: 12s }
              receivers:
                - { name: hooks, webhook: { url: "%s", secret: "${HOOK}" } }
                - { name: spare, webhook: { url: "%s", secret: "${HOOK}" } }
              route: { receiver: hooks }
              policies: [policies.yaml]
              """
                  .formatted(
                      PostgresLab.through(proxy.port(), database).url(),
                      providers.get(LAB).url("/ionq/v0.3"),
                      Laboratory.ORGANIZATION,
                      providers.get(HALL).url("/ionq/v0.3"),
                      Laboratory.ORGANIZATION,
                      receiver.url("hooks"),
                      receiver.url("spare")));
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

    /// It shows the metrics of the budgets it judges and of the sources it polls, and no other's.
    boolean judges(String place) {
      String metrics = get("/metrics").body();
      boolean judges = metrics.contains("spendwarden_budget_spent{policy=\"" + place + "-quota\"");
      boolean polls = metrics.contains("spendwarden_source_up{source=\"ionq-" + place + "\"");
      return judges && polls;
    }

    String spent(String place) {
      return items("budgets")
          .filter(item -> item.getString("policy").equals(place + "-quota"))
          .map(item -> item.getString("spent"))
          .findFirst()
          .orElse("");
    }

    Stream<JsonObject> items(String what) {
      return new JsonObject(get("/api/v1/" + what).body())
          .getJsonArray("items").stream().map(JsonObject.class::cast);
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
    providers
        .values()
        .forEach(provider ->
            provider
                .ionq()
                .member("u1")
                .quota(new BigDecimal("250"))
                .consumed(new BigDecimal("100")));
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
    providers.values().forEach(Sandbox::close);
  }

  private Replica judge(String place, List<Replica> among) {
    return soon()
        .atMost(TAKE_OVER_LONGEST)
        .until(
            () -> among.stream().filter(replica -> replica.judges(place)).toList(),
            judging -> judging.size() == 1)
        .getFirst();
  }

  /// Each source is polled by one of them, and each of two by another.
  private void areSpread(List<Replica> among) {
    soon()
        .atMost(TAKE_OVER_LONGEST)
        .untilAsserted(() -> {
          List<Replica> lab = among.stream().filter(replica -> replica.judges(LAB)).toList();
          List<Replica> hall = among.stream().filter(replica -> replica.judges(HALL)).toList();
          assertThat(lab).hasSize(1);
          assertThat(hall).hasSize(1).doesNotContainAnyElementsOf(lab);
        });
  }

  private List<Replica> others(Replica one) {
    return replicas.stream().filter(replica -> replica != one).toList();
  }

  /// @param type what the change is to be told as
  private void consumed(String place, String amount, String type) {
    providers.get(place).ionq().member("u1").consumed(new BigDecimal(amount));
    told.add(place + " " + type);
    soon()
        .atMost(TAKE_OVER_LONGEST.plusSeconds(5))
        .untilAsserted(() ->
            assertThat(receiver.byId("hooks").values())
                .extracting(attempts -> placeOf(attempts.getFirst()) + attempts.getFirst().type())
                .containsExactlyElementsOf(told));
  }

  private static String placeOf(HeldReceiver.Attempt attempt) {
    String policy = new JsonObject(attempt.body()).getJsonObject("alert").getString("policy");
    return policy.replace("-quota", " ");
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
    areSpread(replicas);
    consumed(LAB, "205", "alert.fired");
    consumed(HALL, "250", "alert.fired");
    for (Replica replica : replicas) {
      soon().untilAsserted(() -> assertThat(replica.spent(LAB)).isEqualTo("205"));
      soon().untilAsserted(() -> assertThat(replica.spent(HALL)).isEqualTo("250"));
      assertThat(replica.items("sources"))
          .extracting(source -> source.getString("name") + " " + source.getString("failure"))
          .containsExactlyInAnyOrder("ionq-lab null", "ionq-hall null");
      assertThat(replica.get("/").statusCode()).isEqualTo(200);
      assertThat(replica.get("/-/ready").statusCode()).isEqualTo(200);
    }

    for (Replica replica : replicas) {
      HttpResponse<String> drilled = replica.post("/api/v1/receivers/spare/drill", "{}");
      assertThat(drilled.statusCode()).as(drilled.body()).isBetween(200, 202);
    }
    soon()
        .atMost(Duration.ofSeconds(5))
        .untilAsserted(() -> assertThat(receiver.byId("spare")).hasSize(replicas.size()));

    Replica first = judge(LAB, replicas);
    Replica other = judge(HALL, replicas);
    HttpResponse<String> silenced =
        other.post(
            "/api/v1/silences",
            """
            {"match": {"policy": "lab-quota"}, "ends_at": "2027-02-10T00:00:00Z", "comment": "c", "created_by": "ada"}\
            """);
    assertThat(silenced.statusCode()).as(silenced.body()).isEqualTo(201);
    String silence = new JsonObject(silenced.body()).getString("id");
    soon().until(() -> first.get("/api/v1/silences").body().contains(silence));
    providers.get(LAB).ionq().member("u1").consumed(new BigDecimal("251"));
    soon().untilAsserted(() -> assertThat(first.spent(LAB)).isEqualTo("251"));
    assertThat(receiver.byId("hooks")).hasSize(2);
    HttpResponse<String> ended =
        other.send(
            HttpRequest.newBuilder(other.address("/api/v1/silences/" + silence))
                .header("Authorization", "Bearer a-token-of-many-words")
                .DELETE()
                .build());
    assertThat(ended.statusCode()).isBetween(200, 204);
    consumed(LAB, "252", "alert.escalated");

    first.process.kill();
    losses++;
    consumed(LAB, "120", "alert.resolved");
    consumed(HALL, "120", "alert.resolved");
    assertThat(judge(LAB, others(first))).isNotSameAs(first);
    areSpread(others(first));
    keptItsPromises();
  }

  @Test
  @Tag("crash")
  void aStoppedReplicaCannotWriteWhenItWakesUp() throws Exception {
    areSpread(replicas);
    consumed(LAB, "205", "alert.fired");
    Replica first = judge(LAB, replicas);
    first.process.pause();
    losses++;
    consumed(HALL, "205", "alert.fired");
    consumed(LAB, "250", "alert.escalated");
    first.process.resume();
    soon()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(first.spent(LAB)).isEqualTo("250"));
    consumed(LAB, "120", "alert.resolved");
    consumed(HALL, "120", "alert.resolved");
    areSpread(replicas);
    keptItsPromises();
  }

  @Test
  @Tag("crash")
  void aBlackHoleALostDatabaseAndARollingRestartLoseNothing() throws Exception {
    areSpread(replicas);
    consumed(LAB, "205", "alert.fired");
    Replica first = judge(LAB, replicas);
    first.proxy.blackHole();
    losses++;
    consumed(LAB, "250", "alert.escalated");
    soon().atMost(Duration.ofSeconds(60)).until(() -> first.get("/-/ready").statusCode() == 503);
    consumed(HALL, "250", "alert.fired");
    first.proxy.pass();
    soon()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(first.spent(LAB)).isEqualTo("250"));

    lab.disconnect(database);
    losses++;
    consumed(LAB, "120", "alert.resolved");

    for (Replica replica : replicas) {
      replica.process.askToStop();
      replica.process.awaitExit(Duration.ofSeconds(20));
      replica.launch();
      replica.awaitReady();
    }
    areSpread(replicas);
    consumed(LAB, "205", "alert.fired");
    consumed(HALL, "120", "alert.resolved");
    keptItsPromises();
  }
}
