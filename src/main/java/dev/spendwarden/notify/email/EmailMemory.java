package dev.spendwarden.notify.email;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.spendwarden.notify.Body;
import dev.spendwarden.notify.LastTold;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Optional;

/// What is kept about an alert: the first mail about it, to which the others are replies, and what
/// the last one said.
record EmailMemory(String firstId, LastTold told) {

  private static final JsonFactory JSON = new JsonFactory();

  /// Empty when it is not one of ours.
  static Optional<EmailMemory> parse(String memory) {
    return Body.parse(memory)
        .flatMap(body ->
            body.text("message_id")
                .flatMap(id -> LastTold.read(body).map(told -> new EmailMemory(id, told))));
  }

  String toJson() {
    var out = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("message_id", firstId);
      told.write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a string writer does not fail", e);
    }
    return out.toString();
  }
}
