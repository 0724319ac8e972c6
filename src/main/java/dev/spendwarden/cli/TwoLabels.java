package dev.spendwarden.cli;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Finds labels written as one argument, `severity=critical,team=quantum`: read as a single value
/// they would match nothing and nobody would notice.
final class TwoLabels {

  /// A comma alone belongs to the value; a comma before something that looks like the next label
  /// does not.
  private static final Pattern NEXT_LABEL = Pattern.compile(",\\s*([A-Za-z_][A-Za-z0-9_.-]*)=");

  private TwoLabels() {}

  /// @return what is wrong and how it is written, when the value goes on with another label
  static Optional<String> complaint(String label, String value) {
    Matcher next = NEXT_LABEL.matcher(value);
    if (!next.find()) {
      return Optional.empty();
    }
    String first = label + "=" + value.substring(0, next.start());
    String rest = value.substring(next.start(1));
    return Optional.of(
        "'"
            + label
            + "="
            + value
            + "' would be one label with a comma in its value: separate labels by spaces, as in "
            + first
            + " "
            + rest);
  }
}
