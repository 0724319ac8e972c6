package dev.spendwarden.notify;

/// Text that others wrote (labels, names, summaries, error messages), made fit to be passed on.
/// Pure; the same input gives the same output.
public final class ForeignText {

  private static final String ELLIPSIS = "…";

  private ForeignText() {}

  /// At most `max` characters (UTF-16 units) without control characters and lone surrogates; what
  /// was cut off is marked by an ellipsis. A line break or a tab becomes a space.
  public static String clean(String text, int max) {
    return bounded(text, max, false);
  }

  /// As [#clean], and without the invisible characters that can make text read otherwise than it
  /// is: bidirectional controls, zero-width characters, separators of lines and paragraphs.
  public static String forPeople(String text, int max) {
    return bounded(text, max, true);
  }

  private static String bounded(String text, int max, boolean people) {
    var out = new StringBuilder(Math.min(text.length(), max));
    for (int i = 0; i < text.length(); ) {
      int point = text.codePointAt(i);
      i += Character.charCount(point);
      int kept = kept(point, people);
      if (kept < 0) {
        continue;
      }
      if (out.length() + Character.charCount(kept) > max) {
        return cut(out, max);
      }
      out.appendCodePoint(kept);
    }
    return out.toString();
  }

  /// The code point to write instead, or -1 for none.
  private static int kept(int point, boolean people) {
    return switch (Character.getType(point)) {
      case Character.CONTROL -> point == '\n' || point == '\t' || point == '\r' ? ' ' : -1;
      // A code point of this type is half a pair: it has no UTF-8 form.
      case Character.SURROGATE -> -1;
      case Character.FORMAT -> people ? -1 : point;
      case Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> people ? ' ' : point;
      default -> point;
    };
  }

  private static String cut(StringBuilder out, int max) {
    int end = Math.min(out.length(), Math.max(0, max - ELLIPSIS.length()));
    if (end > 0 && Character.isHighSurrogate(out.charAt(end - 1))) {
      end--;
    }
    out.setLength(end);
    return max < ELLIPSIS.length() ? "" : out.append(ELLIPSIS).toString();
  }
}
