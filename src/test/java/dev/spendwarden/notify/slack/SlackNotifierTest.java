package dev.spendwarden.notify.slack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.notify.DeliveryResult;
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
            "#quantum-spend", () -> "xoxb-not-a-real-token", slack.url().resolve("/api"), timeout);
    try (var notifier =
        new SlackNotifier(settings, new OkHttpClient(), InstantSource.fixed(NotifyFixtures.AT))) {
      return notifier.send(notification, memory);
    }
  }

  @Test
  void theFirstMessageIsPostedAndItsPlaceRemembered() {
    assertThat(send(fired, Optional.empty()))
        .isEqualTo(new DeliveryResult.Delivered(Optional.of(MEMORY)));
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
        .isEqualTo(new DeliveryResult.Delivered(Optional.empty()));
    assertThat(slack.paths()).containsExactly("/api/chat.update", "/api/chat.postMessage");
    assertThat(slack.requests().get(0).form())
        .containsEntry("channel", "C0SPENDW01")
        .containsEntry("ts", "1794994200.000199")
        .containsEntry("blocks", SlackMessage.of(escalated).blocksJson());
    assertThat(slack.last().form())
        .containsEntry("channel", "C0SPENDW01")
        .containsEntry("thread_ts", "1794994200.000199")
        .containsEntry("text", SlackMessage.change(escalated).text());
  }

  @ParameterizedTest
  @ValueSource(strings = {"message_not_found", "cant_update_message", "edit_window_closed"})
  void aMessageThatIsLostIsPostedAnew(String error) {
    slack.answers(200, Map.of(), refusal(error));
    slack.answers(200, Map.of(), "{\"ok\":true,\"channel\":\"C0SPENDW01\",\"ts\":\"2.2\"}");
    assertThat(send(escalated, Optional.of(MEMORY)))
        .isEqualTo(
            new DeliveryResult.Delivered(
                Optional.of("{\"channel\":\"C0SPENDW01\",\"ts\":\"2.2\"}")));
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
}
