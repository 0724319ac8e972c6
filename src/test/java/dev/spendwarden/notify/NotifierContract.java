package dev.spendwarden.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What every notifier makes of a receiver's answers. A notifier's own test extends this and says
/// how to build it and what its receiver answers when all is well.
public abstract class NotifierContract {

  protected static final Instant NOW = NotifyFixtures.AT.plusSeconds(60);
  protected static final InstantSource CLOCK = InstantSource.fixed(NOW);
  protected static final Duration TIMEOUT = Duration.ofSeconds(10);

  protected final StandIn receiver = new StandIn(usualAnswer());

  protected abstract Notifier notifier(URI url);

  /// The body of a 200 that means success.
  protected abstract String usualAnswer();

  @AfterEach
  void stop() {
    receiver.close();
  }

  protected DeliveryResult send(Notification notification, Optional<String> memory) {
    try (Notifier notifier = notifier(receiver.url())) {
      return notifier.send(notification, memory);
    }
  }

  private DeliveryResult send() {
    return send(NotifyFixtures.scene().notification(), Optional.empty());
  }

  record Row(int status, Class<? extends DeliveryResult> expected) {}

  static Stream<Row> statusCodes() {
    return Stream.of(
        new Row(200, DeliveryResult.Delivered.class),
        new Row(301, DeliveryResult.Rejected.class),
        new Row(302, DeliveryResult.Rejected.class),
        new Row(307, DeliveryResult.Rejected.class),
        new Row(308, DeliveryResult.Rejected.class),
        new Row(400, DeliveryResult.Rejected.class),
        new Row(401, DeliveryResult.Rejected.class),
        new Row(403, DeliveryResult.Rejected.class),
        new Row(404, DeliveryResult.Rejected.class),
        new Row(408, DeliveryResult.Retry.class),
        new Row(410, DeliveryResult.Gone.class),
        new Row(413, DeliveryResult.Rejected.class),
        new Row(422, DeliveryResult.Rejected.class),
        new Row(425, DeliveryResult.Retry.class),
        new Row(429, DeliveryResult.Retry.class),
        new Row(500, DeliveryResult.Retry.class),
        new Row(502, DeliveryResult.Retry.class),
        new Row(503, DeliveryResult.Retry.class),
        new Row(504, DeliveryResult.Retry.class));
  }

  @ParameterizedTest
  @MethodSource("statusCodes")
  void tellsAnswersApartAndAsksOnce(Row row) {
    receiver.answers(row.status(), Map.of("Location", "/elsewhere"), usualAnswer());
    assertThat(send()).isInstanceOf(row.expected());
    assertThat(receiver.requests()).hasSize(1);
    assertThat(receiver.last().method()).isEqualTo("POST");
  }

  @Test
  void honoursRetryAfter() {
    receiver.answers(429, Map.of("Retry-After", "30"), "{}");
    assertThat(send())
        .isEqualTo(new DeliveryResult.Retry("HTTP 429", Optional.of(Duration.ofSeconds(30))));
  }

  @Test
  void aReceiverThatIsNotThereIsRetried() {
    receiver.close();
    assertThat(send()).isInstanceOf(DeliveryResult.Retry.class);
  }

  @Test
  void everyKindOfNotificationCanBeTold() {
    assertThat(send(NotifyFixtures.drill(), Optional.empty()))
        .isInstanceOf(DeliveryResult.Delivered.class);
    assertThat(send(NotifyFixtures.scene().escalated().notification(), Optional.empty()))
        .isInstanceOf(DeliveryResult.Delivered.class);
    assertThat(send(NotifyFixtures.scene().resolved().notification(), Optional.empty()))
        .isInstanceOf(DeliveryResult.Delivered.class);
    assertThat(send(NotifyFixtures.action(), Optional.empty()))
        .isInstanceOf(DeliveryResult.Delivered.class);
  }

  @Test
  void everyAttemptSendsTheSameBody() {
    Notification notification = NotifyFixtures.scene().notification();
    send(notification, Optional.empty());
    send(notification, Optional.empty());
    assertThat(receiver.requests().get(0).bytes()).isEqualTo(receiver.requests().get(1).bytes());
  }
}
