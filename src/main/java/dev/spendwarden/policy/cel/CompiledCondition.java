package dev.spendwarden.policy.cel;

import dev.spendwarden.policy.BudgetShape;
import dev.spendwarden.policy.Condition;
import dev.spendwarden.policy.Facts;
import dev.spendwarden.policy.Truth;
import dev.spendwarden.policy.UnknownFacts;
import dev.spendwarden.policy.cel.Node.Bool;
import dev.spendwarden.policy.cel.Node.Num;
import dev.spendwarden.policy.cel.Node.Span;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A condition as closures.
record CompiledCondition(String text, Node root, Bool outcome, Uses uses) implements Condition {

  private static final Set<String> COMPARISONS =
      Set.of("_<_", "_<=_", "_>_", "_>=_", "_==_", "_!=_");

  private static final Set<String> CHAINS = Set.of("_&&_", "_||_");

  @Override
  public Truth test(Facts facts) {
    return outcome.test(facts);
  }

  @Override
  public Set<Window> burnWindows() {
    return uses.burnWindows();
  }

  @Override
  public Duration lookback() {
    return uses.lookback();
  }

  @Override
  public boolean movesWithTime() {
    return uses.movesWithTime();
  }

  @Override
  public boolean movesSteadily() {
    return uses.movesSteadily();
  }

  @Override
  public Set<Double> elapsedTurns() {
    return uses.elapsedTurns();
  }

  @Override
  public Set<Duration> windows() {
    return uses.windows();
  }

  @Override
  public boolean usesForecast() {
    return uses.forecast();
  }

  @Override
  public Optional<Boolean> constant() {
    // Without its labels a budget is another one: `has(labels.user)` is false only there.
    Truth always = uses.labels() ? Truth.UNKNOWN : outcome.test(UnknownFacts.NONE);
    return always == Truth.UNKNOWN ? Optional.empty() : Optional.of(always == Truth.TRUE);
  }

  @Override
  public Optional<String> neverHolds(BudgetShape shape) {
    return Possible.objection(root, shape);
  }

  @Override
  public boolean implies(Condition other) {
    return other instanceof CompiledCondition compiled && Possible.implies(root, compiled.root);
  }

  @Override
  public List<Part> explain(Facts facts) {
    var parts = new ArrayList<Part>();
    parts.add(new Part(root.text(), root.shown(facts)));
    var seen = new HashSet<String>();
    seen.add(root.text());
    collect(root, facts, seen, parts);
    return List.copyOf(parts);
  }

  private static void collect(Node node, Facts facts, Set<String> seen, List<Part> parts) {
    for (Node part : node.parts()) {
      // `a && b && c` is a chain of three, whatever the tree makes of it; literals say nothing new.
      boolean link = CHAINS.contains(part.operator()) && part.operator().equals(node.operator());
      if (!link && !part.constant() && seen.add(part.text())) {
        parts.add(new Part(part.text(), part.shown(facts)));
      }
      collect(part, facts, seen, parts);
    }
  }

  @Override
  public Optional<Distance> distance(Facts facts) {
    var comparisons = new ArrayList<Node>();
    if (!conjunction(root, comparisons)) {
      return Optional.empty();
    }
    Node chosen = comparisons.getFirst();
    for (Node comparison : comparisons) {
      if (comparison.value() instanceof Bool bool && bool.test(facts) != Truth.TRUE) {
        chosen = comparison;
        break;
      }
    }
    double left = number(chosen.parts().getFirst(), facts);
    double right = number(chosen.parts().getLast(), facts);
    if (Double.isNaN(left) || Double.isNaN(right)) {
      return Optional.empty();
    }
    String operator = chosen.operator().replace("_", "");
    return Optional.of(new Distance(chosen.text(), left, operator, right));
  }

  /// Whether the expression is nothing but comparisons of numbers or durations joined by `&&`.
  private static boolean conjunction(Node node, List<Node> comparisons) {
    if (node.operator().equals("_&&_")) {
      return node.parts().stream().allMatch(part -> conjunction(part, comparisons));
    }
    boolean comparison =
        COMPARISONS.contains(node.operator())
            && node.parts().stream()
                .allMatch(part -> part.value() instanceof Num || part.value() instanceof Span);
    if (comparison) {
      comparisons.add(node);
    }
    return comparison;
  }

  private static double number(Node node, Facts facts) {
    return switch (node.value()) {
      case Num number -> number.of(facts);
      case Span span -> span.seconds(facts);
      case Bool _, Node.Text _ -> Double.NaN;
    };
  }

  @Override
  public String toString() {
    return text;
  }
}
