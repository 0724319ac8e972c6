package dev.spendwarden.store;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.spendwarden.enforce.Target;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// An action's targets and an audit row's details, as JSON in one TEXT column.
final class StoredTargets {

  private static final JsonFactory JSON = new JsonFactory();

  /// Above this come surrogates: a lone half has no UTF-8, so the database would change it.
  private static final int HIGHEST_UNESCAPED = 0xD7FF;

  private StoredTargets() {}

  static String write(List<Target> targets) {
    return written(json -> {
      json.writeStartArray();
      for (Target target : targets) {
        json.writeStartObject();
        json.writeStringField("id", target.id());
        json.writeStringField("former", target.former());
        json.writeStringField("wanted", target.wanted());
        json.writeStringField("mark", target.mark().word());
        json.writeEndObject();
      }
      json.writeEndArray();
    });
  }

  static List<Target> parse(String text) {
    var targets = new ArrayList<Target>();
    try (JsonParser json = JSON.createParser(text)) {
      require(json.nextToken() == JsonToken.START_ARRAY, text);
      while (json.nextToken() != JsonToken.END_ARRAY) {
        SortedMap<String, String> fields = texts(json, text);
        require(fields.keySet().containsAll(List.of("id", "former", "wanted", "mark")), text);
        targets.add(
            new Target(
                fields.getOrDefault("id", ""),
                fields.getOrDefault("former", ""),
                fields.getOrDefault("wanted", ""),
                Target.Mark.valueOf(fields.getOrDefault("mark", "").toUpperCase(Locale.ROOT))));
      }
    } catch (IOException e) {
      throw unreadable(text);
    }
    return targets;
  }

  static String writeTexts(Map<String, String> texts) {
    return written(json -> {
      json.writeStartObject();
      for (var entry : texts.entrySet()) {
        json.writeStringField(entry.getKey(), entry.getValue());
      }
      json.writeEndObject();
    });
  }

  static SortedMap<String, String> parseTexts(String text) {
    try (JsonParser json = JSON.createParser(text)) {
      json.nextToken();
      return texts(json, text);
    } catch (IOException e) {
      throw unreadable(text);
    }
  }

  private static SortedMap<String, String> texts(JsonParser json, String text) throws IOException {
    require(json.currentToken() == JsonToken.START_OBJECT, text);
    var texts = new TreeMap<String, String>();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      require(json.nextToken() == JsonToken.VALUE_STRING, text);
      texts.put(name, json.getText());
    }
    require(json.currentToken() == JsonToken.END_OBJECT, text);
    return texts;
  }

  private static void require(boolean holds, String text) {
    if (!holds) {
      throw unreadable(text);
    }
  }

  private static StoreException unreadable(String text) {
    return new StoreException(
        "the database holds a value this version cannot read: "
            + text
            + ". It was damaged or written by a newer version; use that version or restore a"
            + " backup");
  }

  private static String written(Piece piece) {
    var out = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.setHighestNonEscapedChar(HIGHEST_UNESCAPED);
      piece.writeTo(json);
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory does not fail", e);
    }
    return out.toString();
  }

  @FunctionalInterface
  private interface Piece {
    void writeTo(JsonGenerator json) throws IOException;
  }
}
