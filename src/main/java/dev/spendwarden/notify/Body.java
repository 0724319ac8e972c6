package dev.spendwarden.notify;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A JSON object as notifiers read it back: a notification's frozen body, a notifier's memory, an
/// answer. Tolerant: what is absent, null or of another type is simply not there, so that a body
/// frozen by an older version can still be told. Immutable.
public final class Body {

  private static final JsonFactory JSON = new JsonFactory();

  private final Map<String, @Nullable Object> fields;

  private Body(Map<String, @Nullable Object> fields) {
    this.fields = Collections.unmodifiableMap(fields);
  }

  /// Empty when `json` is not one JSON object.
  public static Optional<Body> parse(String json) {
    try (JsonParser parser = JSON.createParser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      Body body = new Body(object(parser));
      return parser.nextToken() == null ? Optional.of(body) : Optional.empty();
    } catch (IOException | NumberFormatException e) {
      // Jackson reports an exponent beyond what a decimal can hold as the latter.
      return Optional.empty();
    }
  }

  /// The body of a notification, which [Payload] wrote.
  ///
  /// @throws IllegalArgumentException when it is no JSON object: the store is broken
  public static Body of(Notification notification) {
    return parse(notification.body())
        .orElseThrow(
            () -> new IllegalArgumentException("the body of " + notification.id() + " is no JSON"));
  }

  public Optional<String> text(String field) {
    return fields.get(field) instanceof String text ? Optional.of(text) : Optional.empty();
  }

  public Optional<BigDecimal> number(String field) {
    return fields.get(field) instanceof BigDecimal number ? Optional.of(number) : Optional.empty();
  }

  /// The object in `field`; an empty one when there is none.
  @SuppressWarnings("unchecked")
  public Body object(String field) {
    return fields.get(field) instanceof Map<?, ?> map
        ? new Body((Map<String, @Nullable Object>) map)
        : new Body(Map.of());
  }

  /// The objects in the list `field`.
  @SuppressWarnings("unchecked")
  public List<Body> objects(String field) {
    var found = new ArrayList<Body>();
    for (Object item : list(field)) {
      if (item instanceof Map<?, ?> map) {
        found.add(new Body((Map<String, @Nullable Object>) map));
      }
    }
    return found;
  }

  /// The texts in the list `field`.
  public List<String> texts(String field) {
    return list(field).stream().filter(String.class::isInstance).map(String.class::cast).toList();
  }

  /// The fields that hold text, in their order: labels.
  public Map<String, String> asTexts() {
    var texts = new LinkedHashMap<String, String>();
    fields.forEach((name, value) -> {
      if (value instanceof String text) {
        texts.put(name, text);
      }
    });
    return texts;
  }

  /// The fields that hold numbers, in their order: burn by window.
  public Map<String, BigDecimal> asNumbers() {
    var numbers = new LinkedHashMap<String, BigDecimal>();
    fields.forEach((name, value) -> {
      if (value instanceof BigDecimal number) {
        numbers.put(name, number);
      }
    });
    return numbers;
  }

  /// The names of all fields, in their order.
  public Set<String> names() {
    return fields.keySet();
  }

  public boolean isEmpty() {
    return fields.isEmpty();
  }

  private List<?> list(String field) {
    return fields.get(field) instanceof List<?> list ? list : List.of();
  }

  private static Map<String, @Nullable Object> object(JsonParser parser) throws IOException {
    var map = new LinkedHashMap<String, @Nullable Object>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      map.put(name, value(parser));
    }
    return map;
  }

  private static @Nullable Object value(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> {
        var items = new ArrayList<@Nullable Object>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          items.add(value(parser));
        }
        yield items;
      }
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getDecimalValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> null;
    };
  }
}
