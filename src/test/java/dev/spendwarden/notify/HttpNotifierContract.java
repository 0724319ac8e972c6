package dev.spendwarden.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What every notifier that speaks HTTP makes of a receiver's answers. A notifier's own test
/// extends this and says how to build it and what its receiver answers when all is well.
public abstract class HttpNotifierContract extends NotifierContract {

  protected final StandIn receiver = new StandIn(usualAnswer());

  protected abstract Notifier notifier(URI url);

  /// The body of a 200 that means success.
  protected abstract String usualAnswer();

  @Override
  protected Notifier notifier() {
    return notifier(receiver.url());
  }

  @AfterEach
  @Override
  protected void stopReceiver() {
    receiver.close();
  }

  @Override
  protected List<byte[]> taken() {
    return receiver.requests().stream().map(StandIn.Request::bytes).toList();
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
}
