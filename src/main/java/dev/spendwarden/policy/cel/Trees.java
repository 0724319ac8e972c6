package dev.spendwarden.policy.cel;

import dev.cel.common.ast.CelExpr;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/// Walks over CEL's syntax trees.
final class Trees {

  private Trees() {}

  /// The direct sub-expressions, in the order of the text.
  static List<CelExpr> children(CelExpr expr) {
    var children = new ArrayList<CelExpr>();
    switch (expr.getKind()) {
      case CALL -> {
        expr.call().target().ifPresent(children::add);
        children.addAll(expr.call().args());
      }
      case SELECT -> children.add(expr.select().operand());
      case LIST -> children.addAll(expr.list().elements());
      case MAP ->
          expr.map()
              .entries()
              .forEach(entry -> {
                children.add(entry.key());
                children.add(entry.value());
              });
      default -> {
        // Literals and names have none; comprehensions and messages are not part of the language.
      }
    }
    return children;
  }

  /// The tree with `change` applied to every expression, innermost first. Ids stay.
  static CelExpr rewrite(CelExpr expr, UnaryOperator<CelExpr> change) {
    var builder = expr.toBuilder();
    switch (expr.getKind()) {
      case CALL -> {
        var call = expr.call().toBuilder();
        expr.call().target().ifPresent(target -> call.setTarget(rewrite(target, change)));
        var args = expr.call().args().stream().map(arg -> rewrite(arg, change)).toList();
        builder.setCall(call.clearArgs().addArgs(args).build());
      }
      case SELECT -> {
        var operand = rewrite(expr.select().operand(), change);
        builder.setSelect(expr.select().toBuilder().setOperand(operand).build());
      }
      case LIST -> {
        var elements = expr.list().elements().stream().map(e -> rewrite(e, change)).toList();
        builder.setList(CelExpr.CelList.newBuilder().addElements(elements).build());
      }
      default -> {
        // Nothing below that is ever rewritten.
      }
    }
    return change.apply(builder.build());
  }
}
