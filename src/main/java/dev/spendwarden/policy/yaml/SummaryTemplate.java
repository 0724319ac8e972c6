package dev.spendwarden.policy.yaml;

import java.util.Optional;

/// The form of a rule's `summary`: text with expressions in `${…}`. What the expressions mean is
/// known where they are rendered; here only that each one closes.
final class SummaryTemplate {

  /// @param offset where in the text, from 0
  record Flaw(String message, int offset) {}

  private SummaryTemplate() {}

  static Optional<Flaw> check(String text) {
    int from = 0;
    while (true) {
      int start = text.indexOf("${", from);
      if (start < 0) {
        return Optional.empty();
      }
      int end = close(text, start + 2);
      if (end < 0) {
        return Optional.of(new Flaw("'${' is never closed by '}'", start));
      }
      if (text.substring(start + 2, end).isBlank()) {
        return Optional.of(new Flaw("'${}' holds no expression", start));
      }
      from = end + 1;
    }
  }

  /// The index of the brace that closes the expression; braces in its strings and maps do not.
  private static int close(String text, int from) {
    int depth = 0;
    char quote = 0;
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quote != 0) {
        if (c == '\\') {
          i++;
        } else if (c == quote) {
          quote = 0;
        }
      } else if (c == '\'' || c == '"') {
        quote = c;
      } else if (c == '{') {
        depth++;
      } else if (c == '}') {
        if (depth == 0) {
          return i;
        }
        depth--;
      }
    }
    return -1;
  }
}
