package dev.spendwarden.e2e;

import static dev.spendwarden.e2e.Laboratory.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.app.DaemonClock;
import dev.spendwarden.sandbox.Sandbox;
import dev.spendwarden.store.PostgresLab;
import dev.spendwarden.store.StorageAddress;
import dev.spendwarden.store.TcpProxy;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The real process on a real PostgreSQL, seen from outside: a quota burns, the process is killed,
/// the database goes away and comes back; every change is told once.
class PostgresE2E {

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

  private final DaemonClock clock = DaemonClock.test(Laboratory.START, 600);
  private final Sandbox sandbox = Sandbox.start(Sandbox.Options.quiet(clock));
  private final HttpClient http = HttpClient.newHttpClient();
  private HeldReceiver receiver;
  private TcpProxy proxy;
  private Path config;

  @BeforeEach
  void prepare() throws IOException {
    PostgresLab lab = PostgresLab.shared();
    StorageAddress database = lab.database();
    proxy = new TcpProxy(lab.port());
    receiver = new HeldReceiver();
    sandbox.ionq().member("u1").quota(new BigDecimal("250")).consumed(new BigDecimal("100"));
    Files.writeString(folder.resolve("policies.yaml"), POLICIES);
    config =
        Files.writeString(
            folder.resolve("spendwarden.yaml"),
            """
            server: { host: 127.0.0.1, port: 0 }
            storage: { url: "%s", user: postgres, password: "${PASSWORD}" }
            egress: { allow: [127.0.0.0/8] }
            sources:
              - { name: ionq-lab, type: ionq, base_url: "%s", api_key: "${KEY}", organization: %s, poll_interval: 1m }
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

  @AfterEach
  void stop() throws IOException {
    if (proxy != null) {
      proxy.close();
      receiver.close();
    }
    sandbox.close();
  }

  private ServeProcess run(String... arguments) throws IOException {
    return ServeProcess.start(
        folder,
        Map.of("KEY", "ionq-key", "HOOK", Laboratory.SECRET, "PASSWORD", "not-asked-for"),
        arguments);
  }

  private ServeProcess serve() throws IOException {
    return run("serve", "--config", config.toString(), "--test-clock", clock.instant() + ",x600");
  }

  private void consumed(String amount) {
    sandbox.ionq().member("u1").consumed(new BigDecimal(amount));
  }

  /// Waits until these were told, each by the first attempt of its notification.
  private void awaitTypes(String... types) {
    soon()
        .atMost(Duration.ofSeconds(40))
        .untilAsserted(() ->
            assertThat(receiver.byId("hooks").values())
                .extracting(attempts -> attempts.getFirst().type())
                .containsExactly(types));
  }

  private int duplicates() {
    return receiver.attempts("hooks").size() - receiver.byId("hooks").size();
  }

  private int status(int port, String path) {
    return get(port, path).statusCode();
  }

  private String body(int port, String path) {
    return get(port, path).body();
  }

  private HttpResponse<String> get(int port, String path) {
    try {
      var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build();
      return http.send(request, BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aQuotaBurnsAcrossAKillAndTheStoreIsWhole() throws Exception {
    try (var process = serve()) {
      process.awaitReady();
      consumed("205");
      awaitTypes("alert.fired");
      process.kill();
    }
    consumed("250");
    try (var process = serve()) {
      int port = process.awaitReady();
      awaitTypes("alert.fired", "alert.escalated");
      assertThat(status(port, "/-/ready")).isEqualTo(200);
      consumed("120");
      awaitTypes("alert.fired", "alert.escalated", "alert.resolved");
      assertThat(duplicates()).as("after one kill").isLessThanOrEqualTo(1);
      try (var verify = run("verify", "--config", config.toString())) {
        assertThat(verify.awaitExit(Duration.ofSeconds(30))).isZero();
        assertThat(verify.output()).contains("the store is whole");
      }
    }
  }

  @Test
  void aDatabaseThatIsLostMakesItNotReadyAndNothingIsLostOrDoubled() throws Exception {
    try (var process = serve()) {
      int port = process.awaitReady();
      consumed("205");
      awaitTypes("alert.fired");

      soon().until(() -> body(port, "/api/v1/notifications").contains("\"delivered\""));

      // The answer of the receiver comes when there is no database to write it down.
      receiver.answered = proxy::cut;
      consumed("250");
      awaitTypes("alert.fired", "alert.escalated");
      soon().atMost(Duration.ofSeconds(30)).until(() -> status(port, "/-/ready") == 503);
      assertThat(status(port, "/-/healthy")).isEqualTo(200);
      receiver.answered = () -> {};
      consumed("120");
      proxy.pass();

      soon().atMost(Duration.ofSeconds(30)).until(() -> status(port, "/-/ready") == 200);
      awaitTypes("alert.fired", "alert.escalated", "alert.resolved");
      assertThat(duplicates()).isZero();
    }
  }

  @Test
  void aServerThatIsNotThereStopsTheStartWithWhatToDo() throws Exception {
    proxy.cut();
    try (var process = serve()) {
      assertThat(process.awaitExit(Duration.ofSeconds(30))).isEqualTo(3);
      assertThat(process.output())
          .contains("spendwarden: not started", "storage.url")
          .doesNotContain("not-asked-for");
    }
  }
}
