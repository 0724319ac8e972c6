package dev.spendwarden.policy.cel;

import dev.cel.common.ast.CelExpr;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The text of an expression, cut into tokens, so that every sub-expression can be shown as it was
/// written: CEL's tree knows where an operator stands but not where its operands begin and end.
/// Offsets count code points, as CEL's do.
final class SourceText {

  /// @param start first code point
  /// @param end behind the last one
  record Span(int start, int end) {}

  private static final Set<String> PAIRS = Set.of("&&", "||", "==", "!=", "<=", ">=");

  private final int[] points;
  private final List<Span> tokens = new ArrayList<>();

  SourceText(String text) {
    points = text.codePoints().toArray();
    int at = 0;
    while (at < points.length) {
      int end = tokenEnd(at);
      if (!Character.isWhitespace(points[at]) && !startsComment(at)) {
        tokens.add(new Span(at, end));
      }
      at = end;
    }
  }

  int length() {
    return points.length;
  }

  String cut(Span span) {
    return new String(points, span.start, span.end - span.start);
  }

  /// The dotted name that begins at `offset` (`forecast.p51`); empty when none does.
  String nameAt(int offset) {
    int index = tokenIndex(offset);
    if (index < 0 || !Character.isJavaIdentifierStart(points[tokens.get(index).start])) {
      return "";
    }
    int last = index;
    while (last + 2 < tokens.size()
        && tokenText(last + 1).equals(".")
        && Character.isJavaIdentifierStart(points[tokens.get(last + 2).start])) {
      last += 2;
    }
    return cut(new Span(tokens.get(index).start, tokens.get(last).end));
  }

  /// Where the name of the function begins whose `(` stands at `offset`.
  int callStart(int offset) {
    int index = tokenIndex(offset);
    return index > 0 && tokenText(index).equals("(") ? tokens.get(index - 1).start : offset;
  }

  /// The extent of a sub-expression, without parentheses around it.
  Span span(CelExpr expr, Map<Long, Integer> positions) {
    int position = positions.getOrDefault(expr.id(), 0);
    int index = Math.max(0, tokenIndex(position));
    return switch (expr.getKind()) {
      case CALL -> callSpan(expr, index, positions);
      case SELECT ->
          expr.select().testOnly()
              ? between(index - 1, closing(index))
              : new Span(operand(expr.select().operand(), positions).start, token(index + 1).end);
      case LIST, MAP -> between(index, closing(index));
      // A qualified name is placed at its dot, a negative number at its sign.
      case IDENT -> tokenText(index).equals(".") ? between(index - 1, index + 1) : token(index);
      case CONSTANT -> tokenText(index).equals("-") ? between(index, index + 1) : token(index);
      default -> token(index);
    };
  }

  private Span callSpan(CelExpr expr, int index, Map<Long, Integer> positions) {
    var call = expr.call();
    var args = call.args();
    if (call.target().isPresent()) {
      int start = operand(call.target().get(), positions).start;
      return new Span(start, token(closing(index)).end);
    }
    return switch (call.function()) {
      case "!_", "-_" -> new Span(token(index).start, operand(args.getFirst(), positions).end);
      case "_[_]" -> new Span(operand(args.getFirst(), positions).start, token(closing(index)).end);
      default ->
          tokenText(index).equals("(") || args.isEmpty()
              ? between(index - 1, closing(index))
              : new Span(
                  operand(args.getFirst(), positions).start,
                  operand(args.getLast(), positions).end);
    };
  }

  /// The extent of an operand with the parentheses that group it.
  private Span operand(CelExpr expr, Map<Long, Integer> positions) {
    var span = span(expr, positions);
    int first = tokenIndex(span.start);
    int last = first;
    while (last + 1 < tokens.size() && tokens.get(last + 1).start < span.end) {
      last++;
    }
    while (first > 0
        && last + 1 < tokens.size()
        && tokenText(first - 1).equals("(")
        && tokenText(last + 1).equals(")")
        && !isName(first - 2)) {
      first--;
      last++;
    }
    return between(first, last);
  }

