package dev.spendwarden.store;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.spendwarden.alert.RuleState;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The few nested values that live in one TEXT column, as JSON: whatever characters a provider puts
/// into a value, two different values never have the same text, and equal ones always do.
final class StoredJson {

  private static final JsonFactory JSON = new JsonFactory();

  /// Above this come surrogates: a lone half has no UTF-8, so the database would change it.
  private static final int HIGHEST_UNESCAPED = 0xD7FF;

  private StoredJson() {}

  /// `{"user":"u1","workspace":"ws-a"}`, in vocabulary order.
  static String write(Dimensions dimensions) {
    return written(json -> {
      for (var entry : dimensions.asMap().entrySet()) {
        json.writeStringField(entry.getKey().word(), entry.getValue());
      }
    });
  }

  static Dimensions parseDimensions(String text) {
    var values = new EnumMap<Dimension, String>(Dimension.class);
    readObject(
        text,
        (name, json) -> {
          Dimension dimension = Dimension.parse(name).orElseThrow(() -> unreadable(text, null));
          expect(json.currentToken(), JsonToken.VALUE_STRING, text);
          values.put(dimension, json.getText());
        });
    return Dimensions.of(values);
  }

  /// `{"spent":{"firing":"…","cleared":"…"},"nearly":{"pending":"…"}}`.
  static String write(Map<String, RuleState> rules) {
    return written(json -> {
      for (var entry : rules.entrySet()) {
        json.writeObjectFieldStart(entry.getKey());
        switch (entry.getValue()) {
          case RuleState.Pending(var since) -> json.writeStringField("pending", since.toString());
          case RuleState.Firing(var since, var clearedSince) -> {
            json.writeStringField("firing", since.toString());
            if (clearedSince.isPresent()) {
              json.writeStringField("cleared", clearedSince.get().toString());
            }
          }
        }
        json.writeEndObject();
      }
    });
  }

  static Map<String, RuleState> parseRules(String text) {
    var rules = new TreeMap<String, RuleState>();
    readObject(
        text,
        (name, json) -> {
          expect(json.currentToken(), JsonToken.START_OBJECT, text);
          var times = new TreeMap<String, Instant>();
          readFields(
              json,
              text,
              (key, value) -> {
                expect(value.currentToken(), JsonToken.VALUE_STRING, text);
                times.put(key, Instant.parse(value.getText()));
              });
          rules.put(name, ruleState(times, text));
        });
    return rules;
  }

  /// `{"policy":["a","b"]}`: labels and their values, sorted.
  static String writeMatch(Map<String, Set<String>> match) {
    return written(json -> {
      for (var entry : new TreeMap<>(match).entrySet()) {
        json.writeArrayFieldStart(entry.getKey());
        for (String value : new TreeSet<>(entry.getValue())) {
          json.writeString(value);
        }
        json.writeEndArray();
      }
    });
  }

  static Map<String, Set<String>> parseMatch(String text) {
    var match = new TreeMap<String, Set<String>>();
    readObject(
        text,
        (name, json) -> {
          expect(json.currentToken(), JsonToken.START_ARRAY, text);
          var values = new TreeSet<String>();
          while (json.nextToken() != JsonToken.END_ARRAY) {
            expect(json.currentToken(), JsonToken.VALUE_STRING, text);
            values.add(json.getText());
          }
          match.put(name, values);
        });
    return match;
  }

  private static RuleState ruleState(Map<String, Instant> times, String text) {
    Instant firing = times.get("firing");
    if (firing != null) {
      return new RuleState.Firing(firing, Optional.ofNullable(times.get("cleared")));
    }
    Instant pending = times.get("pending");
    if (pending == null) {
      throw unreadable(text, null);
    }
    return new RuleState.Pending(pending);
  }

  private static String written(Fields fields) {
    var out = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.setHighestNonEscapedChar(HIGHEST_UNESCAPED);
      json.writeStartObject();
      fields.writeTo(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory does not fail", e);
    }
    return out.toString();
  }

  private static void readObject(String text, Field field) {
    try (JsonParser json = JSON.createParser(text)) {
      expect(json.nextToken(), JsonToken.START_OBJECT, text);
      readFields(json, text, field);
    } catch (IOException | java.time.DateTimeException e) {
      throw unreadable(text, e);
    }
  }

  private static void readFields(JsonParser json, String text, Field field) throws IOException {
    while (json.nextToken() != JsonToken.END_OBJECT) {
      expect(json.currentToken(), JsonToken.FIELD_NAME, text);
      String name = json.currentName();
      json.nextToken();
      field.read(name, json);
    }
  }

  private static void expect(@Nullable JsonToken found, JsonToken expected, String text) {
    if (found != expected) {
      throw unreadable(text, null);
    }
  }

  private static StoreException unreadable(String text, @Nullable Exception cause) {
    var problem =
        new StoreException(
            "the database holds a value this version cannot read: "
                + text
                + ". It was damaged or written by a newer version; use that version or restore a"
                + " backup");
    if (cause != null) {
      problem.initCause(cause);
    }
    return problem;
  }

  @FunctionalInterface
  private interface Fields {
    void writeTo(JsonGenerator json) throws IOException;
  }

  @FunctionalInterface
  private interface Field {
    void read(String name, JsonParser value) throws IOException;
  }
}
