package dev.spendwarden.policy.cel;

import dev.cel.common.ast.CelExpr;
import dev.spendwarden.policy.Condition.Window;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

/// What an expression asks for; tells the evaluation what must be computed, and how often.
record Uses(
    Set<Window> burnWindows,
    Duration lookback,
    boolean facts,
    boolean labels,
    boolean movesWithTime,
    boolean forecast) {

  /// @param expr checked, with windows that parse
  static Uses of(CelExpr expr) {
    var collector = new Collector();
    collector.visit(expr);
    return new Uses(
        Collections.unmodifiableSet(collector.burnWindows),
        collector.lookback,
        collector.facts,
        collector.labels,
        collector.movesWithTime,
        collector.forecast);
  }

  private static final class Collector {
    private final Set<Window> burnWindows = new LinkedHashSet<>();
    private Duration lookback = Duration.ZERO;
    private boolean facts;
    private boolean labels;
    private boolean movesWithTime;
    private boolean forecast;

    private void visit(CelExpr expr) {
      if (expr.getKind() == CelExpr.ExprKind.Kind.IDENT) {
        String name = expr.ident().name();
        facts = true;
        labels |= name.equals(Names.LABELS);
        movesWithTime |= Names.movesWithTime(name);
        forecast |= Names.needsForecast(name);
      } else if (expr.getKind() == CelExpr.ExprKind.Kind.CALL
          && Names.WINDOWED.contains(expr.call().function())) {
        windowed(expr.call());
      }
      Trees.children(expr).forEach(this::visit);
    }

    private void windowed(CelExpr.CelCall call) {
      facts = true;
      movesWithTime = true;
      var sum = Duration.ZERO;
      for (CelExpr arg : call.args()) {
        String text = Checked.literal(arg).orElse("");
        var window = Windows.parse(text);
        sum = sum.plus(window.orElse(Duration.ZERO));
        if (call.function().equals("burn")) {
          window.ifPresent(length -> burnWindows.add(new Window(text, length)));
        }
      }
      lookback = lookback.compareTo(sum) < 0 ? sum : lookback;
    }
  }
}
