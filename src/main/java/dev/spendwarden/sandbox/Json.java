package dev.spendwarden.sandbox;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// JSON as maps, lists, strings, booleans and [BigDecimal], so that what was received is shown to
/// the last digit; Vert.x' own reader would make doubles of decimals.
final class Json {

  private static final JsonFactory FACTORY = new JsonFactory();

  private Json() {}

  /// The one value `text` holds; empty when it is not JSON, is `null`, or has more behind it.
  static Optional<Object> parse(String text) {
    try (JsonParser parser = FACTORY.createParser(text)) {
      if (parser.nextToken() == null) {
        return Optional.empty();
      }
      Object value = value(parser);
      return parser.nextToken() == null ? Optional.ofNullable(value) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static @Nullable Object value(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> {
        var object = new LinkedHashMap<String, @Nullable Object>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = parser.currentName();
          parser.nextToken();
          object.put(name, value(parser));
        }
        yield object;
      }
      case START_ARRAY -> {
        var array = new ArrayList<@Nullable Object>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          array.add(value(parser));
        }
        yield array;
      }
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getDecimalValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      default -> parser.getText();
    };
  }

  @SuppressWarnings("unchecked")
  static Map<String, @Nullable Object> asObject(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? (Map<String, @Nullable Object>) map : Map.of();
  }

  @SuppressWarnings("unchecked")
  static List<@Nullable Object> asArray(@Nullable Object value) {
    return value instanceof List<?> list ? (List<@Nullable Object>) list : List.of();
  }

  /// The member's text; the empty string when it is absent or null.
  static String text(Map<String, ? extends @Nullable Object> object, String name) {
    Object value = object.get(name);
    return value == null ? "" : value.toString();
  }

  static String encode(@Nullable Object value) {
    return io.vertx.core.json.Json.encode(value);
  }

  /// A number as providers write it: no exponent, no trailing zeros, `20050` rather than `20050.0`.
  static BigDecimal number(BigDecimal value) {
    BigDecimal stripped = value.stripTrailingZeros();
    return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
  }
}
