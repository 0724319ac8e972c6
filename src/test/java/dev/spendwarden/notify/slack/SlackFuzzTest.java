package dev.spendwarden.notify.slack;

import dev.spendwarden.fuzz.Fuzz;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class SlackFuzzTest {

  private static final String PRESSED =
      """
      {"envelope_id": "57d6a792-4d35", "type": "interactive", "accepts_response_payload": false,
       "payload": {"type": "block_actions", "user": {"id": "U1", "username": "ada", "name": "ada"},
         "container": {"type": "message", "message_ts": "1.2", "channel_id": "C1"},
         "channel": {"id": "C1", "name": "spend"},
         "actions": [{"action_id": "ack", "block_id": "swn_0123456789abcdef", "type": "button",
           "value": "alt_1", "action_ts": "3.4"}]}}
      """;

  @Test
  void interactions() throws IOException {
    Fuzz.ofTexts(
            "slack-interactions",
            List.of(PRESSED, "{\"type\":\"hello\"}", "{\"type\":\"disconnect\",\"reason\":\"x\"}"))
        .run(input -> SocketEvent.parse(new String(input, StandardCharsets.UTF_8)));
  }
}
