package dev.spendwarden.policy.yaml;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/// One value of a document. Every getter that finds another type records a problem at the value's
/// place and answers empty.
///
/// Scalars are typed by what is asked for, not by what they look like: whole numbers are decimal
/// without leading zeros, booleans `true` and `false`, and a text that looks like either needs
/// quotes.
public final class YamlValue {

  /// More digits than any budget has; keeps arithmetic on foreign figures bounded.
  public static final int MOST_DIGITS = 38;

  public static final int MOST_DECIMALS = 18;

  private static final Pattern INTEGER = Pattern.compile("-?(0|[1-9][0-9]*)");
  private static final Pattern DECIMAL = Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?");
  private static final Pattern NUMBER_LIKE =
      Pattern.compile("[-+]?(\\.[0-9]+|[0-9][0-9_]*(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");
  private static final Pattern INSTANT =
      Pattern.compile(
          "[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?"
              + "([Zz]|[-+][0-9]{2}:[0-9]{2})");
  private static final Pattern DATE = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");

  private final Node node;
  private final String name;
  private final YamlReading reading;
  private Interpolation.@Nullable Result resolved;

  YamlValue(Node node, String name, YamlReading reading) {
    this.node = node;
    this.name = name;
    this.reading = reading;
  }

  public Place place() {
    return YamlDocument.place(reading.file(), node.getStartMark().orElse(null));
  }

  /// The place of a character inside a scalar, where that can be told: in a text of one line
  /// without escapes. Elsewhere where the scalar begins.
  ///
  /// @param offset from 0
  public Place placeAt(int offset) {
    Place start = place();
    if (!(node instanceof ScalarNode scalar) || offset <= 0 && scalar.isPlain()) {
      return start;
    }
    var end = node.getEndMark();
    int quotes = scalar.isPlain() ? 0 : 2;
    boolean verbatim =
        end.isPresent()
            && end.get().getLine() + 1 == start.line()
            && end.get().getColumn() + 1 - start.column() - quotes
                == scalar.getValue().codePointCount(0, scalar.getValue().length());
    if (!verbatim || offset > scalar.getValue().length()) {
      return start;
    }
    return new Place(start.file(), start.line(), start.column() + quotes / 2 + offset);
  }

  public boolean isMapping() {
    return node instanceof MappingNode;
  }

  public boolean isList() {
    return node instanceof SequenceNode;
  }

  public boolean isScalar() {
    return node instanceof ScalarNode;
  }

  /// Whether this is the plain word, for keywords beside another type (`none`).
  public boolean isWord(String word) {
    return node instanceof ScalarNode scalar && scalar.getValue().equals(word);
  }

  YamlReading reading() {
    return reading;
  }

  public void error(String message) {
    reading.problems().error(place(), message);
  }

  public Optional<YamlMapping> mapping() {
    if (node instanceof MappingNode mapping) {
      return Optional.of(new YamlMapping(mapping, reading));
    }
    return wrong("a mapping (key: value)");
  }

  public Optional<List<YamlValue>> list() {
    if (node instanceof SequenceNode sequence) {
      var items = new ArrayList<YamlValue>();
      for (Node item : sequence.getValue()) {
        items.add(new YamlValue(item, name, reading));
      }
      return Optional.of(items);
    }
    return wrong("a list");
  }

  /// This value itself when it is a scalar, or the items of the list.
  public List<YamlValue> oneOrMore() {
    if (isList()) {
      return list().orElse(List.of());
    }
    if (isScalar()) {
      return List.of(this);
    }
    wrong("a value or a list of values");
    return List.of();
  }

  /// One text or a list of texts, without those that are no text.
  public List<String> texts() {
    return oneOrMore().stream().flatMap(v -> v.text().stream()).toList();
  }

  /// A scalar as it was written, whatever it looks like, with references replaced.
  public Optional<String> scalar() {
    return scalar("a value");
  }

  /// A text. What looks like a number, a boolean or nothing needs quotes to be one.
  public Optional<String> text() {
    Optional<String> text = scalar("a text");
    if (text.isEmpty() || !isPlain()) {
      return text.filter(this::notBlank);
    }
    String value = text.get();
    boolean typed =
        value.equals("true") || value.equals("false") || NUMBER_LIKE.matcher(value).matches();
    if (typed && !isReplaced()) {
      return wrong("a text; put " + value + " in quotes if it is meant");
    }
    return text.filter(this::notBlank);
  }

  public Optional<Boolean> flag() {
    Optional<String> text = unquoted("true or false");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    return switch (text.get()) {
      case "true" -> Optional.of(true);
      case "false" -> Optional.of(false);
      default -> wrong("true or false");
    };
  }

  public Optional<Integer> integer(int least, int most) {
    String expected = least == most ? "" + least : "a whole number from " + least + " to " + most;
    Optional<String> text = unquoted(expected);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    // Ten digits hold every int, and keep the conversion from overflowing a long.
    if (!INTEGER.matcher(text.get()).matches() || text.get().length() > 11) {
      return wrong(expected);
    }
    long value = Long.parseLong(text.get());
    return value < least || value > most ? wrong(expected) : Optional.of((int) value);
  }

  public Optional<BigDecimal> decimal() {
    Optional<String> text = unquoted("a number");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Optional<BigDecimal> value = parseDecimal(text.get());
    return value.isPresent() ? value : wrong("a number such as 20 or 2.5");
  }

