package dev.spendwarden.sources.json;

import dev.spendwarden.sources.json.JsonValue.JsonArray;
import dev.spendwarden.sources.json.JsonValue.JsonBoolean;
import dev.spendwarden.sources.json.JsonValue.JsonNull;
import dev.spendwarden.sources.json.JsonValue.JsonNumber;
import dev.spendwarden.sources.json.JsonValue.JsonObject;
import dev.spendwarden.sources.json.JsonValue.JsonString;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A place in a document and what is there. Accessors that find something of another type than they
/// are for throw, naming the place; the `optional` ones take an absent field and null as empty.
///
/// @param value null when the field is absent, which is not the JSON `null`
public record JsonField(String path, @Nullable JsonValue value) {

  /// The named field of this object.
  public JsonField field(String name) throws MalformedAnswer {
    if (value instanceof JsonObject object) {
      return new JsonField(path.isEmpty() ? name : path + "." + name, object.fields().get(name));
    }
    throw expected("an object");
  }

  /// The items of this array.
  public List<JsonField> items() throws MalformedAnswer {
    if (!(value instanceof JsonArray array)) {
      throw expected("an array");
    }
    List<JsonField> items = new ArrayList<>(array.items().size());
    for (JsonValue item : array.items()) {
      items.add(new JsonField(path + "[" + items.size() + "]", item));
    }
    return items;
  }

  public String text() throws MalformedAnswer {
    return optionalText().orElseThrow(() -> expected("a string"));
  }

  public Optional<String> optionalText() throws MalformedAnswer {
    if (isMissing()) {
      return Optional.empty();
    }
    if (value instanceof JsonString string) {
      return Optional.of(string.value());
    }
    throw expected("a string");
  }

  public BigDecimal number() throws MalformedAnswer {
    return optionalNumber().orElseThrow(() -> expected("a number"));
  }

  public Optional<BigDecimal> optionalNumber() throws MalformedAnswer {
    if (isMissing()) {
      return Optional.empty();
    }
    if (value instanceof JsonNumber number) {
      return Optional.of(number.value());
    }
    throw expected("a number");
  }

  public Optional<Boolean> optionalBoolean() throws MalformedAnswer {
    if (isMissing()) {
      return Optional.empty();
    }
    if (value instanceof JsonBoolean bool) {
      return Optional.of(bool.value());
    }
    throw expected("a boolean");
  }

  /// Absent or null.
  public boolean isMissing() {
    return value == null || value instanceof JsonNull;
  }

  /// A complaint about this place.
  public MalformedAnswer malformed(String what) {
    return new MalformedAnswer(path, what);
  }

  private MalformedAnswer expected(String type) {
    return malformed("expected " + type + ", found " + (value == null ? "nothing" : value.kind()));
  }
}
