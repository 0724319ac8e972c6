package dev.spendwarden.policy.yaml;

import dev.spendwarden.ledger.Selection;
import dev.spendwarden.policy.Condition;
import dev.spendwarden.policy.ConditionCompiler;
import dev.spendwarden.policy.ConditionCompiler.Compiled;
import dev.spendwarden.policy.Facts;
import dev.spendwarden.policy.Truth;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/// Takes every expression, and every summary, except those with `nonsense` in them. Knows `false`;
/// all else is unknown.
public final class FakeCompiler implements ConditionCompiler {

  @Override
  public Compiled compile(String expression, Selection.Kind kind) {
    int flaw = expression.indexOf("nonsense");
    return flaw < 0
        ? new Compiled.Ok(new Fake(expression))
        : new Compiled.Failed("undeclared name 'nonsense'", flaw + 1);
  }

  @Override
  public List<Compiled.Failed> flawsOfSummary(String summary, Selection.Kind kind) {
    int flaw = summary.indexOf("nonsense");
    return flaw < 0
        ? List.of()
        : List.of(new Compiled.Failed("undeclared name 'nonsense'", flaw + 1));
  }

  private record Fake(String text) implements Condition {

    @Override
    public Truth test(Facts facts) {
      return text.equals("false") ? Truth.FALSE : Truth.UNKNOWN;
    }

    @Override
    public Set<Window> burnWindows() {
      return Set.of();
    }

    @Override
    public Duration lookback() {
      return Duration.ZERO;
    }

    @Override
    public boolean movesWithTime() {
      return false;
    }

    @Override
    public boolean usesForecast() {
      return false;
    }

    @Override
    public List<Part> explain(Facts facts) {
      return List.of();
    }
  }
}
