package dev.spendwarden.sources.anthropic;

import dev.spendwarden.sources.json.JsonField;
import dev.spendwarden.sources.json.MalformedAnswer;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.regex.Pattern;

/// What the rows of both reports have in common, read strictly. Pure.
final class Rows {

  /// The workspace that has no id in reports.
  static final String DEFAULT_WORKSPACE = "default";

  private static final int MAX_NAME = 256;
  private static final int MAX_DIGITS = 100;
  private static final int MAX_SCALE = 60;

  // Python, which the provider's decimals seem to come from, writes small ones as 1E-7.
  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?[0-9]{1,100}(\\.[0-9]{1,100})?([eE][+-]?[0-9]{1,3})?");

  private Rows() {}

  /// A null id is the default workspace, for both reports are asked for by workspace.
  static String workspace(JsonField row) throws MalformedAnswer {
    return nullable(row.field("workspace_id")).orElse(DEFAULT_WORKSPACE);
  }

  /// A name or id; empty when it is null. It must be there: every row has every documented field.
  static Optional<String> nullable(JsonField field) throws MalformedAnswer {
    if (field.value() == null) {
      throw field.malformed("expected a string or null, found nothing");
    }
    Optional<String> text = field.optionalText();
    if (text.isPresent() && (text.get().isBlank() || text.get().length() > MAX_NAME)) {
      throw field.malformed("a name is not empty and has at most " + MAX_NAME + " characters");
    }
    return text;
  }

  static Instant instant(JsonField field) throws MalformedAnswer {
    try {
      return OffsetDateTime.parse(field.text()).toInstant();
    } catch (DateTimeException e) {
      throw field.malformed("not an RFC 3339 time");
    }
  }

  /// A decimal that is written as a string.
  static BigDecimal decimal(JsonField field) throws MalformedAnswer {
    String text = field.text();
    if (!DECIMAL.matcher(text).matches()) {
      throw field.malformed("not a decimal number");
    }
    BigDecimal number = new BigDecimal(text);
    if (number.precision() > MAX_DIGITS || Math.abs(number.scale()) > MAX_SCALE) {
      throw field.malformed(
          "a number of more than " + MAX_DIGITS + " digits or a scale beyond " + MAX_SCALE);
    }
    return number;
  }
}
