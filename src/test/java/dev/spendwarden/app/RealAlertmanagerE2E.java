package dev.spendwarden.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The daemon and a real Alertmanager, both on the clock of this machine. Keep-alives come every
/// second here, so that an alert that is not kept alive ends after four.
class RealAlertmanagerE2E {

  private static final Duration SOON = Duration.ofSeconds(30);

  private static final List<String> NAMES = List.of("prometheus-alertmanager", "alertmanager");

  private static final String POLICY =
      """
      version: 1
      policies:
        - name: quota
          labels: { team: quantum }
          select: { source: lab, kind: quota }
          per: [user]
          budget: { limit: quota, period: month }
          rules:
            - { name: nearly, when: used >= 0.8, severity: warning }
            - { name: spent, when: used >= 1.0, severity: critical }
      """;

  @TempDir private Path folder;

  private final HttpClient client = HttpClient.newHttpClient();
  private Process alertmanager;
  private URI url;

  private static Optional<Path> program() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
        .flatMap(directory -> NAMES.stream().map(name -> Path.of(directory, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  @BeforeEach
  void start() throws IOException {
    Optional<Path> program = program();
    assumeTrue(program.isPresent(), "there is no Alertmanager on the PATH");
    Path config = folder.resolve("alertmanager.yml");
    Files.writeString(
        config,
        """
        global: { resolve_timeout: 2s }
        route: { receiver: nobody, group_wait: 1s }
        receivers: [{ name: nobody }]
        """);
    int port = freePort();
    url = URI.create("http://127.0.0.1:" + port);
    alertmanager =
        new ProcessBuilder(
                program.get().toString(),
                "--config.file=" + config,
                "--storage.path=" + folder.resolve("am"),
                "--web.listen-address=127.0.0.1:" + port,
                "--cluster.listen-address=")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("am.log").toFile())
            .start();
    await().atMost(SOON).until(this::isReady);
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @AfterEach
  void stop() throws InterruptedException {
    client.close();
    if (alertmanager != null) {
      alertmanager.destroy();
      assertThat(alertmanager.waitFor(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  private boolean isReady() {
    try {
      return get("/-/ready").isPresent();
    } catch (IllegalStateException e) {
      return false;
    }
  }

  private Optional<String> get(String path) {
    try {
      var answer =
          client.send(HttpRequest.newBuilder(url.resolve(path)).build(), BodyHandlers.ofString());
      return answer.statusCode() == 200 ? Optional.of(answer.body()) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// The alerts that Alertmanager holds to be firing.
  private List<JsonObject> active() {
    return new JsonArray(get("/api/v2/alerts?active=true").orElse("[]"))
        .stream().map(JsonObject.class::cast).toList();
  }

  private List<String> severities() {
    return active().stream()
        .map(alert -> alert.getJsonObject("labels").getString("severity"))
        .toList();
  }

  private Instant endsAt() {
    return Instant.parse(active().getFirst().getString("endsAt"));
  }

  /// Waits until the alert has outlived the end that it has now.
  private void outlivesItsEnd() {
    Instant end = endsAt();
    await()
        .atMost(SOON)
        .until(() -> !active().isEmpty() && Instant.now().isAfter(end.plusSeconds(1)));
    assertThat(endsAt()).isAfter(end);
  }

  @Test
  void anAlertIsTakenKeptAliveAcrossARestartAndEndedByItsResolve() {
    try (var lab = new EnforcedDaemon(folder, DaemonClock.system(), "  {}", POLICY)) {
      consumed(lab, "10");
      lab.tells("  - { name: hooks, alertmanager: { url: \"" + url + "\", resend_delay: 1s } }");
      lab.run();
      consumed(lab, "85");
      await().atMost(SOON).until(() -> severities().equals(List.of("warning")));
      assertThat(active().getFirst().getJsonObject("labels").getMap())
          .containsEntry("alertname", "quota")
          .containsEntry("user", "u1")
          .containsEntry("team", "quantum");
      outlivesItsEnd();

      lab.stop();
      lab.run();
      outlivesItsEnd();

      consumed(lab, "120");
      await().atMost(SOON).until(() -> severities().equals(List.of("critical")));
      outlivesItsEnd();
      assertThat(severities()).containsExactly("critical");

      consumed(lab, "10");
      await().atMost(SOON).until(() -> active().isEmpty());
      // Nobody was told more than what happened.
      assertThat(lab.texts("/api/v1/notifications", "type"))
          .containsExactly("alert.resolved", "alert.escalated", "alert.fired");
    }
  }

  private static void consumed(EnforcedDaemon lab, String amount) {
    lab.sandbox.ionq().member("u1").quota(new BigDecimal("100")).consumed(new BigDecimal(amount));
  }
}
