package dev.spendwarden.notify.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.standardwebhooks.Webhook;
import dev.spendwarden.notify.Body;
import dev.spendwarden.notify.DeliveryResult;
import dev.spendwarden.notify.JdkHttpPost;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.notify.NotifyFixtures;
import dev.spendwarden.notify.StandIn;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WebhookNotifierTest {

  private static final String SECRET = "whsec_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=";
  private static final String OLDER = "whsec_c3BlbmR3YXJkZW4tb2xkZXItc2VjcmV0LTAwMDE=";

  private final StandIn receiver = new StandIn("");
  private final Notification notification = NotifyFixtures.scene().notification();

  @AfterEach
  void stop() {
    receiver.close();
  }

  /// The independent library insists on a time stamp of about now.
  private DeliveryResult send(List<String> secrets, BodyFormat format) {
    var settings =
        new WebhookNotifier.Settings(receiver::url, () -> secrets, format, Duration.ofSeconds(10));
    try (var notifier = new WebhookNotifier(settings, new JdkHttpPost(), InstantSource.system())) {
      return notifier.send(notification, Optional.empty());
    }
  }

  private static HttpHeaders headers(StandIn.Request request) {
    var lists = new HashMap<String, List<String>>();
    request.headers().forEach((name, value) -> lists.put(name, List.of(value)));
    return HttpHeaders.of(lists, (name, value) -> true);
  }

  @Test
  void theFrozenBodyIsSentByteForByteAndSigned() throws Exception {
    assertThat(send(List.of(SECRET), BodyFormat.STANDARD))
        .isEqualTo(new DeliveryResult.Delivered(Optional.empty()));
    StandIn.Request request = receiver.last();
    assertThat(request.body()).isEqualTo(notification.body());
    assertThat(request.headers())
        .containsEntry("webhook-id", notification.id())
        .containsEntry("content-type", "application/json");
    new Webhook(SECRET).verify(request.body(), headers(request));
  }

  @Test
  void anotherBodyDoesNotVerify() {
    send(List.of(SECRET), BodyFormat.STANDARD);
    StandIn.Request request = receiver.last();
    assertThatThrownBy(() -> new Webhook(SECRET).verify(request.body() + " ", headers(request)))
        .isInstanceOf(Exception.class);
  }

  @Test
  void everySecretSignsSoThatReceiversCanChangeOver() {
    send(List.of(SECRET, OLDER), BodyFormat.STANDARD);
    StandIn.Request request = receiver.last();
    assertThat(request.headers().get("webhook-signature").split(" ")).hasSize(2);
    for (String secret : List.of(SECRET, OLDER)) {
      assertThatCode(() -> new Webhook(secret).verify(request.body(), headers(request)))
          .doesNotThrowAnyException();
    }
  }

  @Test
  void withoutASecretThereIsNoSignature() {
    send(List.of(), BodyFormat.STANDARD);
    assertThat(receiver.last().headers())
        .containsKeys("webhook-id", "webhook-timestamp")
        .doesNotContainKey("webhook-signature");
  }

  @Test
  void signsTheKnownVector() {
    String body =
        "{\"type\":\"spendwarden.alert.firing\",\"timestamp\":\"2026-11-18T09:30:00Z\","
            + "\"data\":{\"policy\":\"ionq-org-monthly\",\"spent\":\"61250.40\","
            + "\"limit\":\"60000.00\",\"currency\":\"USD\"}}";
    Map<String, String> headers =
        StandardWebhooks.headers(
            "msg_2Zq7spendwarden0001",
            Instant.ofEpochSecond(1794994200),
            body.getBytes(StandardCharsets.UTF_8),
            List.of(SECRET));
    assertThat(headers)
        .containsEntry("webhook-timestamp", "1794994200")
        .containsEntry("webhook-signature", "v1,Yi7zeuR7cqhWIb3/2H3RooTxZhP83LnwrWf71tJIyQ8=");
  }

  @Test
  void aBadSecretIsOursToMendAndNeverShown() {
    DeliveryResult result = send(List.of("whsec_not base64!"), BodyFormat.STANDARD);
    assertThat(result)
        .isEqualTo(
            new DeliveryResult.Retry(
                "a signing secret is not whsec_ followed by base64", Optional.empty()));
    assertThat(receiver.requests()).isEmpty();
  }

  @Test
  void cloudEventsCarryTheStandardBodyAsData() throws Exception {
    send(List.of(SECRET), BodyFormat.CLOUDEVENTS);
    StandIn.Request request = receiver.last();
    assertThat(request.headers()).containsEntry("content-type", "application/cloudevents+json");
    assertThat(request.body())
        .isEqualTo(
            "{\"specversion\":\"1.0\",\"id\":\""
                + notification.id()
                + "\",\"source\":\"urn:spendwarden\",\"type\":\"dev.spendwarden.alert.fired\","
                + "\"subject\":\"policy/ionq-user-quota\",\"time\":\"2027-01-20T09:05:00Z\","
                + "\"datacontenttype\":\"application/json\",\"data\":"
                + notification.body()
                + "}");
    new Webhook(SECRET).verify(request.body(), headers(request));
  }

  @Test
  void alertmanagersPayloadHasOneAlert() {
    send(List.of(), BodyFormat.ALERTMANAGER);
    Body body = Body.parse(receiver.last().body()).orElseThrow();
    assertThat(body.text("version")).hasValue("4");
    assertThat(body.text("status")).hasValue("firing");
    assertThat(body.text("externalURL")).hasValue("https://spend.example.org");
    Body alert = body.objects("alerts").getFirst();
    assertThat(alert.object("labels").asTexts())
        .isEqualTo(
            Map.of(
                "alertname", "ionq-user-quota",
                "severity", "warning",
                "user", "u1",
                "team", "quantum"));
    assertThat(alert.text("startsAt")).hasValue("2027-01-20T09:05:00Z");
    assertThat(alert.text("endsAt")).hasValue("0001-01-01T00:00:00Z");
    assertThat(alert.object("annotations").text("summary"))
        .hasValue("u1 has used 82 % (205 of 250 USD)");
  }

  @Test
  void alertmanagersPayloadEndsAResolvedAlert() {
    String json = BodyFormat.ALERTMANAGER.render(NotifyFixtures.scene().resolved().notification());
    Body body = Body.parse(json).orElseThrow();
    assertThat(body.text("status")).hasValue("resolved");
    assertThat(body.objects("alerts").getFirst().text("endsAt")).hasValue("2027-01-20T11:05:00Z");
  }
}
