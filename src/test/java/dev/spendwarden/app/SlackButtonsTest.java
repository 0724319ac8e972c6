package dev.spendwarden.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.spendwarden.notify.picture.BurnDownPainterTest;
import dev.spendwarden.sandbox.Inbox;
import dev.spendwarden.sandbox.SlackTwin.Message;
import dev.spendwarden.sandbox.SocketModeTwin.Pressing;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Slack as people see it, through the whole daemon and the sandbox's Slack: buttons over Socket
/// Mode, the message that shows what they did, and the picture in its thread.
final class SlackButtonsTest {

  private static final Duration SOON = Duration.ofSeconds(30);

  private static final String POLICY =
      """
      version: 1
      policies:
        - name: quota
          select: { source: lab, kind: quota }
          per: [user]
          budget: { limit: quota, period: month }
          rules:
            - { name: nearly, when: used >= 0.8, severity: warning }
            - { name: spent, when: used >= 1.0, severity: critical, actions: [cancel] }
      """;

  private static final String CANCEL =
      "  cancel: { type: ionq.cancel_jobs, source: lab, target: labels.user,"
          + " api_key_file: actor, mode: approve }";

  private static final String SLACK =
      "  - { name: hooks, slack: { channel: \"#spend\", token: \"${BOT}\", app_token: \"${APP}\","
          + " base_url: \"@SANDBOX@/slack/api/\"%s } }";

  @TempDir private Path folder;

  private EnforcedDaemon daemon(String more) {
    var lab = new EnforcedDaemon(folder, "2027-01-20T09:00:00Z", CANCEL, POLICY);
    lab.sandbox.ionq().member("u1").quota(new BigDecimal("100")).consumed(new BigDecimal("10"));
    lab.sandbox.ionqJobs().job("j1", "u1", "p1", "submitted");
    lab.tells(SLACK.formatted(more)).run();
    await().atMost(SOON).until(() -> lab.sandbox.socketMode().connections() == 1);
    return lab;
  }

  private static void consumed(EnforcedDaemon lab, String amount) {
    lab.sandbox.ionq().member("u1").consumed(new BigDecimal(amount));
  }

  /// The newest message at the top of the channel that says so.
  private static Message message(EnforcedDaemon lab, String words) {
    await().atMost(SOON).until(() -> !tops(lab, words).isEmpty());
    return tops(lab, words).getLast();
  }

  private static List<Message> tops(EnforcedDaemon lab, String words) {
    return lab.sandbox.slack().messages().stream()
        .filter(message -> message.threadTs().isEmpty())
        .filter(message -> message.text().contains(words))
        .toList();
  }

  private static String shown(EnforcedDaemon lab, Message message) {
    return lab.sandbox.slack().messages().stream()
        .filter(known -> known.ts().equals(message.ts()))
        .map(known -> known.blocks().toString())
        .findFirst()
        .orElse("");
  }

  private static void press(EnforcedDaemon lab, Message message, String action) {
    press(lab, message, action, "U0ADA", "ada");
  }

  private static void press(
      EnforcedDaemon lab, Message message, String action, String userId, String name) {
    boolean acknowledged =
        lab.sandbox
            .socketMode()
            .press(new Pressing(message.ts(), action, userId, name))
            .toCompletionStage()
            .toCompletableFuture()
            .join();
    assertThat(acknowledged).as("acknowledged within three seconds").isTrue();
  }

  private static List<String> whispers(EnforcedDaemon lab) {
    return lab.sandbox.inbox().deliveries().stream()
        .filter(d -> "chat.postEphemeral".equals(d.headers().get("x-slack-method")))
        .map(Inbox.Delivery::body)
        .map(body -> new JsonObject(body).getString("text"))
        .toList();
  }

  @Test
  void anAcknowledgementIsRecordedAndShownToEverybody() {
    try (var lab = daemon("")) {
      consumed(lab, "85");
      Message alert = message(lab, "quota");
      press(lab, alert, "ack");
      await()
          .atMost(SOON)
          .until(() -> lab.texts("/api/v1/alerts", "acked_by").contains("ada (U0ADA)"));
      await().atMost(SOON).until(() -> shown(lab, alert).contains("Acknowledged by ada (U0ADA)"));
      assertThat(shown(lab, alert)).doesNotContain("action_id=ack").contains("silence_1h");
      // Still there after the alert has changed.
      consumed(lab, "120");
      await().atMost(SOON).until(() -> shown(lab, alert).contains("Critical"));
      assertThat(shown(lab, alert)).contains("Acknowledged by ada (U0ADA)");
    }
  }

  @Test
  void anAcknowledgementFromElsewhereIsShownInSlackToo() {
    try (var lab = daemon("")) {
      consumed(lab, "85");
      Message alert = message(lab, "quota");
      String id = lab.texts("/api/v1/alerts", "id").getFirst();
      lab.post("/api/v1/alerts/" + id + "/ack", "{\"by\": \"grace\"}");
      await().atMost(SOON).until(() -> shown(lab, alert).contains("Acknowledged by grace"));
    }
  }

