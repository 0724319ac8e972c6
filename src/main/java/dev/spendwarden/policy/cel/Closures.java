package dev.spendwarden.policy.cel;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import dev.cel.runtime.CelEvaluationException;
import dev.spendwarden.policy.Truth;
import dev.spendwarden.policy.UnknownFacts;
import dev.spendwarden.policy.cel.Node.Bool;
import dev.spendwarden.policy.cel.Node.Num;
import dev.spendwarden.policy.cel.Node.Span;
import dev.spendwarden.policy.cel.Node.Text;
import dev.spendwarden.policy.cel.Node.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Turns a checked tree into closures. What has no closure here is left to [CelEvaluator], at the
/// smallest sub-expression whose value a closure can take.
final class Closures {

  /// A mistake the type check cannot see.
  static final class Mistake extends Exception {
    private static final long serialVersionUID = 1;
    private final int column;

    Mistake(String message, int column) {
      super(message, null, false, false);
      this.column = column;
    }

    int column() {
      return column;
    }
  }

  /// Whole numbers are exact doubles up to here; larger ones are left to CEL.
  private static final long EXACT = 1L << 53;

  private static final Set<CelType> VALUES =
      Set.of(SimpleType.BOOL, SimpleType.DOUBLE, SimpleType.STRING, SimpleType.DURATION);

  private final CelAbstractSyntaxTree ast;
  private final SourceText text;
  private final Names names;
  private final Map<Long, Value> windowed = new HashMap<>();

  private Closures(Checked.Ok checked) {
    ast = checked.ast();
    text = checked.text();
    names = checked.names();
  }

  /// @throws Mistake for a window, duration or pattern that is none, or a value of no use
  static Node compile(Checked.Ok checked) throws Mistake {
    var closures = new Closures(checked);
    closures.readWindows(checked.ast().getExpr());
    var node = closures.node(checked.ast().getExpr());
    return node != null ? node : closures.fallback(checked.ast().getExpr());
  }

  private void readWindows(CelExpr expr) throws Mistake {
    for (CelExpr child : Trees.children(expr)) {
      readWindows(child);
    }
    if (expr.getKind() != CelExpr.ExprKind.Kind.CALL) {
      return;
    }
    var call = expr.call();
    if (!Names.WINDOWED.contains(call.function())) {
      return;
    }
    var windows = new ArrayList<Duration>();
    for (CelExpr arg : call.args()) {
      String written =
          Checked.literal(arg)
              .orElseThrow(() ->
                  mistake(arg, "a window is written out, like " + call.function() + "('1h')"));
      windows.add(
          Windows.parse(written)
              .orElseThrow(() ->
                  mistake(
                      arg,
                      "'"
                          + written
                          + "' is not a window; write one of the form"
                          + " 500ms 30s 5m 6h 3d 2w")));
    }
    var first = windows.getFirst();
    windowed.put(
        expr.id(),
        switch (call.function()) {
          case "burn" -> (Num) facts -> facts.burn(first);
          case "rate" -> (Num) facts -> facts.rate(first);
          case "increase" -> (Num) facts -> facts.increase(first);
          default -> {
            var base = windows.getLast();
            yield (Num) facts -> facts.change(first, base);
          }
        });
  }

  /// Null where neither a closure nor CEL gives a value that a closure could take.
  private @Nullable Node node(CelExpr expr) throws Mistake {
    var node =
        switch (expr.getKind()) {
          case CONSTANT -> leaf(expr, true, literal(expr.constant()));
          case IDENT -> leaf(expr, false, names.fact(expr.ident().name()));
          case SELECT -> leaf(expr, false, isLabels(expr.select().operand()) ? label(expr) : null);
          case CALL -> call(expr, expr.call());
          default -> null;
        };
    return node == null && VALUES.contains(type(expr)) ? fallback(expr) : node;
  }

  private @Nullable Node leaf(CelExpr expr, boolean constant, @Nullable Value value) {
    return value == null ? null : new Node("", constant, cut(expr), value, List.of());
  }

  private static @Nullable Value literal(CelConstant constant) {
    return switch (constant.getKind()) {
      case BOOLEAN_VALUE -> always(Truth.of(constant.booleanValue()));
      case DOUBLE_VALUE -> always(constant.doubleValue());
      case INT64_VALUE ->
          Math.abs(constant.int64Value()) <= EXACT ? always((double) constant.int64Value()) : null;
      case STRING_VALUE -> always(constant.stringValue());
      default -> null;
    };
  }

  private static Value label(CelExpr expr) {
    String name = expr.select().field();
    return expr.select().testOnly() ? hasLabel(name) : labelValue(name);
  }

  private static Bool hasLabel(String name) {
    return facts -> Truth.of(facts.labels().containsKey(name));
  }

  private static Text labelValue(String name) {
    return facts -> facts.labels().get(name);
  }

