package dev.spendwarden.notify.slack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.notify.AlertNotes;
import dev.spendwarden.notify.Body;
import dev.spendwarden.notify.BudgetPictures;
import dev.spendwarden.notify.DeliveryResult;
import dev.spendwarden.notify.JdkHttpPost;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.notify.NotifyFixtures;
import dev.spendwarden.notify.StandIn;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Against a stand-in of Slack's API: what is called, with what, and what is made of the answers.
class SlackNotifierTest {

  private static final String POSTED =
      "{\"ok\":true,\"channel\":\"C0SPENDW01\",\"ts\":\"1794994200.000199\"}";
  private static final String MEMORY = "{\"channel\":\"C0SPENDW01\",\"ts\":\"1794994200.000199\"}";

  private final StandIn slack = new StandIn(POSTED);
  private final Notification fired = NotifyFixtures.scene().notification();
  private final Notification escalated = NotifyFixtures.scene().escalated().notification();

  @AfterEach
  void stop() {
    slack.close();
  }

  private DeliveryResult send(Notification notification, Optional<String> memory) {
    return send(notification, memory, Duration.ofSeconds(10));
  }

  private DeliveryResult send(
      Notification notification, Optional<String> memory, Duration timeout) {
    var settings =
        new SlackNotifier.Settings(
            "#quantum-spend",
            () -> "xoxb-not-a-real-token",
            slack.url().resolve("/api"),
            timeout,
            false);
    try (var notifier = notifier(settings, AlertNotes.NONE, BudgetPictures.NONE)) {
      return notifier.send(notification, memory);
    }
  }

  private static SlackNotifier notifier(
      SlackNotifier.Settings settings, AlertNotes notes, BudgetPictures pictures) {
    return new SlackNotifier(
        settings,
        new OkHttpClient(),
        new JdkHttpPost(),
        notes,
        pictures,
        InstantSource.fixed(NotifyFixtures.AT));
  }

  @Test
  void theFirstMessageIsPostedAndItsPlaceRemembered() {
    assertThat(send(fired, Optional.empty()))
        .isEqualTo(new DeliveryResult.Delivered(Optional.of(saying(MEMORY, fired))));
    assertThat(slack.paths()).containsExactly("/api/chat.postMessage");
    assertThat(slack.last().headers())
        .containsEntry("authorization", "Bearer xoxb-not-a-real-token");
    assertThat(slack.last().form())
        .containsEntry("channel", "#quantum-spend")
        .containsEntry("text", SlackMessage.of(fired).text())
        .containsEntry("blocks", SlackMessage.of(fired).blocksJson())
        .containsEntry("parse", "none")
        .doesNotContainKey("thread_ts")
        .doesNotContainKey("token");
  }

  @Test
  void aChangeEditsTheMessageAndIsToldInItsThread() {
    assertThat(send(escalated, Optional.of(MEMORY)))
        .isEqualTo(new DeliveryResult.Delivered(Optional.of(saying(MEMORY, escalated))));
    assertThat(slack.paths()).containsExactly("/api/chat.update", "/api/chat.postMessage");
    assertThat(slack.requests().get(0).form())
        .containsEntry("channel", "C0SPENDW01")
        .containsEntry("ts", "1794994200.000199")
        .containsEntry("blocks", SlackMessage.of(escalated).blocksJson());
    assertThat(slack.last().form())
        .containsEntry("channel", "C0SPENDW01")
        .containsEntry("thread_ts", "1794994200.000199")
        .containsEntry("text", SlackMessage.change(escalated, Optional.empty()).text());
  }

