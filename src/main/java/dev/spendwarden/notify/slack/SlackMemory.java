package dev.spendwarden.notify.slack;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.spendwarden.notify.Body;
import dev.spendwarden.notify.LastTold;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Optional;

/// What is kept about an alert: where its message is, and what it says.
///
/// @param channel the id, which edits need
/// @param ts the message's key in its channel; text, never a number
/// @param told empty in a memory of a former version
record SlackMemory(String channel, String ts, Optional<LastTold> told) {

  private static final JsonFactory JSON = new JsonFactory();

  /// Empty when it is not one of ours.
  static Optional<SlackMemory> parse(String memory) {
    Optional<Body> body = Body.parse(memory);
    Optional<String> channel = body.flatMap(b -> b.text("channel"));
    Optional<String> ts = body.flatMap(b -> b.text("ts"));
    return channel.isPresent() && ts.isPresent()
        ? Optional.of(new SlackMemory(channel.get(), ts.get(), body.flatMap(LastTold::read)))
        : Optional.empty();
  }

  /// The same message, which now says this.
  SlackMemory saying(Body body) {
    return new SlackMemory(channel, ts, Optional.of(LastTold.of(body)));
  }

  String toJson() {
    var out = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("channel", channel);
      json.writeStringField("ts", ts);
      if (told.isPresent()) {
        told.get().write(json);
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a string writer does not fail", e);
    }
    return out.toString();
  }
}
