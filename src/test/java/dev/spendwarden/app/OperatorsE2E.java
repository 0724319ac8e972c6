package dev.spendwarden.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.spendwarden.app.config.ConfigReader;
import dev.spendwarden.notify.Body;
import dev.spendwarden.policy.cel.CelConditions;
import dev.spendwarden.sandbox.Fault;
import dev.spendwarden.sandbox.Inbox;
import dev.spendwarden.sandbox.Sandbox;
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
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The whole daemon against the sandbox, on the real clock: what operators do (silence, ack, waive,
/// drill), what is told again, and what is told of Spendwarden itself. Everything is seen from
/// outside: the HTTP API and what the receivers got.
class OperatorsE2E {

  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String TOKEN = "e2e-token-0123456789";

  @TempDir Path folder;

  private final HttpClient client = HttpClient.newHttpClient();
  private Sandbox sandbox;
  private Daemon daemon;

  @BeforeEach
  void start() throws IOException {
    sandbox = Sandbox.start(Sandbox.Options.quiet(InstantSource.system()));
    consumed("10");
    Path token = folder.resolve("token");
    Files.writeString(token, TOKEN);
    Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
    Files.writeString(
        folder.resolve("policies.yaml"),
        """
        version: 1
        policies:
          - name: user-quota
            labels: { team: quantum }
            select: { source: lab, kind: quota }
            per: [user]
            budget: { limit: quota, period: month }
            rules:
              - { name: nearly, when: used >= 0.8, severity: warning }
              - { name: spent, when: used >= 1.0, severity: critical }
        """);
    daemon = run();
  }

  @AfterEach
  void stop() {
    daemon.close();
    sandbox.close();
    client.close();
  }

  @Test
  void aSilenceHoldsBackAndItsEndTells() {
    Body made = post("/api/v1/silences", silence(Instant.now().plusSeconds(600)), 201);
    consumed("90");
    await().atMost(SOON).until(() -> firing("user-quota"));
    assertThat(alert("user-quota").toString()).isNotEmpty();
    assertThat(get("/api/v1/alerts?policy=user-quota")).contains("\"silenced\":true");
    assertThat(types("alert.")).isEmpty();

    restart();
    assertThat(get("/api/v1/silences")).contains(made.text("id").orElseThrow());
    assertThat(types("alert.")).isEmpty();
    send("DELETE", "/api/v1/silences/" + made.text("id").orElseThrow(), "");
    await().atMost(SOON).until(() -> types("alert.").equals(List.of("alert.fired")));
    assertThat(get("/api/v1/alerts?policy=user-quota")).contains("\"silenced\":false");
  }

  @Test
  void aSilenceEndsByItself() {
    post("/api/v1/silences", silence(Instant.now().plusSeconds(3)), 201);
    consumed("90");
    await().atMost(SOON).until(() -> firing("user-quota"));
    assertThat(types("alert.")).isEmpty();
    await().atMost(SOON).until(() -> types("alert.").equals(List.of("alert.fired")));
    assertThat(get("/api/v1/silences")).contains("\"items\":[]");
  }

  @Test
  void aFiringAlertIsRepeatedUntilSomebodyAcksIt() {
    consumed("90");
    await()
        .atMost(SOON)
        .until(() -> types("alert.").stream().filter("alert.repeated"::equals).count() >= 2);
    String id = alert("user-quota").text("id").orElseThrow();
    post("/api/v1/alerts/" + id + "/ack", "{\"by\":\"ada\"}", 200);
    restart();
    assertThat(get("/api/v1/alerts?policy=user-quota")).contains("\"acked_by\":\"ada\"");
    int known = types("alert.").size();
    consumed("100");
    await().atMost(SOON).until(() -> types("alert.").contains("alert.escalated"));
    assertThat(types("alert.").subList(known, types("alert.").size()))
        .containsExactly("alert.escalated");
    assertThat(ids()).doesNotHaveDuplicates();
  }

  @Test
  void aSourceThatCannotBePolledIsAnAlertThatEndsWithTheNextGoodPoll() {
    await().atMost(SOON).until(() -> get("/api/v1/sources").contains("\"up\":true"));
    sandbox.faults().add("ionq", new Fault.Status(503, Optional.empty()));
    await().atMost(SOON).until(() -> firing("source-health"));
    assertThat(alert("source-health").object("labels").text("source")).contains("lab");
    assertThat(firing("user-quota")).isFalse();
    sandbox.faults().clear();
    await().atMost(SOON).until(() -> types("alert.").contains("alert.resolved"));
    assertThat(get("/metrics")).contains("spendwarden_alerts{policy=\"source-health\"");
  }

  @Test
  void whatCannotBeDeliveredIsToldThroughTheOtherReceiver() {
    sandbox.faults().add("hooks/hooks", new Fault.Status(500, Optional.empty()));
    consumed("90");
    await()
        .atMost(SOON)
        .until(() ->
            sandbox.inbox().deliveries("spare").stream()
                .anyMatch(d -> d.body().contains("delivery-health")));
    assertThat(alert("delivery-health").object("labels").text("receiver")).contains("hooks");
  }

  @Test
  void aDeadLetterOfAReceiverThatWasGoneIsDeliveredWhenRetriedByHand() {
    sandbox.faults().add("hooks/spare", new Fault.Status(410, Optional.empty()));
    post("/api/v1/receivers/spare/drill", "{}", 201);
    await().atMost(SOON).until(() -> ofSpare().text("state").orElse("").equals("dead"));
    await().atMost(SOON).until(() -> firing("delivery-health"));
    assertThat(get("/metrics")).contains("spendwarden_dead_letters{receiver=\"spare\"} 1.0");

    sandbox.faults().clear();
    post("/api/v1/notifications/" + ofSpare().text("id").orElseThrow() + "/retry", "{}", 200);
    await().atMost(SOON).until(() -> ofSpare().text("state").orElse("").equals("delivered"));
    await().atMost(SOON).until(() -> !firing("delivery-health"));
    assertThat(get("/metrics")).contains("spendwarden_dead_letters{receiver=\"spare\"} 0.0");
  }

  @Test
  void aTakenMessageIsNotSentAgainForALongPageBesideIt() {
    sandbox.faults().add("hooks/spare", new Fault.Body("text/html", "x".repeat(200_000)));
    post("/api/v1/receivers/spare/drill", "{}", 201);
    await().atMost(SOON).until(() -> !ofSpare().text("state").orElse("").equals("pending"));
    assertThat(ofSpare().text("state")).contains("delivered");
    assertThat(ofSpare().text("last_error")).isEmpty();
  }

  private Body ofSpare() {
    return Body.parse(get("/api/v1/notifications?receiver=spare"))
        .orElseThrow()
        .objects("items")
        .getLast();
  }

  @Test
  void aDrillAndAHeartbeatGoThroughTheOutbox() {
    post("/api/v1/receivers/spare/drill", "{}", 201);
    assertThat(send("POST", "/api/v1/receivers/nobody/drill", "{}").statusCode()).isEqualTo(404);
    await().atMost(SOON).until(() -> sandbox.inbox().deliveries("spare").size() >= 1);
    assertThat(sandbox.inbox().deliveries("spare").getFirst().body()).contains("\"drill\"");
    await().atMost(SOON).until(() -> types("heartbeat").size() >= 2);
    assertThat(ids()).doesNotHaveDuplicates();
  }

  @Test
  void aWaiverRaisesTheLimitUntilItEnds() {
    consumed("90");
    await().atMost(SOON).until(() -> types("alert.").contains("alert.fired"));
    String wrong =
        "{\"policy\":\"user-quota\",\"until\":\"2999-01-01T00:00:00Z\",\"raise\":\"1 jobs\","
            + "\"reason\":\"r\",\"by\":\"lead\"}";
    assertThat(send("POST", "/api/v1/waivers", wrong).statusCode()).isEqualTo(422);
    post(
        "/api/v1/waivers",
        "{\"policy\":\"user-quota\",\"until\":\""
            + Instant.now().plusSeconds(4)
            + "\",\"raise\":\"100 USD\",\"reason\":\"paper\",\"by\":\"lead\"}",
        201);
    await().atMost(SOON).until(() -> types("alert.").contains("alert.resolved"));
    assertThat(get("/metrics")).contains("spendwarden_waivers{policy=\"user-quota\"} 1");
    await()
        .atMost(SOON)
        .until(() -> types("alert.").stream().filter("alert.fired"::equals).count() == 2);
  }

  // The daemon and its surroundings.

  private void consumed(String amount) {
    sandbox.ionq().member("u1").quota(new BigDecimal("100")).consumed(new BigDecimal(amount));
  }

  private Daemon run() {
    String text =
        """
        server: { host: 127.0.0.1, port: 0, token_file: token }
        storage: { url: "jdbc:sqlite:@DATA@/e2e.db" }
        egress: { allow: [127.0.0.0/8] }
        sources:
          - name: lab
            type: ionq
            base_url: http://127.0.0.1:@SANDBOX@/ionq/v0.3
            api_key: ${KEY}
            organization: 0b6f2c1e-5a77-4f0e-9a51-6d1f7c2e8b90
            poll_interval: 200ms
        receivers:
          - name: hooks
            webhook: { url: "http://127.0.0.1:@SANDBOX@/hooks/hooks", secret: "${SECRET}", retry: [300ms] }
          - name: spare
            webhook: { url: "http://127.0.0.1:@SANDBOX@/hooks/spare", secret: "${SECRET}" }
        route: { receiver: hooks, repeat_interval: 1s }
        heartbeat: { receiver: hooks, every: 1s }
        policies: [policies.yaml]
        """
            .replace("@SANDBOX@", Integer.toString(sandbox.port()))
            .replace("@DATA@", folder.toString());
    try {
      Path file = Files.writeString(folder.resolve("spendwarden.yaml"), text);
      Map<String, String> environment =
          Map.of("KEY", "key", "SECRET", "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");
      ConfigReader.Result read = ConfigReader.read(file, environment, new CelConditions());
      return Daemon.start(
          read.config().orElseThrow(() -> new IllegalStateException(read.problems().toString())),
          environment,
          DaemonClock.system(),
          "e2e");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void restart() {
    daemon.close();
    daemon = run();
  }

  private static String silence(Instant end) {
    return "{\"match\":{\"policy\":\"user-quota\"},\"ends_at\":\""
        + end
        + "\",\"comment\":\"c\",\"created_by\":\"ada\"}";
  }

  private boolean firing(String policy) {
    return get("/api/v1/alerts?state=firing&policy=" + policy).contains("\"id\"");
  }

  private Body alert(String policy) {
    return Body.parse(get("/api/v1/alerts?policy=" + policy))
        .orElseThrow()
        .objects("items")
        .getFirst();
  }

  /// The types of what `hooks` got, in order.
  private List<String> types(String start) {
    return sandbox.inbox().deliveries("hooks").stream()
        .map(delivery -> Body.parse(delivery.body()).orElseThrow().text("type").orElse(""))
        .filter(type -> type.startsWith(start))
        .toList();
  }

  private List<String> ids() {
    return sandbox.inbox().deliveries().stream()
        .map(Inbox.Delivery::body)
        .map(body -> Body.parse(body).orElseThrow().text("id").orElse(""))
        .toList();
  }

  private String get(String path) {
    return send("GET", path, "").body();
  }

  private Body post(String path, String body, int status) {
    HttpResponse<String> response = send("POST", path, body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    return Body.parse(response.body()).orElseThrow();
  }

  private HttpResponse<String> send(String method, String path, String body) {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + daemon.port() + path))
            .header("Authorization", "Bearer " + TOKEN)
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .build();
    try {
      return client.send(request, BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(method + " " + path, e);
    }
  }
}
