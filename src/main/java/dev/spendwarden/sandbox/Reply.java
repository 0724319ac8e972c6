package dev.spendwarden.sandbox;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.TreeMap;

/// What a twin answers, before any fault.
record Reply(int status, Map<String, String> headers, Buffer body) {

  static Reply json(int status, JsonObject body) {
    return new Reply(
        status, Map.of("content-type", "application/json"), Buffer.buffer(body.encode()));
  }

  static Reply json(JsonObject body) {
    return json(200, body);
  }

  static Reply text(int status, String contentType, String body) {
    return new Reply(status, Map.of("content-type", contentType), Buffer.buffer(body));
  }

  Reply with(String header, String value) {
    var more = new TreeMap<>(headers);
    more.put(header, value);
    return new Reply(status, more, body);
  }

  Reply withBody(Buffer other) {
    return new Reply(status, headers, other);
  }
}
