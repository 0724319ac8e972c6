package dev.spendwarden.policy.cel;

import dev.spendwarden.ledger.Selection;
import dev.spendwarden.policy.ConditionCompiler;
import java.util.List;

/// Compiles the `when` of rules: parsed and type-checked by CEL, run as closures. The language is
/// described in docs/expressions.md.
public final class CelConditions implements ConditionCompiler {

  @Override
  public Compiled compile(String expression, Selection.Kind kind) {
    return switch (Checked.of(expression, kind)) {
      case Checked.Failed(var message, int column) -> new Compiled.Failed(message, column);
      case Checked.Ok ok -> compile(expression, ok);
    };
  }

  @Override
  public List<Compiled.Failed> flawsOfSummary(String summary, Selection.Kind kind) {
    return SummaryTemplate.flaws(summary, kind).stream()
        .map(flaw -> new Compiled.Failed(flaw.message(), flaw.column()))
        .toList();
  }

  private static Compiled compile(String expression, Checked.Ok checked) {
    try {
      var root = Closures.compile(checked);
      if (!(root.value() instanceof Node.Bool outcome)) {
        String type = Messages.types(checked.ast().getResultType().name());
        return new Compiled.Failed("a condition is true or false, this is a " + type, 1);
      }
      var uses = Uses.of(checked.ast().getExpr());
      return new Compiled.Ok(new CompiledCondition(expression, root, outcome, uses));
    } catch (Closures.Mistake e) {
      return new Compiled.Failed(String.valueOf(e.getMessage()), e.column());
    }
  }
}
