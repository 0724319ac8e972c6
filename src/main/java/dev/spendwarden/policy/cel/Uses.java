package dev.spendwarden.policy.cel;

import dev.cel.common.ast.CelExpr;
import dev.spendwarden.policy.Condition.Window;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/// What an expression asks for; tells the evaluation what must be computed, and how often.
record Uses(
    Set<Window> burnWindows,
    Set<Duration> windows,
    boolean facts,
    boolean labels,
    boolean movesWithTime,
    boolean movesSteadily,
    Set<Double> elapsedTurns,
    boolean forecast) {

  private static final Set<String> COMPARISONS =
      Set.of("_<_", "_<=_", "_>_", "_>=_", "_==_", "_!=_");

  /// The longest look back; zero when there is none.
  Duration lookback() {
    return windows.stream().max(Duration::compareTo).orElse(Duration.ZERO);
  }

  /// @param expr checked, with windows that parse
  static Uses of(CelExpr expr) {
    var collector = new Collector();
    collector.visit(expr);
    return new Uses(
        Collections.unmodifiableSet(collector.burnWindows),
        Set.copyOf(collector.windows),
        collector.facts,
        collector.labels,
        collector.movesWithTime,
        collector.movesSteadily,
        Set.copyOf(collector.elapsedTurns),
        collector.forecast);
  }

  private static final class Collector {
    private final Set<Window> burnWindows = new LinkedHashSet<>();
    private final Set<Duration> windows = new HashSet<>();
    private boolean facts;
    private boolean labels;
    private boolean movesWithTime;
    private boolean movesSteadily;
    private final Set<Double> elapsedTurns = new HashSet<>();
    private boolean forecast;

    private void visit(CelExpr expr) {
      Optional<Double> turn = elapsedTurn(expr);
      if (turn.isPresent()) {
        facts = true;
        movesWithTime = true;
        elapsedTurns.add(turn.get());
        return;
      }
      if (expr.getKind() == CelExpr.ExprKind.Kind.IDENT) {
        String name = expr.ident().name();
        facts = true;
        labels |= name.equals(Names.LABELS);
        movesWithTime |= Names.movesWithTime(name);
        movesSteadily |= Names.movesSteadily(name);
        forecast |= Names.needsForecast(name);
      } else if (expr.getKind() == CelExpr.ExprKind.Kind.CALL
          && Names.WINDOWED.contains(expr.call().function())) {
        windowed(expr.call());
      }
      Trees.children(expr).forEach(this::visit);
    }

    /// Where the expression is `elapsed` compared with a number: that number.
    private static Optional<Double> elapsedTurn(CelExpr expr) {
      if (expr.getKind() != CelExpr.ExprKind.Kind.CALL
          || !COMPARISONS.contains(expr.call().function())) {
        return Optional.empty();
      }
      CelExpr left = expr.call().args().getFirst();
      CelExpr right = expr.call().args().getLast();
      if (isElapsed(left)) {
        return Checked.number(right);
      }
      return isElapsed(right) ? Checked.number(left) : Optional.empty();
    }

    private static boolean isElapsed(CelExpr expr) {
      return expr.getKind() == CelExpr.ExprKind.Kind.IDENT
          && expr.ident().name().equals(Names.ELAPSED);
    }

    private void windowed(CelExpr.CelCall call) {
      facts = true;
      movesWithTime = true;
      var sum = Duration.ZERO;
      for (CelExpr arg : call.args()) {
        String text = Checked.literal(arg).orElse("");
        var window = Windows.parse(text);
        sum = sum.plus(window.orElse(Duration.ZERO));
        windows.add(sum);
        if (call.function().equals("burn")) {
          window.ifPresent(length -> burnWindows.add(new Window(text, length)));
        }
      }
    }
  }
}