  @Test
  void theSamePressSilencesOnceAndIsShown() {
    try (var lab = daemon("")) {
      consumed(lab, "85");
      Message alert = message(lab, "quota");
      press(lab, alert, "silence_1d");
      await().atMost(SOON).until(() -> shown(lab, alert).contains("Silenced until 2027-01-2"));
      assertThat(lab.sandbox.socketMode().again().toCompletionStage().toCompletableFuture().join())
          .isTrue();
      press(lab, alert, "ack");
      await().atMost(SOON).until(() -> shown(lab, alert).contains("Acknowledged"));
      assertThat(lab.texts("/api/v1/silences", "created_by")).containsExactly("ada (U0ADA)");
      assertThat(lab.texts("/api/v1/silences", "comment")).containsExactly("by a button in Slack");
    }
  }

  @Test
  void aPressThatComesTooLateIsAnsweredToWhoeverPressed() {
    try (var lab = daemon("")) {
      consumed(lab, "85");
      Message alert = message(lab, "quota");
      String button = alert.ts();
      consumed(lab, "10");
      await().atMost(SOON).until(() -> !lab.texts("/api/v1/alerts", "state").contains("firing"));
      // The message may still show its buttons on somebody's screen.
      await().atMost(SOON).until(() -> shown(lab, alert).contains("Resolved"));
      assertThat(shown(lab, alert)).doesNotContain("action_id");
      lab.sandbox
          .socketMode()
          .pressStale(
              new Pressing(button, "ack", "U0ADA", "ada"),
              lab.texts("/api/v1/alerts", "id").getFirst());
      await().atMost(SOON).until(() -> whispers(lab).toString().contains("This alert is over"));
    }
  }

  @Test
  void anActionIsApprovedByAButtonAndTheAuditSaysByWhom() {
    try (var lab = daemon("")) {
      consumed(lab, "120");
      Message proposal = message(lab, "Action cancel: waiting");
      press(lab, proposal, "approve");
      await().atMost(SOON).until(() -> lab.states().contains("done"));
      assertThat(lab.newest("decided_by")).isEqualTo("ada (U0ADA)");
      assertThat(lab.texts("/api/v1/audit", "who")).contains("ada (U0ADA)");
      assertThat(lab.sandbox.ionqJobs().status("j1")).contains("canceled");
      await().atMost(SOON).until(() -> shown(lab, proposal).contains("Approved by ada (U0ADA)"));
      assertThat(shown(lab, proposal)).doesNotContain("action_id");
    }
  }

  @Test
  void onlyApproversDecide() {
    try (var lab = daemon(", approvers: [U0GRACE]")) {
      consumed(lab, "120");
      Message proposal = message(lab, "Action cancel: waiting");
      press(lab, proposal, "reject");
      await().atMost(SOON).until(() -> whispers(lab).toString().contains("You may not decide"));
      assertThat(lab.states()).containsExactly("waiting");
      press(lab, proposal, "reject", "U0GRACE", "grace");
      await().atMost(SOON).until(() -> lab.states().contains("rejected"));
      assertThat(lab.newest("decided_by")).isEqualTo("grace (U0GRACE)");
    }
  }

  @Test
  void aConnectionThatEndsIsOpenedAnew() {
    try (var lab = daemon("")) {
      consumed(lab, "85");
      Message alert = message(lab, "quota");
      lab.sandbox.socketMode().disconnectAll();
      await().atMost(SOON).until(() -> lab.sandbox.socketMode().opened() == 2);
      await().atMost(SOON).until(() -> lab.sandbox.socketMode().connections() == 1);
      lab.sandbox.socketMode().breakAll();
      await().atMost(SOON).until(() -> lab.sandbox.socketMode().opened() == 3);
      await().atMost(SOON).until(() -> lab.sandbox.socketMode().connections() == 1);
      press(lab, alert, "ack");
      await()
          .atMost(SOON)
          .until(() -> lab.texts("/api/v1/alerts", "acked_by").contains("ada (U0ADA)"));
    }
  }

  @Test
  void aPictureIsInTheThreadOnceForEachChange() {
    assumeTrue(BurnDownPainterTest.hasFonts(), "there are no fonts here: no pictures");
    try (var lab = daemon("")) {
      consumed(lab, "85");
      Message alert = message(lab, "quota");
      await().atMost(SOON).until(() -> pictures(lab, alert).size() == 1);
      consumed(lab, "120");
      await().atMost(SOON).until(() -> pictures(lab, alert).size() == 2);
      assertThat(lab.sandbox.slack().bytesOf(pictures(lab, alert).getFirst()))
          .startsWith(new byte[] {(byte) 0x89, 'P', 'N', 'G'});
    }
  }

  private static List<String> pictures(EnforcedDaemon lab, Message alert) {
    return lab.sandbox.slack().messages().stream()
        .filter(message -> message.threadTs().filter(alert.ts()::equals).isPresent())
        .flatMap(message -> message.files().stream())
        .toList();
  }
}
