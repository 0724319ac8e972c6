package dev.spendwarden.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.spendwarden.peer.Alertmanager;
import dev.spendwarden.peer.Peer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The daemon and a real Alertmanager, both on the clock of this machine. Keep-alives come every
/// second here, so that an alert that is not kept alive ends after four.
class RealAlertmanagerE2E {

  private static final Duration SOON = Duration.ofSeconds(30);

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

  private Peer alertmanager;

  @BeforeEach
  void start() throws IOException {
    Optional<Path> program = Alertmanager.program();
    assumeTrue(program.isPresent(), "there is no Alertmanager on the PATH");
    String configuration =
        """
        global: { resolve_timeout: 2s }
        route: { receiver: nobody, group_wait: 1s }
        receivers: [{ name: nobody }]
        """;
    alertmanager = Alertmanager.start(program.get(), folder, configuration).awaitReady();
  }

  @AfterEach
  void stop() {
    if (alertmanager != null) {
      alertmanager.close();
    }
  }

  /// The alerts that Alertmanager holds to be firing.
  private List<JsonObject> active() {
    return new JsonArray(alertmanager.get("/api/v2/alerts?active=true").orElse("[]"))
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
      lab.tells(
          "  - { name: hooks, alertmanager: { url: \""
              + alertmanager.url()
              + "\", resend_delay: 1s } }");
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
