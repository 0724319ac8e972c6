package dev.spendwarden.e2e;

import static dev.spendwarden.e2e.Laboratory.soon;
import static org.assertj.core.api.Assertions.assertThat;

import com.standardwebhooks.Webhook;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.ledger.QuotaRevision;
import dev.spendwarden.sandbox.Fault;
import dev.spendwarden.sandbox.Inbox;
import dev.spendwarden.sandbox.SlackTwin;
import dev.spendwarden.store.SqliteDatabase;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// From a quota that burns at IonQ to what people and machines are told: fired, escalated,
/// resolved, once each, in metrics, webhook and Slack, over restarts.
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
    lab = new Laboratory(folder, 1200);
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
    assertThat(slack().subList(1, 3)).allMatch(m -> m.threadTs().equals(Optional.of(top.ts())));

    for (String mount : List.of("ionq", "slack")) {
      assertThat(lab.sandbox.requests().requests(mount))
          .as("who asks %s", mount)
          .isNotEmpty()
          .allMatch(request -> "spendwarden/1.2.3".equals(request.headers().get("user-agent")));
    }
    assertThat(lab.hooks())
        .allMatch(told -> "spendwarden/1.2.3".equals(told.headers().get("user-agent")));
  }

  @Test
  void metricsShowTheBudgets() {
    lab.start(QUOTA);
    soon()
        .untilAsserted(() ->
            assertThat(
                    lab.sample("spendwarden_budget_spent", "policy=\"user-quota\"", "user=\"u2\""))
                .hasValue(96.25));
    assertThat(lab.sample("spendwarden_budget_limit", "user=\"u2\"")).hasValue(400);
    assertThat(lab.sample("spendwarden_budget_used_ratio", "user=\"u1\"")).hasValue(0.4);
    assertThat(lab.sample("spendwarden_source_up", "source=\"ionq-lab\"")).hasValue(1);
    assertThat(lab.sample("spendwarden_test_clock")).hasValue(1);
  }

  @Test
  void aRestartSaysNothingTwiceAndGoesOnCounting() {
    lab.start(QUOTA);
    consumed("u1", "205");
    awaitTypes("alert.fired");
    lab.stop();
    lab.start(QUOTA);
    lab.awaitPolls(lab.sandbox, 3);
    assertThat(lab.types()).containsExactly("alert.fired");
    consumed("u1", "250");
    awaitTypes("alert.fired", "alert.escalated");
    assertThat(lab.messages().getLast().getInteger("sequence")).isEqualTo(2);
    soon().untilAsserted(() -> assertThat(slack()).hasSize(2));
    assertThat(slack().getFirst().edits()).as("the first message is edited, not sent anew").isOne();
  }

  @Test
  void aForThatRunsWhileTheDaemonIsDownFiresSoonAfterTheStart() {
    String hold = QUOTA.replace("used >= 0.8, severity", "used >= 0.8, for: 2h, severity");
    lab.start(hold);
    consumed("u1", "205");
    soon().untilAsserted(() -> assertThat(alertState("u1")).isEqualTo("pending"));
    Instant since = lab.clock.instant();
    lab.stop();
    lab.start(hold);
    lab.awaitPolls(lab.sandbox, 2);
    assertThat(alertState("u1")).isEqualTo("pending");
    awaitTypes("alert.fired");
    Instant fired = Instant.parse(lab.messages().getFirst().getString("time"));
    assertThat(Duration.between(since, fired))
        .as("counted from the first breach, not from the restart")
        .isBetween(Duration.ofMinutes(60), Duration.ofMinutes(122));
  }

  @Test
  void theStoreAnswersWhatWasKnownAtAPastInstant() {
    lab.start(QUOTA);
    soon().untilAsserted(() -> assertThat(spent("u1")).isEqualTo("100"));
    Instant before = lab.clock.instant();
    consumed("u1", "150.0000000000000000000000000000000000001");
    soon()
        .untilAsserted(
            () -> assertThat(spent("u1")).isEqualTo("150.0000000000000000000000000000000000001"));
    Instant after = lab.clock.instant();
    lab.stop();
    assertThat(knownAt(before)).isEqualByComparingTo("100");
    assertThat(knownAt(after)).isEqualByComparingTo("150.0000000000000000000000000000000000001");
  }

  /// What u1 had consumed, as far as the stored revisions tell up to that instant.
  private BigDecimal knownAt(Instant instant) {
    var newest = new AtomicReference<>(BigDecimal.ZERO);
    try (var database = SqliteDatabase.open("jdbc:sqlite:" + lab.store(), lab.clock)) {
      database.transact(ports -> {
        ports
            .ledger()
            .replay(
                instant,
                posting ->
                    posting.quotas().stream()
                        .map(QuotaRevision::reading)
                        .filter(reading -> reading.source().equals("ionq-lab"))
                        .filter(reading ->
                            reading.scope().get(Dimension.USER).equals(Optional.of("u1")))
                        .forEach(reading -> newest.set(reading.consumed())));
        return true;
      });
    }
    return newest.get();
  }

  @Test
  void aMemberThatVanishesIsMissingAndHeldWhileTheOthersGoOn() {
    lab.start(QUOTA);
    consumed("u1", "205");
    awaitTypes("alert.fired");
    lab.sandbox.faults().add("ionq", new Fault.Vanish("u1"));
    soon()
        .untilAsserted(() ->
            assertThat(lab.budget("user-quota", "u1").getString("data_state"))
                .isEqualTo("missing"));
    consumed("u2", "350");
    awaitTypes("alert.fired", "alert.fired");
    assertThat(spent("u1")).as("not zero").isEqualTo("205");
    assertThat(alertState("u1")).isEqualTo("firing");
    assertThat(lab.budget("user-quota", "u2").getString("data_state")).isEqualTo("fresh");
    assertThat(lab.sample("spendwarden_source_up", "source=\"ionq-lab\"")).hasValue(1);

    lab.sandbox.faults().clear();
    soon()
        .untilAsserted(() ->
            assertThat(lab.budget("user-quota", "u1").getString("data_state")).isEqualTo("fresh"));
    lab.awaitPolls(lab.sandbox, 2);
    assertThat(lab.types()).containsExactly("alert.fired", "alert.fired");
  }

  private String spent(String user) {
    return lab.budget("user-quota", user).getString("spent");
  }

  private String alertState(String user) {
    return lab.items("/api/v1/alerts").stream()
        .filter(alert -> user.equals(alert.getJsonObject("labels").getString("user")))
        .map(alert -> alert.getString("state"))
        .findFirst()
        .orElse("none");
  }

  /// Without the pictures, which come when they come.
  private List<SlackTwin.Message> slack() {
    return lab.sandbox.slack().messages().stream().filter(m -> m.files().isEmpty()).toList();
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