  private @Nullable Node call(CelExpr expr, CelExpr.CelCall call) throws Mistake {
    var value = windowed.get(expr.id());
    if (value == null) {
      value = overLabelsOrList(call);
    }
    if (value != null) {
      return new Node(call.function(), false, cut(expr), value, List.of());
    }
    if (call.function().equals("duration") && Checked.literal(call.args().getFirst()).isPresent()) {
      return duration(expr);
    }
    var parts = new ArrayList<Node>();
    for (CelExpr operand : Trees.children(expr)) {
      var part = isComputedInteger(operand) ? null : node(operand);
      if (part == null) {
        return null;
      }
      parts.add(part);
    }
    value = pattern(expr, call, parts);
    if (value == null) {
      value = Operators.apply(call.function(), parts);
    }
    if (value == null) {
      return null;
    }
    boolean constant = !parts.isEmpty() && parts.stream().allMatch(Node::constant);
    return new Node(call.function(), constant, cut(expr), constant ? folded(value) : value, parts);
  }

  /// `labels['user']`, `'user' in labels` and `labels.user in ['u1', 'u2']`.
  private @Nullable Value overLabelsOrList(CelExpr.CelCall call) throws Mistake {
    if (call.args().size() != 2) {
      return null;
    }
    var first = call.args().getFirst();
    var second = call.args().getLast();
    if (call.function().equals("_[_]") && isLabels(first)) {
      return Checked.literal(second).map(Closures::labelValue).orElse(null);
    }
    if (!call.function().equals("@in")) {
      return null;
    }
    if (isLabels(second)) {
      return Checked.literal(first).map(Closures::hasLabel).orElse(null);
    }
    if (second.getKind() != CelExpr.ExprKind.Kind.LIST || !type(first).equals(SimpleType.STRING)) {
      return null;
    }
    Set<String> words = new HashSet<>();
    for (CelExpr element : second.list().elements()) {
      Checked.literal(element).ifPresent(words::add);
    }
    boolean literal =
        second.list().elements().stream().allMatch(e -> Checked.literal(e).isPresent());
    var searched = node(first);
    if (!literal || searched == null || !(searched.value() instanceof Text text)) {
      return null;
    }
    return (Bool)
        facts -> {
          String word = text.of(facts);
          return word == null ? Truth.UNKNOWN : Truth.of(words.contains(word));
        };
  }

  /// `duration('72h')`, read once by CEL itself.
  private Node duration(CelExpr expr) throws Mistake {
    var node = fallback(expr);
    double seconds =
        node.value() instanceof Span span ? span.seconds(UnknownFacts.NONE) : Double.NaN;
    if (Double.isNaN(seconds)) {
      throw mistake(
          expr.call().args().getFirst(),
          node.text() + " is not a duration; write duration('72h') or days(3)");
    }
    return new Node("duration", true, node.text(), (Span) _ -> seconds, List.of());
  }

  /// `x.matches('…')` with the pattern compiled once; RE2 takes linear time.
  private @Nullable Value pattern(CelExpr expr, CelExpr.CelCall call, List<Node> parts)
      throws Mistake {
    var patternExpr = Trees.children(expr).getLast();
    var written = Checked.literal(patternExpr);
    if (!call.function().equals("matches")
        || written.isEmpty()
        || !(parts.getFirst().value() instanceof Text text)) {
      return null;
    }
    try {
      var pattern = Pattern.compile(written.get());
      return (Bool)
          facts -> {
            String searched = text.of(facts);
            return searched == null ? Truth.UNKNOWN : Truth.of(pattern.matcher(searched).find());
          };
    } catch (PatternSyntaxException e) {
      throw mistake(patternExpr, "not a pattern: " + Messages.oneLine(e.getDescription()));
    }
  }

  private Node fallback(CelExpr expr) throws Mistake {
    try {
      var value =
          CelEvaluator.compile(expr, ast, windowed, names)
              .orElseThrow(() ->
                  mistake(expr, "a " + Messages.types(type(expr).name()) + " cannot be used here"));
      return new Node("", false, cut(expr), value, List.of());
    } catch (CelEvaluationException e) {
      throw mistake(expr, Messages.oneLine(String.valueOf(e.getMessage())));
    }
  }

  private static Value folded(Value value) {
    return switch (value) {
      case Bool bool -> always(bool.test(UnknownFacts.NONE));
      case Num number -> always(number.of(UnknownFacts.NONE));
      case Span span -> {
        double seconds = span.seconds(UnknownFacts.NONE);
        yield (Span) _ -> seconds;
      }
      case Text text -> always(text.of(UnknownFacts.NONE));
    };
  }

  private static Bool always(Truth truth) {
    return _ -> truth;
  }

  private static Num always(double number) {
    return _ -> number;
  }

  private static Text always(@Nullable String text) {
    return _ -> text;
  }

  /// Whole numbers other than literals follow CEL's rules for overflow and division: CEL does them.
  private boolean isComputedInteger(CelExpr expr) {
    var type = type(expr);
    return (type.equals(SimpleType.INT) || type.equals(SimpleType.UINT))
        && expr.getKind() != CelExpr.ExprKind.Kind.CONSTANT;
  }

  private static boolean isLabels(CelExpr expr) {
    return expr.getKind() == CelExpr.ExprKind.Kind.IDENT
        && expr.ident().name().equals(Names.LABELS);
  }

  private CelType type(CelExpr expr) {
    return ast.getTypeOrThrow(expr.id());
  }

  private String cut(CelExpr expr) {
    return text.cut(text.span(expr, ast.getSource().getPositionsMap()));
  }

  private Mistake mistake(CelExpr expr, String message) {
    return new Mistake(message, Messages.column(expr, ast, text));
  }
}
