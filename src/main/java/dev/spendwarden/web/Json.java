package dev.spendwarden.web;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/// Writes JSON with Jackson's streaming API: amounts stay text, and what is not known is null.
final class Json {

  private static final JsonFactory FACTORY = new JsonFactory();

  private Json() {}

  /// A piece of JSON that knows how to write itself.
  @FunctionalInterface
  interface Piece {
    void write(JsonGenerator out) throws IOException;
  }

  static Buffer render(Piece piece) {
    var bytes = new ByteArrayOutputStream();
    // Through a writer: Jackson's own UTF-8 refuses half a surrogate pair, this replaces it.
    var utf8 = new OutputStreamWriter(bytes, StandardCharsets.UTF_8);
    try (JsonGenerator out = FACTORY.createGenerator(utf8)) {
      piece.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot happen in memory", e);
    }
    return Buffer.buffer(bytes.toByteArray());
  }

  static void text(JsonGenerator out, String name, @Nullable String value) throws IOException {
    if (value == null) {
      out.writeNullField(name);
    } else {
      out.writeStringField(name, value);
    }
  }

  static void text(JsonGenerator out, String name, Optional<String> value) throws IOException {
    text(out, name, value.orElse(null));
  }

  static void time(JsonGenerator out, String name, Optional<Instant> value) throws IOException {
    text(out, name, value.map(DateTimeFormatter.ISO_INSTANT::format));
  }

  static void time(JsonGenerator out, String name, Instant value) throws IOException {
    time(out, name, Optional.of(value));
  }

  /// JSON has no infinity and no NaN: both are null.
  static void number(JsonGenerator out, String name, double value) throws IOException {
    if (Double.isFinite(value)) {
      out.writeNumberField(name, value);
    } else {
      out.writeNullField(name);
    }
  }

  static void number(JsonGenerator out, String name, OptionalDouble value) throws IOException {
    number(out, name, value.orElse(Double.NaN));
  }

  static void texts(JsonGenerator out, String name, Iterable<String> values) throws IOException {
    out.writeArrayFieldStart(name);
    for (String value : values) {
      out.writeString(value);
    }
    out.writeEndArray();
  }

  static void texts(JsonGenerator out, String name, Map<String, String> values) throws IOException {
    out.writeObjectFieldStart(name);
    for (var entry : values.entrySet()) {
      out.writeStringField(entry.getKey(), entry.getValue());
    }
    out.writeEndObject();
  }
}
