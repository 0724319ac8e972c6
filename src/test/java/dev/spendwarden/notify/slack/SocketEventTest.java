package dev.spendwarden.notify.slack;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SocketEventTest {

  private static String pressed(String user, String action) {
    return "{\"type\":\"interactive\",\"envelope_id\":\"env-1\",\"payload\":{\"type\":\"block_actions\","
               + "\"user\":"
        + user
        + ",\"container\":{\"message_ts\":\"1.2\",\"channel_id\":\"C1\"},\"actions\":["
        + action
        + "]}}";
  }

  private static final String ACK =
      "{\"action_id\":\"ack\",\"block_id\":\"spendwarden:swn_1\",\"value\":\"alt_1\",\"action_ts\":\"9.1\"}";

  @Test
  void aPressIsReadAndItsEnvelopeAcknowledged() {
    var envelope =
        (SocketEvent.Envelope)
            SocketEvent.parse(pressed("{\"id\":\"U0ADA\",\"username\":\"ada\"}", ACK));
    assertThat(envelope.acknowledgement()).isEqualTo("{\"envelope_id\":\"env-1\"}");
    Click click = envelope.click().orElseThrow();
    assertThat(click.press()).isEqualTo(Press.ACK);
    assertThat(click.subject()).isEqualTo("alt_1");
    assertThat(click.notificationId()).hasValue("swn_1");
    assertThat(click.who()).isEqualTo("ada (U0ADA)");
    assertThat(click.ts()).isEqualTo("1.2");
  }

  @Test
  void aNameIsForeignText() {
    var envelope =
        (SocketEvent.Envelope)
            SocketEvent.parse(
                pressed("{\"id\":\"U0ADA\",\"username\":\"a\\u0000d\\u202ea\\n\"}", ACK));
    assertThat(envelope.click().orElseThrow().who()).isEqualTo("ada  (U0ADA)");
  }

  /// Acknowledged, so that Slack does not send it again, and no more.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"action_id\":\"ack\",\"block_id\":\"somebody else's\",\"value\":\"alt_1\"}",
        "{\"action_id\":\"unheard\",\"block_id\":\"spendwarden:swn_1\",\"value\":\"alt_1\"}",
        "{\"action_id\":\"ack\",\"block_id\":\"spendwarden:swn_1\"}",
        "3"
      })
  void whatIsNotOursIsAcknowledgedOnly(String action) {
    var envelope = (SocketEvent.Envelope) SocketEvent.parse(pressed("{\"id\":\"U0ADA\"}", action));
    assertThat(envelope.click()).isEmpty();
  }

  @Test
  void theRestOfTheProtocol() {
    assertThat(SocketEvent.parse("{\"type\":\"hello\",\"num_connections\":1}"))
        .isEqualTo(new SocketEvent.Hello());
    assertThat(SocketEvent.parse("{\"type\":\"disconnect\",\"reason\":\"warning\"}"))
        .isEqualTo(new SocketEvent.Disconnect("warning"));
    assertThat(SocketEvent.parse("not json")).isEqualTo(new SocketEvent.Unknown());
    assertThat(SocketEvent.parse("{\"envelope_id\":\"a\\\"b\",\"type\":\"interactive\"}"))
        .isEqualTo(new SocketEvent.Unknown());
  }
}
