package dev.spendwarden.web;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.spendwarden.charge.Amount;
import dev.spendwarden.charge.Unit;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A request's JSON object of texts, flags, lists of texts and maps of these. Everything else, a
/// key twice and a key nobody knows are errors with their name.
final class JsonBody {

  private static final int MAX_TEXT = 2000;

  /// Forty digits before the point and behind it: no sum of money needs more.
  private static final Pattern AMOUNT =
      Pattern.compile("([0-9]{1,40}(?:\\.[0-9]{1,40})?) +([A-Za-z0-9_]+)");

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(4).build())
          .build();

  private final Map<String, Object> values;

  private JsonBody(Map<String, Object> values) {
    this.values = values;
  }

  /// @throws Problem 400 when it is not such an object or has a key beside `known`
  static JsonBody parse(@Nullable Buffer body, Set<String> known) {
    if (body == null || body.length() == 0) {
      throw Problem.badRequest("the body: a JSON object is needed");
    }
    try (JsonParser in = FACTORY.createParser(body.getBytes())) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw Problem.badRequest("the body: a JSON object is needed");
      }
      Map<String, Object> values = object(in);
      if (in.nextToken() != null) {
        throw Problem.badRequest("the body: something follows the JSON object");
      }
      for (String key : values.keySet()) {
        if (!known.contains(key)) {
          throw Problem.badRequest(
              "the body: unknown key; known are " + String.join(", ", new TreeSet<>(known)));
        }
      }
      return new JsonBody(values);
    } catch (IOException e) {
      throw Problem.badRequest("the body: not JSON, or a key stands twice");
    }
  }

  /// A text that must be there and not blank.
  String text(String key) {
    if (values.get(key) instanceof String text && !text.isBlank() && text.length() <= MAX_TEXT) {
      return text;
    }
    throw Problem.badRequest(key + ": a text of 1 to " + MAX_TEXT + " characters is needed");
  }

  /// A text that may be left out.
  String textOr(String key, String otherwise) {
    if (!values.containsKey(key)) {
      return otherwise;
    }
    if (values.get(key) instanceof String text && text.length() <= MAX_TEXT) {
      return text;
    }
    throw Problem.badRequest(key + ": a text of up to " + MAX_TEXT + " characters is needed");
  }

  Instant time(String key) {
    try {
      return OffsetDateTime.parse(text(key)).toInstant();
    } catch (DateTimeParseException e) {
      throw Problem.badRequest(key + ": a time such as 2027-01-20T09:00:00Z is needed");
    }
  }

  boolean has(String key) {
    return values.containsKey(key);
  }

  /// True or false, which must be there.
  boolean flag(String key) {
    if (values.get(key) instanceof Boolean flag) {
      return flag;
    }
    throw Problem.badRequest(key + ": true or false is needed");
  }

  /// A map from names to one text each.
  Map<String, String> texts(String key) {
    if (!(values.get(key) instanceof Map<?, ?> map)) {
      throw Problem.badRequest(key + ": an object of texts is needed");
    }
    var texts = new LinkedHashMap<String, String>();
    for (var entry : map.entrySet()) {
      if (!(entry.getValue() instanceof String text) || text.length() > MAX_TEXT) {
        throw Problem.badRequest(key + ": a value is a text of up to " + MAX_TEXT + " characters");
      }
      texts.put((String) entry.getKey(), text);
    }
    return texts;
  }

  /// A map from labels to a value or a list of values.
  Map<String, List<String>> matchers(String key) {
    if (!(values.get(key) instanceof Map<?, ?> map) || map.isEmpty()) {
      throw Problem.badRequest(key + ": labels with their values are needed");
    }
    var matchers = new LinkedHashMap<String, List<String>>();
    for (var entry : map.entrySet()) {
      List<String> allowed = new ArrayList<>();
      List<?> given = entry.getValue() instanceof List<?> list ? list : List.of(entry.getValue());
      for (Object value : given) {
        if (!(value instanceof String text)) {
          throw Problem.badRequest(key + ": a value is a text or a list of texts");
        }
        allowed.add(text);
      }
      if (allowed.isEmpty()) {
        throw Problem.badRequest(key + ": an empty list matches nothing");
      }
      matchers.put((String) entry.getKey(), List.copyOf(allowed));
    }
    return matchers;
  }

  /// A map from labels to one value each; empty when it is left out.
  Map<String, String> textsOrNone(String key) {
    return values.containsKey(key) ? texts(key) : Map.of();
  }

  /// An amount of more than nothing with its unit, which may be left out.
  Optional<Amount> amount(String key) {
    if (!values.containsKey(key)) {
      return Optional.empty();
    }
    Matcher amount = AMOUNT.matcher(text(key));
    if (!amount.matches() || !Unit.isValid(amount.group(2))) {
      throw Problem.badRequest(key + ": an amount with its unit such as 500 USD is needed");
    }
    return Optional.of(Amount.of(amount.group(1), Unit.of(amount.group(2))));
  }

  /// False when it is left out.
  boolean flagOrFalse(String key) {
    return values.containsKey(key) && flag(key);
  }

  private static Map<String, Object> object(JsonParser in) throws IOException {
    var map = new LinkedHashMap<String, Object>();
    while (in.nextToken() != JsonToken.END_OBJECT) {
      String key = in.currentName();
      in.nextToken();
      map.put(key, value(in));
    }
    return map;
  }

  private static Object value(JsonParser in) throws IOException {
    return switch (in.currentToken()) {
      case VALUE_STRING -> in.getText();
      case VALUE_TRUE -> Boolean.TRUE;
      case VALUE_FALSE -> Boolean.FALSE;
      case START_OBJECT -> object(in);
      case START_ARRAY -> {
        var list = new ArrayList<Object>();
        while (in.nextToken() != JsonToken.END_ARRAY) {
          list.add(value(in));
        }
        yield list;
      }
      case null, default ->
          throw Problem.badRequest(
              "the body: only texts, true, false, lists and objects are expected; an amount is a"
                  + " text");
    };
  }
}
