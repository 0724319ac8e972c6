package dev.spendwarden.metrics;

/// Renders label sets so that no name, however odd, can break a scrape: quotes, backslashes and
/// line ends are escaped; control characters and halves of surrogate pairs become U+FFFD (a NUL
/// ends Prometheus' parser); a value longer than [#MAX_VALUE] is cut.
final class Labels {

  /// In UTF-16 units.
  static final int MAX_VALUE = 200;

  private static final char REPLACEMENT = '\uFFFD';

  private final StringBuilder text = new StringBuilder();

  Labels add(String name, String value) {
    if (!text.isEmpty()) {
      text.append(',');
    }
    text.append(name).append("=\"");
    escape(value);
    text.append('"');
    return this;
  }

  /// The label set without its braces.
  @Override
  public String toString() {
    return text.toString();
  }

  private void escape(String value) {
    int end = Math.min(value.length(), MAX_VALUE);
    for (int i = 0; i < end; i++) {
      char c = value.charAt(i);
      switch (c) {
        case '\\' -> text.append("\\\\");
        case '"' -> text.append("\\\"");
        case '\n' -> text.append("\\n");
        default -> {
          if (Character.isHighSurrogate(c)
              && i + 1 < end
              && Character.isLowSurrogate(value.charAt(i + 1))) {
            text.append(c).append(value.charAt(++i));
          } else {
            text.append(Character.isSurrogate(c) || Character.isISOControl(c) ? REPLACEMENT : c);
          }
        }
      }
    }
  }
}