  private boolean isName(int index) {
    return index >= 0
        && Character.isJavaIdentifierStart(points[tokens.get(index).start])
        && !tokenText(index).equals("in");
  }

  /// The index of the bracket that closes the one at `index`.
  private int closing(int index) {
    int depth = 0;
    for (int i = index; i < tokens.size(); i++) {
      switch (tokenText(i)) {
        case "(", "[", "{" -> depth++;
        case ")", "]", "}" -> depth--;
        default -> {}
      }
      if (depth <= 0) {
        return i;
      }
    }
    return tokens.size() - 1;
  }

  private Span between(int firstToken, int lastToken) {
    return new Span(token(firstToken).start, token(lastToken).end);
  }

  private Span token(int index) {
    return tokens.get(Math.clamp(index, 0, tokens.size() - 1));
  }

  private String tokenText(int index) {
    return cut(token(index));
  }

  /// The token that covers `offset`, or −1.
  private int tokenIndex(int offset) {
    for (int i = 0; i < tokens.size(); i++) {
      if (offset >= tokens.get(i).start && offset < tokens.get(i).end) {
        return i;
      }
    }
    return -1;
  }

  private int tokenEnd(int at) {
    int c = points[at];
    if (Character.isWhitespace(c)) {
      return at + 1;
    }
    if (startsComment(at)) {
      int end = at;
      while (end < points.length && points[end] != '\n') {
        end++;
      }
      return end;
    }
    if (c == '\'' || c == '"') {
      return stringEnd(at, false);
    }
    if (Character.isJavaIdentifierStart(c)) {
      int end = runEnd(at);
      boolean quoted = end < points.length && (points[end] == '\'' || points[end] == '"');
      String word = cut(new Span(at, end));
      return quoted && word.matches("(?i)r|b|rb|br")
          ? stringEnd(end, word.toLowerCase(java.util.Locale.ROOT).contains("r"))
          : end;
    }
    if (isDigit(at) || c == '.' && isDigit(at + 1)) {
      return numberEnd(at);
    }
    boolean pair = at + 1 < points.length && PAIRS.contains(cut(new Span(at, at + 2)));
    return pair ? at + 2 : at + 1;
  }

  private boolean startsComment(int at) {
    return at + 1 < points.length && points[at] == '/' && points[at + 1] == '/';
  }

  private boolean isDigit(int at) {
    return at < points.length && points[at] >= '0' && points[at] <= '9';
  }

  private int runEnd(int at) {
    int end = at;
    while (end < points.length && Character.isJavaIdentifierPart(points[end])) {
      end++;
    }
    return end;
  }

  private int numberEnd(int at) {
    boolean hex = points[at] == '0' && at + 1 < points.length && (points[at + 1] | 32) == 'x';
    int end = at;
    while (end < points.length) {
      boolean exponentSign =
          !hex
              && (points[end] == '+' || points[end] == '-')
              && end > at
              && (points[end - 1] | 32) == 'e';
      if (!exponentSign && points[end] != '.' && !Character.isLetterOrDigit(points[end])) {
        break;
      }
      end++;
    }
    return end;
  }

  private int stringEnd(int quoteAt, boolean raw) {
    int quote = points[quoteAt];
    int quotes = repeats(quoteAt, quote, 3) ? 3 : 1;
    int at = quoteAt + quotes;
    while (at < points.length) {
      if (points[at] == '\\' && !raw) {
        at += 2;
      } else if (repeats(at, quote, quotes)) {
        return at + quotes;
      } else {
        at++;
      }
    }
    return points.length;
  }

  private boolean repeats(int at, int quote, int times) {
    for (int i = 0; i < times; i++) {
      if (at + i >= points.length || points[at + i] != quote) {
        return false;
      }
    }
    return true;
  }
}