  /// A plain decimal without exponent and leading zeros, of at most [#MOST_DIGITS] digits.
  public static Optional<BigDecimal> parseDecimal(String text) {
    if (text.length() > MOST_DIGITS + 2 || !DECIMAL.matcher(text).matches()) {
      return Optional.empty();
    }
    var value = new BigDecimal(text);
    return value.scale() > MOST_DECIMALS || value.precision() > MOST_DIGITS
        ? Optional.empty()
        : Optional.of(value);
  }

  public Optional<Duration> duration(Duration least, Duration most) {
    Optional<String> text = scalar("a duration");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Optional<Duration> value = Durations.parse(text.get());
    if (value.isEmpty()) {
      return wrong("a duration such as 500ms, 30s, 5m, 6h, 3d or 2w");
    }
    if (value.get().compareTo(least) < 0) {
      return wrong("at least " + Durations.format(least));
    }
    if (value.get().compareTo(most) > 0) {
      return wrong("at most " + Durations.format(most));
    }
    return value;
  }

  /// `2027-02-10T08:00:00Z`, or a plain date, which is where that day starts in `zone`.
  public Optional<Instant> instantOrDate(ZoneId zone) {
    Optional<String> text = scalar("a date");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      if (DATE.matcher(text.get()).matches()) {
        return Optional.of(LocalDate.parse(text.get()).atStartOfDay(zone).toInstant());
      }
      if (INSTANT.matcher(text.get()).matches()) {
        return Optional.of(OffsetDateTime.parse(text.get()).toInstant());
      }
    } catch (DateTimeException e) {
      return wrong("a date that exists");
    }
    return wrong("a date such as 2027-02-10 or an instant such as 2027-02-10T08:00:00Z");
  }

  /// `2027-02-10T08:00:00Z`.
  public Optional<Instant> instant() {
    Optional<String> text = scalar("an instant");
    if (text.isPresent() && !INSTANT.matcher(text.get()).matches()) {
      return wrong("an instant such as 2027-02-10T08:00:00Z");
    }
    return text.isEmpty() ? Optional.empty() : instantOrDate(ZoneOffset.UTC);
  }

  /// `2027-02-10`.
  public Optional<LocalDate> date() {
    Optional<String> text = scalar("a date");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return DATE.matcher(text.get()).matches()
          ? Optional.of(LocalDate.parse(text.get()))
          : wrong("a date such as 2027-02-10");
    } catch (DateTimeException e) {
      return wrong("a date that exists");
    }
  }

  /// One of a closed set of words.
  public <T> Optional<T> choice(Map<String, T> allowed) {
    String words = String.join(", ", allowed.keySet());
    Optional<String> text = scalar("one of " + words);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    T value = allowed.get(text.get());
    if (value == null) {
      return wrong("one of " + words, Suggestion.text(text.get(), allowed.keySet()));
    }
    return Optional.of(value);
  }

  /// Whether a part of this scalar came from outside the file.
  public boolean isForeign() {
    return node instanceof ScalarNode scalar && resolve(scalar).foreign();
  }

  /// Records that something else was expected here.
  public <T> Optional<T> wrong(String expected) {
    return wrong(expected, "");
  }

  /// See [#wrong(String)].
  public <T> Optional<T> wrong(String expected, String hint) {
    error("'" + name + "' must be " + expected + ", not " + found() + hint);
    return Optional.empty();
  }

  /// Shows the value; for one with references only their names, for they may be secrets.
  private String found() {
    return switch (node) {
      case MappingNode _ -> "a mapping";
      case SequenceNode _ -> "a list";
      case ScalarNode scalar when isReplaced() -> "the value of " + quote(scalar.getValue());
      case ScalarNode scalar -> quote(scalar.getValue());
      default -> "this";
    };
  }

  /// Quoted for a message: cut when long, without control characters.
  public static String quote(String text) {
    String clean =
        text.codePoints()
            .map(c -> Character.isISOControl(c) ? ' ' : c)
            .limit(80)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
    return "'" + clean + (clean.length() < text.length() ? "…" : "") + "'";
  }

  private Optional<String> scalar(String expected) {
    if (!(node instanceof ScalarNode scalar)) {
      return wrong(expected);
    }
    boolean nothing =
        scalar.getValue().isEmpty()
            || scalar.getValue().equals("~")
            || scalar.getValue().equals("null");
    if (isPlain() && nothing) {
      error("'" + name + "' has no value; give one or leave the key out");
      return Optional.empty();
    }
    Interpolation.Result result = resolve(scalar);
    return result.error().isEmpty() ? Optional.of(result.text()) : Optional.empty();
  }

  /// Numbers and booleans stand without quotes, except where a reference needs them.
  private Optional<String> unquoted(String expected) {
    Optional<String> text = scalar(expected);
    if (text.isPresent() && !isPlain() && !isReplaced()) {
      return wrong(expected + " without quotes");
    }
    return text;
  }

  private boolean notBlank(String text) {
    if (!text.isBlank()) {
      return true;
    }
    error("'" + name + "' must not be empty");
    return false;
  }

  private boolean isPlain() {
    return node instanceof ScalarNode scalar && scalar.getScalarStyle() == ScalarStyle.PLAIN;
  }

  private boolean isReplaced() {
    return node instanceof ScalarNode scalar && resolve(scalar).replaced();
  }

  private Interpolation.Result resolve(ScalarNode scalar) {
    if (resolved == null) {
      resolved = reading.interpolation().apply(scalar.getValue());
      if (!resolved.error().isEmpty()) {
        reading.problems().error(placeAt(resolved.errorOffset()), resolved.error());
      }
    }
    return resolved;
  }
}
