package dev.spendwarden.sources.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import dev.spendwarden.sources.json.JsonValue.JsonArray;
import dev.spendwarden.sources.json.JsonValue.JsonBoolean;
import dev.spendwarden.sources.json.JsonValue.JsonNull;
import dev.spendwarden.sources.json.JsonValue.JsonNumber;
import dev.spendwarden.sources.json.JsonValue.JsonObject;
import dev.spendwarden.sources.json.JsonValue.JsonString;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// Reads one JSON document, strictly and within bounds: nothing behind it, no key twice, no deep
/// nesting, no number whose arithmetic would take for ever.
public final class JsonReader {

  static final int MAX_DEPTH = 32;
  static final int MAX_DIGITS = 100;

  /// Also bounds the exponent: `1e999999999` is short to write and endless to add.
  static final int MAX_SCALE = 60;

  private static final int MAX_STRING = 1 << 20;
  private static final int MAX_NAME = 1024;

  // Sign, digits, point and a short exponent; longer than that is not a figure on a bill.
  private static final int MAX_NUMBER_LENGTH = 2 * (MAX_DIGITS + MAX_SCALE);
  private static final Pattern LONG_EXPONENT = Pattern.compile(".*[eE][+-]?0*[0-9]{4,}");

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(MAX_NUMBER_LENGTH)
                  .maxStringLength(MAX_STRING)
                  .maxNameLength(MAX_NAME)
                  .build())
          // Names come from outside: interning them would fill a table that is never emptied.
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .build();

  private JsonReader() {}

  /// The document's root.
  ///
  /// @param document UTF-8; its size is for the HTTP client to bound
  public static JsonField read(byte[] document) throws MalformedAnswer {
    try (JsonParser parser = FACTORY.createParser(decoded(document))) {
      if (parser.nextToken() == null) {
        throw new MalformedAnswer("", "the answer is empty");
      }
      JsonValue root = value(parser, "");
      if (parser.nextToken() != null) {
        throw new MalformedAnswer("", "something follows the JSON document");
      }
      return new JsonField("", root);
    } catch (JsonEOFException e) {
      throw new MalformedAnswer("", "the JSON document ends too early");
    } catch (StreamConstraintsException e) {
      throw new MalformedAnswer("", "the JSON document exceeds a limit (depth or length)");
    } catch (IOException e) {
      // Jackson's message would quote the document.
      throw new MalformedAnswer("", "the answer is not JSON");
    }
  }

  // Jackson takes broken UTF-8 for characters, and guesses at UTF-16: names would change silently.
  private static String decoded(byte[] document) throws CharacterCodingException {
    String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(document)).toString();
    return text.startsWith("\ufeff") ? text.substring(1) : text;
  }

  private static JsonValue value(JsonParser parser, String path)
      throws IOException, MalformedAnswer {
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(parser, path);
      case START_ARRAY -> array(parser, path);
      case VALUE_STRING -> new JsonString(parser.getText());
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(parser.getText(), path);
      case VALUE_TRUE -> new JsonBoolean(true);
      case VALUE_FALSE -> new JsonBoolean(false);
      case VALUE_NULL -> new JsonNull();
      case END_ARRAY, END_OBJECT, FIELD_NAME, NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
          throw new MalformedAnswer(path, "the answer is not JSON");
    };
  }

  private static JsonValue object(JsonParser parser, String path)
      throws IOException, MalformedAnswer {
    Map<String, JsonValue> fields = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      String place = path.isEmpty() ? name : path + "." + name;
      parser.nextToken();
      if (fields.put(name, value(parser, place)) != null) {
        throw new MalformedAnswer(path, "a key stands twice");
      }
    }
    return new JsonObject(fields);
  }

  private static JsonValue array(JsonParser parser, String path)
      throws IOException, MalformedAnswer {
    List<JsonValue> items = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      items.add(value(parser, path + "[" + items.size() + "]"));
    }
    return new JsonArray(items);
  }

  // Checked on the text, before any arithmetic.
  private static JsonValue number(String text, String path) throws MalformedAnswer {
    if (text.length() > MAX_NUMBER_LENGTH || LONG_EXPONENT.matcher(text).matches()) {
      throw tooLong(path);
    }
    BigDecimal number = new BigDecimal(text);
    if (number.precision() > MAX_DIGITS || Math.abs(number.scale()) > MAX_SCALE) {
      throw tooLong(path);
    }
    return new JsonNumber(number);
  }

  private static MalformedAnswer tooLong(String path) {
    return new MalformedAnswer(
        path, "a number of more than " + MAX_DIGITS + " digits or a scale beyond " + MAX_SCALE);
  }
}
