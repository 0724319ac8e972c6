package dev.spendwarden.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// JSON that commands print with `--json`: readable, one value.
final class JsonText {

  @FunctionalInterface
  interface Piece {
    void write(JsonGenerator out) throws IOException;
  }

  private JsonText() {}

  static String of(Piece piece) {
    var text = new StringWriter();
    try (JsonGenerator out = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
      piece.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot happen in memory", e);
    }
    return text.toString();
  }

  static void text(JsonGenerator out, String name, Optional<String> value) throws IOException {
    if (value.isPresent()) {
      out.writeStringField(name, value.get());
    } else {
      out.writeNullField(name);
    }
  }

  static void texts(JsonGenerator out, String name, List<String> values) throws IOException {
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
