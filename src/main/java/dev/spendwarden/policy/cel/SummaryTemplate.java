package dev.spendwarden.policy.cel;

import dev.spendwarden.ledger.Selection;
import dev.spendwarden.policy.Condition.Window;
import dev.spendwarden.policy.Facts;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// A rule's `summary`: text in which `${…}` stands for the value of an expression, in the language
/// of `when` (`${labels.user} burns ${burn('1h')}× the pace`). `$${` writes a plain `${`.
/// Immutable; rendering never throws.
public final class SummaryTemplate {

  /// Longest result, in characters; what is longer ends in `…`.
  public static final int MAX_LENGTH = 1000;

  /// Numbers have at most this many digits behind the point.
  private static final int DECIMALS = 2;

  private final String text;
  private final List<Piece> pieces;
  private final Set<Window> burnWindows;

  private SummaryTemplate(String text, List<Piece> pieces, Set<Window> burnWindows) {
    this.text = text;
    this.pieces = List.copyOf(pieces);
    this.burnWindows = java.util.Collections.unmodifiableSet(burnWindows);
  }

  /// What came of compiling a template.
  public sealed interface Compiled {

    record Ok(SummaryTemplate template) implements Compiled {}

    /// @param column within the template, in characters from 1
    record Failed(String message, int column) implements Compiled {}
  }

  private sealed interface Piece {
    record Plain(String text) implements Piece {}

    record Computed(Node node) implements Piece {}
  }

  /// @param kind decides which names the expressions may use
  public static Compiled compile(String template, Selection.Kind kind) {
    var reading = new Reading(template, kind);
    reading.read();
    return reading.flaws.isEmpty()
        ? new Compiled.Ok(new SummaryTemplate(template, reading.pieces, reading.burnWindows))
        : reading.flaws.getFirst();
  }

  /// Everything that is wrong with a template: the first trouble of each of its expressions.
  static List<Compiled.Failed> flaws(String template, Selection.Kind kind) {
    var reading = new Reading(template, kind);
    reading.read();
    return List.copyOf(reading.flaws);
  }

  /// Cuts a template into pieces and compiles the expressions, good ones and bad ones.
  private static final class Reading {
    private final String template;
    private final Selection.Kind kind;
    private final List<Piece> pieces = new ArrayList<>();
    private final Set<Window> burnWindows = new LinkedHashSet<>();
    private final List<Compiled.Failed> flaws = new ArrayList<>();

    private Reading(String template, Selection.Kind kind) {
      this.template = template;
      this.kind = kind;
    }

    private void read() {
      int at = 0;
      while (at < template.length()) {
        int open = template.indexOf("${", at);
        if (open < 0) {
          pieces.add(new Piece.Plain(template.substring(at)));
          return;
        }
        if (open > at && template.charAt(open - 1) == '$') {
          pieces.add(new Piece.Plain(template.substring(at, open - 1) + "${"));
          at = open + 2;
          continue;
        }
        pieces.add(new Piece.Plain(template.substring(at, open)));
        int close = closing(template, open + 2);
        if (close < 0) {
          flaws.add(new Compiled.Failed("'${' without its '}'", column(template, open)));
          return;
        }
        expression(template.substring(open + 2, close), column(template, open + 2) - 1);
        at = close + 1;
      }
    }

    /// @param before how many characters of the template stand before it
    private void expression(String text, int before) {
      switch (Checked.of(text, kind)) {
        case Checked.Failed(var message, int column) ->
            flaws.add(new Compiled.Failed(message, before + column));
        case Checked.Ok ok -> {
          try {
            pieces.add(new Piece.Computed(Closures.compile(ok)));
          } catch (Closures.Mistake e) {
            flaws.add(new Compiled.Failed(String.valueOf(e.getMessage()), before + e.column()));
          }
          burnWindows.addAll(Uses.of(ok.ast().getExpr()).burnWindows());
        }
      }
    }
  }

  /// The template as it was written.
  public String text() {
    return text;
  }

  /// The windows its expressions ask of `burn(w)`, in the order of first use.
  public Set<Window> burnWindows() {
    return burnWindows;
  }

  /// One line of at most [#MAX_LENGTH] characters. Numbers have up to two decimals, durations are
  /// like `3d 4h`, what is not known is `unknown`.
  public String render(Facts facts) {
    var line = new StringBuilder();
    for (Piece piece : pieces) {
      line.append(
          switch (piece) {
            case Piece.Plain(var plain) -> plain;
            case Piece.Computed(var node) -> shown(node, facts);
          });
      if (line.length() > MAX_LENGTH) {
        break;
      }
    }
    return bounded(printable(line.toString()));
  }

  private static String shown(Node node, Facts facts) {
    return node.value() instanceof Node.Num number
        ? Shown.number(number.of(facts), DECIMALS)
        : node.shown(facts);
  }

  /// Labels are foreign text: nothing in them may break the line, hide or turn what follows.
  private static String printable(String line) {
    var clean = new StringBuilder(line.length());
    line.codePoints()
        .forEach(c -> {
          boolean visible =
              switch (Character.getType(c)) {
                case Character.CONTROL,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE ->
                    false;
                default -> !turnsDirection(c);
              };
          clean.appendCodePoint(visible ? c : ' ');
        });
    return clean.toString();
  }

  private static boolean turnsDirection(int c) {
    return c >= 0x202A && c <= 0x202E || c >= 0x2066 && c <= 0x2069;
  }

  private static String bounded(String line) {
    if (line.length() <= MAX_LENGTH) {
      return line;
    }
    int end = MAX_LENGTH - 1;
    if (Character.isHighSurrogate(line.charAt(end - 1))) {
      end--;
    }
    return line.substring(0, end) + "…";
  }

  /// Where the expression that starts at `from` ends: its `}` is neither inside a string nor the
  /// end of a map. −1 when there is none.
  private static int closing(String template, int from) {
    int depth = 0;
    char quote = 0;
    for (int i = from; i < template.length(); i++) {
      char c = template.charAt(i);
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
      } else if (c == '}' && depth-- == 0) {
        return i;
      }
    }
    return -1;
  }

  private static int column(String template, int index) {
    return template.codePointCount(0, index) + 1;
  }

  @Override
  public String toString() {
    return text;
  }
}
