package dev.spendwarden.enforce;

import dev.spendwarden.sources.json.JsonField;
import dev.spendwarden.sources.json.JsonReader;
import dev.spendwarden.sources.json.JsonValue;
import dev.spendwarden.sources.json.MalformedAnswer;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;

/// JSON that levers write: small bodies and remembered states. Objects keep the order of their map.
public final class JsonText {

  private JsonText() {}

  /// @param value a map, a collection, a text, a boolean, an integer, a decimal or a read value
  public static String of(Object value) {
    var out = new StringBuilder();
    write(out, value);
    return out.toString();
  }

  /// What [#of] wrote.
  ///
  /// @throws IllegalArgumentException when it is not that
  public static JsonField parse(String json) {
    try {
      return JsonReader.read(json.getBytes(StandardCharsets.UTF_8));
    } catch (MalformedAnswer e) {
      throw new IllegalArgumentException("a remembered state cannot be read", e);
    }
  }

  private static void write(StringBuilder out, Object value) {
    switch (value) {
      case Map<?, ?> map -> {
        String comma = "{";
        for (var entry : map.entrySet()) {
          out.append(comma);
          quote(out, String.valueOf(entry.getKey()));
          out.append(':');
          write(out, entry.getValue());
          comma = ",";
        }
        out.append(map.isEmpty() ? "{}" : "}");
      }
      case Collection<?> list -> {
        String comma = "[";
        for (Object item : list) {
          out.append(comma);
          write(out, item);
          comma = ",";
        }
        out.append(list.isEmpty() ? "[]" : "]");
      }
      case BigDecimal number -> out.append(number.toPlainString());
      case Boolean flag -> out.append(flag);
      case Integer number -> out.append(number);
      case JsonValue.JsonObject(var fields) -> write(out, fields);
      case JsonValue.JsonArray(var items) -> write(out, items);
      case JsonValue.JsonString(String text) -> quote(out, text);
      case JsonValue.JsonNumber(BigDecimal number) -> out.append(number.toPlainString());
      case JsonValue.JsonBoolean(boolean flag) -> out.append(flag);
      case JsonValue.JsonNull() -> out.append("null");
      default -> quote(out, value.toString());
    }
  }

  private static void quote(StringBuilder out, String text) {
    out.append('"');
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ' || Character.isSurrogate(c)) {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
