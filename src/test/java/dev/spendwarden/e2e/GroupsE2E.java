package dev.spendwarden.e2e;

import static dev.spendwarden.e2e.Laboratory.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.app.DaemonClock;
import dev.spendwarden.e2e.HeldReceiver.Attempt;
import dev.spendwarden.sandbox.Sandbox;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Goal: what waits in a group survives the end of the process, and leaves once, the same in every
/// attempt. Method: the real program is killed while two alerts wait, and again while their message
/// is on its way.
class GroupsE2E {

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
      """;

  @TempDir Path folder;

  /// 10 real seconds are 100 minutes: long enough to be killed in.
  private final DaemonClock clock = DaemonClock.test(Laboratory.START, 600);

  private final Sandbox sandbox = Sandbox.start(Sandbox.Options.quiet(clock));
  private final HttpClient http = HttpClient.newHttpClient();
  private HeldReceiver receiver;
  private ServeProcess process;

  @BeforeEach
  void start() throws Exception {
    receiver = new HeldReceiver();
    Files.writeString(folder.resolve("policies.yaml"), POLICIES);
    Files.writeString(
        folder.resolve("spendwarden.yaml"),
        """
        server: { host: 127.0.0.1, port: 0 }
        storage: { url: "jdbc:sqlite:%s" }
        egress: { allow: [127.0.0.0/8] }
        sources:
          - { name: ionq-lab, type: ionq, base_url: "%s", api_key: "${KEY}", organization: %s, poll_interval: 1m, max_age: 2w }
        receivers:
          - { name: one, webhook: { url: "%s" } }
          - { name: health, webhook: { url: "%s" } }
        route:
          receiver: health
          routes:
            - { match: { policy: user-quota }, receiver: one, group_by: [policy], group_wait: 60m, group_interval: 5m }
        policies: [policies.yaml]
        """
            .formatted(
                folder.resolve("spendwarden.db"),
                sandbox.url("/ionq/v0.3"),
                Laboratory.ORGANIZATION,
                receiver.url("one"),
                receiver.url("health")));
    sandbox.ionq().member("u1").quota(new BigDecimal("250"));
    sandbox.ionq().member("u2").quota(new BigDecimal("400"));
    launch();
  }

  @AfterEach
  void stop() {
    process.close();
    receiver.close();
    sandbox.close();
  }

  private void launch() throws Exception {
    process =
        ServeProcess.start(
            folder,
            Map.of("KEY", "ionq-key"),
            "serve",
            "--config",
            folder.resolve("spendwarden.yaml").toString(),
            "--test-clock",
            clock.instant() + ",x600");
  }

  private List<JsonObject> items(int port, String path) {
    try {
      var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build();
      return new JsonObject(http.send(request, BodyHandlers.ofString()).body())
          .getJsonArray("items").stream().map(JsonObject.class::cast).toList();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private void consumed(String first, String second) {
    sandbox.ionq().member("u1").consumed(new BigDecimal(first));
    sandbox.ionq().member("u2").consumed(new BigDecimal(second));
  }

  private void awaitAlerts(int port, String state) {
    soon().until(() -> items(port, "/api/v1/alerts?policy=user-quota&state=" + state).size() == 2);
  }

  @Test
  void whatWaitsSurvivesAKillAndLeavesAsOneMessage() throws Exception {
    int port = process.awaitReady();
    consumed("205", "350");
    awaitAlerts(port, "firing");
    assertThat(receiver.attempts("one")).isEmpty();
    process.kill();

    receiver.silent = true;
    launch();
    process.awaitReady();
    soon().until(() -> receiver.attempts("one").size() == 1);
    process.kill();

    receiver.silent = false;
    launch();
    port = process.awaitReady();
    soon().until(() -> receiver.attempts("one").size() == 2);
    Attempt first = receiver.attempts("one").getFirst();
    Attempt again = receiver.attempts("one").get(1);
    assertThat(again.id()).isEqualTo(first.id());
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(again.type()).isEqualTo("alert.group");
    assertThat(new JsonObject(again.body()).getJsonArray("alerts")).hasSize(2);

    consumed("10", "20");
    soon().until(() -> receiver.byId("one").size() == 2);
    JsonObject end = new JsonObject(receiver.attempts("one").getLast().body());
    assertThat(end.getJsonObject("group").getInteger("resolved")).isEqualTo(2);
    assertThat(end.getJsonArray("alerts").stream().map(JsonObject.class::cast))
        .allMatch(alert -> alert.getString("type").equals("alert.resolved"))
        .allMatch(alert -> alert.getInteger("sequence") == 2);
    int now = port;
    soon()
        .until(() ->
            items(now, "/api/v1/notifications?type=alert.group").stream()
                .allMatch(n -> n.getString("state").equals("delivered")));
    assertThat(items(port, "/api/v1/notifications?type=alert.group"))
        .allMatch(n -> n.getJsonArray("alerts").size() == 2)
        .allMatch(n -> n.getInteger("alert_count") == 2);
  }
}
