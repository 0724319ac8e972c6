package dev.spendwarden.e2e;

import static dev.spendwarden.e2e.Laboratory.soon;
import static org.assertj.core.api.Assertions.assertThat;

import com.standardwebhooks.Webhook;
import dev.spendwarden.sandbox.Inbox;
import dev.spendwarden.sandbox.SlackTwin;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// From a quota that burns at IonQ to what people and machines are told: fired, escalated, resolved,
/// once each, in metrics, webhook and Slack, over restarts.
class SpineE2E {

  static final String QUOTA =
      """
      version: 1
      policies:
        - name: user-quota
          labels: { team: quantum }
          select: { source: ionq-lab, kind: quota }
          per: [user]
          budget: { limit: quota, period: month }
          rules:
            - { name: nearly-spent, when: used >= 0.8, severity: warning }
            - { name: spent, when: used >= 1.0, severity: critical }
      """;

  @TempDir Path folder;
  private Laboratory lab;

  @BeforeEach
  void open() {
    lab = new Laboratory(folder);
    lab.sandbox.ionq().member("u1").quota(new BigDecimal("250")).consumed(new BigDecimal("100"));
    lab.sandbox.ionq().member("u2").quota(new BigDecimal("400")).consumed(new BigDecimal("96.25"));
  }

  @AfterEach
  void close() {
    lab.close();
  }

  private void consumed(String user, String amount) {
    lab.sandbox.ionq().member(user).consumed(new BigDecimal(amount));
  }

  private void awaitTypes(String... types) {
    soon().untilAsserted(() -> assertThat(lab.types()).containsExactly(types));
  }

  @Test
  void firedEscalatedAndResolvedReachWebhookAndSlackOnceEach() throws Exception {
    lab.start(QUOTA);
    lab.awaitPolls(lab.sandbox, 2);
    assertThat(lab.types()).isEmpty();

    consumed("u1", "205");
    awaitTypes("alert.fired");
    consumed("u1", "250");
    awaitTypes("alert.fired", "alert.escalated");
    consumed("u1", "120");
    awaitTypes("alert.fired", "alert.escalated", "alert.resolved");

    List<JsonObject> messages = lab.messages();
    assertThat(messages).extracting(m -> m.getInteger("sequence")).containsExactly(1, 2, 3);
    assertThat(messages)
        .extracting(m -> m.getJsonObject("alert").getString("id"))
        .containsOnly(messages.getFirst().getJsonObject("alert").getString("id"));
    assertThat(messages)
        .extracting(m -> m.getJsonObject("alert").getString("severity"))
        .startsWith("warning", "critical");
    assertThat(messages.getLast().getJsonObject("alert").getString("reason"))
        .isEqualTo("recovered");
    assertThat(messages.getFirst().getJsonObject("budget").getString("spent")).isEqualTo("205");
    for (Inbox.Delivery delivery : lab.hooks()) {
      signedAsStandardWebhooks(delivery);
    }

    soon().untilAsserted(() -> assertThat(slack()).hasSize(3));
    SlackTwin.Message top = slack().getFirst();
    assertThat(top.channel()).isEqualTo("#quantum-spend");
    assertThat(top.threadTs()).isEmpty();
    assertThat(top.edits()).isEqualTo(2);
    assertThat(slack().subList(1, 3)).allMatch(m -> m.threadTs().equals(java.util.Optional.of(top.ts())));
  }

  private List<SlackTwin.Message> slack() {
    return lab.sandbox.slack().messages();
  }

  /// The independent library refuses time stamps that are not of now, and this clock is turned: so
  /// it signs what was received, and the signatures are compared.
  private static void signedAsStandardWebhooks(Inbox.Delivery delivery) throws Exception {
    String id = delivery.headers().get("webhook-id");
    long timestamp = Long.parseLong(delivery.headers().get("webhook-timestamp"));
    assertThat(new JsonObject(delivery.body()).getString("id")).isEqualTo(id);
    assertThat(delivery.headers().get("webhook-signature"))
        .isEqualTo(new Webhook(Laboratory.SECRET).sign(id, timestamp, delivery.body()));
  }
}
