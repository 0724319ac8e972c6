package dev.spendwarden.policy.cel;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelSource;
import dev.cel.common.ast.CelExpr;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// CEL's complaints, told the way people who write policies need them.
final class Messages {

  private static final Pattern UNDECLARED = Pattern.compile("undeclared reference to '([^']*)'.*");

  private static final Pattern MISFIT =
      Pattern.compile("found no matching overload for '([^']*)' applied to '(.*?)' \\(cand.*");

  private static final Map<String, String> TYPES =
      Map.of("google.protobuf.Duration", "duration", "google.protobuf.Timestamp", "timestamp");

  private static final Map<String, String> WORDS =
      Map.of("and", "&&", "or", "||", "not", "!", "AND", "&&", "OR", "||", "NOT", "!");

  private static final Pattern PERCENT = Pattern.compile("[0-9]\\s*%\\s*($|[)&|?:])");

  private static final Pattern SINGLE_EQUALS = Pattern.compile("(?<![=!<>])=(?!=)");

  private Messages() {}

  static boolean isMisfit(CelIssue issue) {
    return MISFIT.matcher(oneLine(issue.getMessage())).matches();
  }

  static Checked.Failed syntax(List<CelIssue> issues, String expression, SourceText text) {
    var issue = issues.getFirst();
    int offset = offset(issue, CelSource.newBuilder(expression).build());
    if (expression.isBlank()) {
      return new Checked.Failed("the expression is empty", 1);
    }
    String message = oneLine(issue.getMessage());
    if (message.contains("recursion limit")) {
      return new Checked.Failed("the expression is nested too deeply", 1);
    }
    message = message.replaceAll(" expecting .*", "").replace("'<EOF>'", "end");
    String hint = syntaxHint(expression, text.nameAt(offset));
    return new Checked.Failed("syntax error: " + message + hint, offset + 1);
  }

  private static String syntaxHint(String expression, String word) {
    String operator = WORDS.get(word);
    if (operator != null) {
      return "; write " + operator + " for '" + word + "'";
    }
    if (PERCENT.matcher(expression).find()) {
      return "; write 0.8 for 80 %";
    }
    return SINGLE_EQUALS.matcher(expression).find() ? "; equality is ==" : "";
  }

  static Checked.Failed type(
      CelIssue issue, CelAbstractSyntaxTree ast, SourceText text, Names names) {
    int offset = offset(issue, ast.getSource());
    String message = oneLine(issue.getMessage());
    Matcher undeclared = UNDECLARED.matcher(message);
    if (undeclared.matches()) {
      // A call is placed at its bracket, a qualified name reported by its first word alone.
      int start = text.callStart(offset);
      String qualified = text.nameAt(start);
      boolean whole = start == offset && qualified.startsWith(undeclared.group(1) + ".");
      String name = whole ? qualified : undeclared.group(1);
      return new Checked.Failed(names.unknownName(name), start + 1);
    }
    Matcher misfit = MISFIT.matcher(message);
    if (misfit.matches()) {
      int start = text.callStart(offset);
      return new Checked.Failed(misfit(misfit.group(1), types(misfit.group(2))), start + 1);
    }
    return new Checked.Failed(types(message), offset + 1);
  }

  private static String misfit(String function, String given) {
    String operator = function.replace("_", "").replace("@", "");
    boolean named = operator.chars().allMatch(Character::isLetterOrDigit) && !operator.equals("in");
    String message =
        named
            ? operator + " cannot be given " + given
            : "'" + operator + "' cannot be applied to " + given;
    if (Names.WINDOWED.contains(function)) {
      return message
          + "; it takes "
          + (function.equals("change") ? "two windows" : "a window")
          + " like '1h'";
    }
    if (given.contains("duration") && given.matches(".*\\b(int|double)\\b.*")) {
      return message + "; write days(n), hours(n) or minutes(n) for a duration";
    }
    return message;
  }

  /// The place of a sub-expression as a column from 1.
  static int column(CelExpr expr, CelAbstractSyntaxTree ast, SourceText text) {
    return text.span(expr, ast.getSource().getPositionsMap()).start() + 1;
  }

  static String types(String text) {
    String result = text;
    for (var type : TYPES.entrySet()) {
      result = result.replace(type.getKey(), type.getValue());
    }
    return result;
  }

  static String oneLine(String text) {
    return text.replaceAll("\\s+", " ").strip();
  }

  private static int offset(CelIssue issue, CelSource source) {
    return source.getLocationOffset(issue.getSourceLocation()).orElse(0);
  }
}