  @ParameterizedTest
  @ValueSource(strings = {"message_not_found", "cant_update_message", "edit_window_closed"})
  void aMessageThatIsLostIsPostedAnew(String error) {
    slack.answers(200, Map.of(), refusal(error));
    slack.answers(200, Map.of(), "{\"ok\":true,\"channel\":\"C0SPENDW01\",\"ts\":\"2.2\"}");
    assertThat(send(escalated, Optional.of(MEMORY)))
        .isEqualTo(
            new DeliveryResult.Delivered(
                Optional.of(saying("{\"channel\":\"C0SPENDW01\",\"ts\":\"2.2\"}", escalated))));
    assertThat(slack.paths()).containsExactly("/api/chat.update", "/api/chat.postMessage");
    assertThat(slack.last().form()).doesNotContainKey("thread_ts");
  }

  @Test
  void memoryThatCannotBeReadMeansANewMessage() {
    send(escalated, Optional.of("{broken"));
    assertThat(slack.paths()).containsExactly("/api/chat.postMessage");
  }

  @Test
  void aReplyThatFailsIsRetriedByEditingAgainWithoutANewMessage() {
    slack.answers(200, Map.of(), POSTED).answers(200, Map.of(), refusal("internal_error"));
    assertThat(send(escalated, Optional.of(MEMORY)))
        .isEqualTo(new DeliveryResult.Retry("chat.postMessage: internal_error", Optional.empty()));
    send(escalated, Optional.of(MEMORY));
    assertThat(slack.requests()).hasSize(4);
    assertThat(slack.requests())
        .filteredOn(request -> request.path().endsWith("chat.postMessage"))
        .allMatch(request -> request.form().containsKey("thread_ts"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ratelimited", "internal_error", "fatal_error", "service_unavailable"})
  void slacksOwnTroubleIsRetried(String error) {
    slack.answers(200, Map.of(), refusal(error));
    assertThat(send(fired, Optional.empty()))
        .isEqualTo(new DeliveryResult.Retry("chat.postMessage: " + error, Optional.empty()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "invalid_auth",
        "token_revoked",
        "account_inactive",
        "channel_not_found",
        "not_in_channel",
        "is_archived",
        "missing_scope",
        "msg_too_long",
        "invalid_blocks"
      })
  void whatWeMayNotDoIsRefused(String error) {
    slack.answers(200, Map.of(), refusal(error));
    assertThat(send(fired, Optional.empty()))
        .isEqualTo(new DeliveryResult.Rejected("chat.postMessage: " + error));
  }

  @Test
  void anAnswerThatIsNotSlacksIsRetried() {
    slack.answers(200, Map.of(), "<html>a proxy says hello</html>");
    assertThat(send(fired, Optional.empty())).isInstanceOf(DeliveryResult.Retry.class);
    slack.answers(200, Map.of(), "");
    assertThat(send(fired, Optional.empty())).isInstanceOf(DeliveryResult.Retry.class);
    slack.answers(200, Map.of(), "[]");
    assertThat(send(fired, Optional.empty())).isInstanceOf(DeliveryResult.Retry.class);
  }

  @Test
  void anErrorPageIsJudgedByItsStatus() {
    slack.answers(503, Map.of("Retry-After", "7"), "<html>unavailable</html>");
    assertThat(send(fired, Optional.empty()))
        .isEqualTo(new DeliveryResult.Retry("HTTP 503", Optional.of(Duration.ofSeconds(7))));
  }

  @Test
  void anAnswerThatNeverComesEndsWithTheTimeout() {
    slack.stalls();
    assertThat(send(fired, Optional.empty(), Duration.ofMillis(300)))
        .isEqualTo(new DeliveryResult.Retry("timeout: InterruptedIOException", Optional.empty()));
  }

  @Test
  void theTokenFollowsNoRedirect() {
    slack.answers(307, Map.of("Location", slack.url() + "elsewhere"), "");
    assertThat(send(fired, Optional.empty())).isEqualTo(new DeliveryResult.Rejected("HTTP 307"));
    assertThat(slack.requests()).hasSize(1);
  }

  private static String refusal(String error) {
    return "{\"ok\":false,\"error\":\"" + error + "\"}";
  }

  /// The memory of a message at a place that now says what the notification does.
  private static String saying(String place, Notification notification) {
    return SlackMemory.parse(place).orElseThrow().saying(Body.of(notification)).toJson();
  }

  @Test
  void aChangeSaysWhatIsOtherwiseSinceTheLastMessage() {
    send(escalated, Optional.of(saying(MEMORY, fired)));
    String since = "*Since 2027-01-20T09:05:00Z*";
    String changes = "spent 205 → 260 (+55) USD · used 82 % → 104 % · spent holds";
    for (StandIn.Request request : slack.requests()) {
      assertThat(request.form().get("blocks")).contains(since, changes);
    }
  }

  @Test
  void aMessageIsEditedToShowWhoLooksAfterTheAlert() {
    AlertNotes notes =
        notification ->
            new AlertNotes.Note(Optional.of("ada <!channel>"), Optional.of(NotifyFixtures.AT));
    try (var notifier = notifier(settings(true), notes, BudgetPictures.NONE)) {
      assertThat(notifier.refresh(escalated, saying(MEMORY, escalated))).isEmpty();
    }
    assertThat(slack.paths()).containsExactly("/api/chat.update");
    assertThat(slack.last().form().get("blocks"))
        .contains("Acknowledged by ada &lt;!channel&gt;", "Silenced until 2027-01-20T09:05:00Z")
        .doesNotContain("\"actions\"");
  }

  private SlackNotifier.Settings settings(boolean buttons) {
    return new SlackNotifier.Settings(
        "#quantum-spend",
        () -> "xoxb-not-a-real-token",
        slack.url().resolve("/api"),
        Duration.ofSeconds(10),
        buttons);
  }

  @Test
  void aPictureFollowsIntoTheThread() {
    var picture = new BudgetPictures.Picture(new byte[] {1, 2, 3}, "title", "description");
    slack.answers(
        200,
        Map.of(),
        "{\"ok\":true,\"upload_url\":\"" + slack.url() + "upload\",\"file_id\":\"F1\"}");
    try (var notifier =
        notifier(settings(false), AlertNotes.NONE, notification -> Optional.of(picture))) {
      assertThat(notifier.illustrates(fired)).isTrue();
      assertThat(notifier.illustrate(fired, MEMORY)).isEmpty();
    }
    assertThat(slack.paths())
        .containsExactly(
            "/api/files.getUploadURLExternal", "/upload", "/api/files.completeUploadExternal");
    assertThat(slack.requests().get(0).form()).containsEntry("length", "3");
    assertThat(slack.requests().get(1).bytes()).containsExactly(1, 2, 3);
    assertThat(slack.requests().get(1).headers()).doesNotContainKey("authorization");
    assertThat(slack.last().form())
        .containsEntry("channel_id", "C0SPENDW01")
        .containsEntry("thread_ts", "1794994200.000199");
    assertThat(slack.last().form().get("files")).contains("F1", "title");
  }

  @Test
  void aPictureThatCannotBeUploadedIsSaidAndNoMore() {
    var picture = new BudgetPictures.Picture(new byte[] {1}, "title", "description");
    try (var notifier =
        notifier(settings(false), AlertNotes.NONE, notification -> Optional.of(picture))) {
      slack.answers(200, Map.of(), refusal("missing_scope"));
      assertThat(notifier.illustrate(fired, MEMORY))
          .hasValue("files.getUploadURLExternal: missing_scope");
      slack.answers(
          200,
          Map.of(),
          "{\"ok\":true,\"upload_url\":\"" + slack.url() + "upload\",\"file_id\":\"F1\"}");
      slack.answers(500, Map.of(), "");
      assertThat(notifier.illustrate(fired, MEMORY)).hasValue("HTTP 500");
      assertThat(notifier.illustrate(fired, "{}")).isEmpty();
    }
    try (var notifier = notifier(settings(false), AlertNotes.NONE, BudgetPictures.NONE)) {
      int before = slack.requests().size();
      assertThat(notifier.illustrate(fired, MEMORY)).isEmpty();
      assertThat(slack.requests()).hasSize(before);
    }
  }
}
