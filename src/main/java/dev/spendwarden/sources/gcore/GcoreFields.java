package dev.spendwarden.sources.gcore;

import dev.spendwarden.sources.json.JsonField;
import dev.spendwarden.sources.json.JsonValue.JsonNumber;
import dev.spendwarden.sources.json.JsonValue.JsonString;
import dev.spendwarden.sources.json.MalformedAnswer;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.regex.Pattern;

/// How Gcore writes ids, amounts and times.
final class GcoreFields {

  /// Documented are twelve places; the bounds keep arithmetic on nonsense short.
  private static final Pattern DECIMAL = Pattern.compile("[+-]?[0-9]{1,40}(\\.[0-9]{1,40})?");

  private GcoreFields() {}

  /// A number or a text, as text.
  static String id(JsonField field) throws MalformedAnswer {
    return optionalId(field).orElseThrow(() -> field.malformed("expected an id, found nothing"));
  }

  static Optional<String> optionalId(JsonField field) throws MalformedAnswer {
    if (field.isMissing()) {
      return Optional.empty();
    }
    String text =
        field.value() instanceof JsonNumber(var number) ? number.toPlainString() : field.text();
    return text.isBlank() ? Optional.empty() : Optional.of(text);
  }

  /// An exact decimal; Gcore writes amounts as texts.
  static BigDecimal decimal(JsonField field) throws MalformedAnswer {
    return switch (field.value()) {
      case JsonNumber(var number) -> number;
      case JsonString(var text) when DECIMAL.matcher(text).matches() -> new BigDecimal(text);
      case null, default -> throw field.malformed("expected a decimal");
    };
  }

  /// A day, or a moment on it: the day as it is written, for that is what filters by day go by.
  static LocalDate day(JsonField field) throws MalformedAnswer {
    String text = field.text();
    try {
      return LocalDate.parse(text.length() > 10 ? text.substring(0, 10) : text);
    } catch (DateTimeException e) {
      throw field.malformed("expected a date");
    }
  }

  /// RFC 3339; UTC where no offset is written.
  static Instant instant(JsonField field) throws MalformedAnswer {
    String text = field.text();
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      // Below.
    }
    try {
      return LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw field.malformed("expected a date and a time");
    }
  }

  /// A field of an object that may itself be absent or null.
  static JsonField inside(JsonField object, String name) throws MalformedAnswer {
    return object.isMissing() ? object : object.field(name);
  }
}
