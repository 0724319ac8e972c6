package dev.spendwarden.web;

import dev.spendwarden.fuzz.Fuzz;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RequestsFuzzTest {

  private static final Set<String> KEYS =
      Set.of("match", "ends_at", "comment", "created_by", "labels", "amount", "unit", "raise");

  @Test
  void bodies() throws IOException {
    Fuzz.ofTexts(
            "requests",
            List.of(
                "{\"match\": {\"policy\": [\"a\", \"b\"]}, \"ends_at\": \"2027-01-20T09:00:00Z\","
                    + " \"comment\": \"c\", \"created_by\": \"ada\"}",
                "{\"labels\": {\"source\": \"ionq-lab\"}, \"amount\": \"40\", \"unit\": \"USD\"}",
                "{\"raise\": \"500 USD\", \"comment\": \"x\"}"))
        .refusing(Problem.class)
        .run(input -> {
          JsonBody body = JsonBody.parse(Buffer.buffer(input), KEYS);
          var _ = body.textOr("comment", "");
          var _ = body.amount("raise");
          var _ = body.time("ends_at");
        });
  }
}
