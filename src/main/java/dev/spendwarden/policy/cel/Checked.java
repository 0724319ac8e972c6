package dev.spendwarden.policy.cel;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.spendwarden.ledger.Selection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// An expression after CEL's parser and type check.
///
/// CEL never mixes whole numbers with others, so `used > 1` is a type error to it. People write it,
/// and mean it: where an operator finds no fit, its whole literals are read as decimals and the
/// check runs again. So `left > limit * 1 / 4` divides as on paper.
sealed interface Checked {

  record Ok(CelAbstractSyntaxTree ast, SourceText text, Names names) implements Checked {}

  /// @param column in code points from 1
  record Failed(String message, int column) implements Checked {}

  /// Every round widens at least one operator, and an expression has few levels of them.
  int MAX_ROUNDS = 200;

  /// Operators and functions whose whole literals may be meant as decimals.
  Set<String> WIDENED =
      Set.of(
          "_<_", "_<=_", "_>_", "_>=_", "_==_", "_!=_", "_+_", "_-_", "_*_", "_/_", "_?_:_", "@in",
          "days", "hours", "minutes");

  /// Those that pass on to their operands that a decimal is wanted.
  Set<String> ARITHMETIC = Set.of("_+_", "_-_", "_*_", "_/_", "-_", "_?_:_");

  static Checked of(String expression, Selection.Kind kind) {
    var names = Names.of(kind);
    var text = new SourceText(expression);
    if (text.length() > Names.MAX_LENGTH) {
      return new Failed("the expression is longer than " + Names.MAX_LENGTH + " characters", 1);
    }
    try {
      var parsed = names.compiler().parse(expression);
      if (parsed.hasError()) {
        return Messages.syntax(parsed.getErrors(), expression, text);
      }
      return check(parsed.getAst(), text, names);
    } catch (CelValidationException e) {
      return new Failed(Messages.oneLine(String.valueOf(e.getMessage())), 1);
    }
  }

  private static Checked check(CelAbstractSyntaxTree parsed, SourceText text, Names names)
      throws CelValidationException {
    var ast = parsed;
    var widened = new HashSet<Long>();
    Map<Long, CelIssue> firstIssues = new HashMap<>();
    for (int round = 0; ; round++) {
      CelValidationResult result = names.compiler().check(ast);
      if (!result.hasError()) {
        return new Ok(result.getAst(), text, names);
      }
      result.getErrors().forEach(issue -> firstIssues.putIfAbsent(issue.getExprId(), issue));
      var misfits = new HashSet<Long>();
      for (CelIssue issue : result.getErrors()) {
        if (Messages.isMisfit(issue) && widened.add(issue.getExprId())) {
          misfits.add(issue.getExprId());
        }
      }
      if (misfits.isEmpty() || round == MAX_ROUNDS) {
        var first = result.getErrors().getFirst();
        return Messages.type(firstIssues.getOrDefault(first.getExprId(), first), ast, text, names);
      }
      var expr = Trees.rewrite(ast.getExpr(), e -> misfits.contains(e.id()) ? widen(e) : e);
      ast = CelAbstractSyntaxTree.newParsedAst(expr, ast.getSource());
    }
  }

  private static CelExpr widen(CelExpr expr) {
    if (expr.getKind() != CelExpr.ExprKind.Kind.CALL || !WIDENED.contains(expr.call().function())) {
      return expr;
    }
    List<CelExpr> args = expr.call().args().stream().map(Checked::widenLiterals).toList();
    var call = expr.call().toBuilder().clearArgs().addArgs(args).build();
    return expr.toBuilder().setCall(call).build();
  }

  private static CelExpr widenLiterals(CelExpr expr) {
    return switch (expr.getKind()) {
      case CONSTANT ->
          expr.constant().getKind() == CelConstant.Kind.INT64_VALUE
              ? expr.toBuilder()
                  .setConstant(CelConstant.ofValue((double) expr.constant().int64Value()))
                  .build()
              : expr;
      case CALL -> {
        if (!ARITHMETIC.contains(expr.call().function())) {
          yield expr;
        }
        var args = expr.call().args().stream().map(Checked::widenLiterals).toList();
        yield expr.toBuilder()
            .setCall(expr.call().toBuilder().clearArgs().addArgs(args).build())
            .build();
      }
      case LIST -> {
        var elements = expr.list().elements().stream().map(Checked::widenLiterals).toList();
        yield expr.toBuilder()
            .setList(CelExpr.CelList.newBuilder().addElements(elements).build())
            .build();
      }
      default -> expr;
    };
  }

  /// The text of a literal string, where the expression is one.
  static Optional<String> literal(CelExpr expr) {
    boolean text =
        expr.getKind() == CelExpr.ExprKind.Kind.CONSTANT
            && expr.constant().getKind() == CelConstant.Kind.STRING_VALUE;
    return text ? Optional.of(expr.constant().stringValue()) : Optional.empty();
  }

  /// The value of a literal decimal, where the expression is one.
  static Optional<Double> number(CelExpr expr) {
    boolean decimal =
        expr.getKind() == CelExpr.ExprKind.Kind.CONSTANT
            && expr.constant().getKind() == CelConstant.Kind.DOUBLE_VALUE;
    return decimal ? Optional.of(expr.constant().doubleValue()) : Optional.empty();
  }
}
