package dev.spendwarden.policy.cel;

import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOptions;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.types.CelType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.spendwarden.ledger.Selection;
import dev.spendwarden.policy.Facts;
import dev.spendwarden.policy.cel.Node.Num;
import dev.spendwarden.policy.cel.Node.Span;
import dev.spendwarden.policy.cel.Node.Value;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The names an expression may use, by kind of policy, and how each is answered from [Facts].
final class Names {

  /// Characters of one expression.
  static final int MAX_LENGTH = 4096;

  /// Levels of nesting; also bounds the depth of the closures and so the stack they need.
  private static final int MAX_DEPTH = 64;

  static final String LABELS = "labels";
  static final String ELAPSED = "elapsed";

  /// The functions over windows.
  static final Set<String> WINDOWED = Set.of("burn", "rate", "increase", "change");

  /// The functions that make a duration of a number, with the seconds of one unit.
  static final Map<String, Double> DURATIONS =
      Map.of("days", 86_400.0, "hours", 3_600.0, "minutes", 60.0);

  /// What only changes when a figure changes; all else moves with time.
  private static final Set<String> STILL = Set.of("spent", "limit", "left", "used", LABELS);

  private static final Set<String> FORECAST =
      Set.of("forecast.p10", "forecast.p50", "forecast.p90", "prob_over", "runway");

  /// What changes only when a window's content or the forecast does.
  private static final Set<String> IN_STEPS =
      Set.of("forecast.p10", "forecast.p50", "forecast.p90", "prob_over");

  private static final Set<String> MACROS = Set.of("all", "exists", "exists_one", "map", "filter");

  private static final Names BUDGET = new Names(budgetFacts(), WINDOWED);
  private static final Names REPORTS = new Names(reportFacts(), Set.of());

  private final Map<String, Value> facts;
  private final Set<String> functions = new TreeSet<>();
  private final CelCompiler compiler;

  private Names(Map<String, Value> facts, Set<String> windowed) {
    this.facts = facts;
    functions.addAll(DURATIONS.keySet());
    functions.addAll(windowed);
    var builder =
        CelCompilerFactory.standardCelCompilerBuilder()
            .setOptions(
                CelOptions.current()
                    .maxExpressionCodePointSize(MAX_LENGTH)
                    .maxParseRecursionDepth(MAX_DEPTH)
                    .build())
            // Comprehensions may take exponential time and no rule needs one.
            .setStandardMacros(CelStandardMacro.HAS)
            .addVar(LABELS, MapType.create(SimpleType.STRING, SimpleType.STRING));
    facts.forEach((name, value) -> builder.addVar(name, typeOf(value)));
    DURATIONS
        .keySet()
        .forEach(name ->
            builder.addFunctionDeclarations(
                function(name, SimpleType.DURATION, SimpleType.DOUBLE)));
    for (String name : windowed) {
      builder.addFunctionDeclarations(
          name.equals("change")
              ? function(name, SimpleType.DOUBLE, SimpleType.STRING, SimpleType.STRING)
              : function(name, SimpleType.DOUBLE, SimpleType.STRING));
    }
    compiler = builder.build();
  }

  /// `days(n)` and the like in seconds, to the millisecond: `hours(0.1)` is six minutes exactly.
  static double seconds(double number, double unit) {
    return Math.rint(number * unit * 1000) / 1000;
  }

  static Names of(Selection.Kind kind) {
    return switch (kind) {
      case SPEND, QUOTA -> BUDGET;
      case REPORTS -> REPORTS;
    };
  }

  CelCompiler compiler() {
    return compiler;
  }

  /// How a declared name is answered; null for `labels` and what is not declared.
  @Nullable Value fact(String name) {
    return facts.get(name);
  }

  static boolean movesWithTime(String name) {
    return !STILL.contains(name);
  }

  static boolean movesSteadily(String name) {
    return movesWithTime(name) && !IN_STEPS.contains(name);
  }

  static boolean needsForecast(String name) {
    return FORECAST.contains(name);
  }

  /// Why `name` is not known here, for people.
  String unknownName(String name) {
    var other = this == BUDGET ? REPORTS : BUDGET;
    if (other.declares(name)) {
      return this == BUDGET
          ? "'" + name + "' is only known in policies of kind reports"
          : "'" + name + "' is not known in policies of kind reports";
    }
    if (MACROS.contains(name)) {
      return "'" + name + "' is not available in rules; use in, has() or matches()";
    }
    return "unknown name '"
        + name
        + "'"
        + near(name).map(near -> ", did you mean '" + near + "'?").orElse("");
  }

  private boolean declares(String name) {
    return facts.containsKey(name) || functions.contains(name);
  }

  private Optional<String> near(String name) {
    var candidates = new TreeSet<>(facts.keySet());
    candidates.addAll(functions);
    candidates.add(LABELS);
    String best = null;
    int bestDistance = Math.max(1, name.length() / 3) + 1;
    for (String candidate : candidates) {
      int distance = distance(name, candidate);
      if (distance < bestDistance) {
        best = candidate;
        bestDistance = distance;
      }
    }
    return Optional.ofNullable(best);
  }

  /// Edits from one word to the other: insert, remove, replace, swap two neighbours.
  private static int distance(String a, String b) {
    int[][] edits = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          edits[i][j] = i + j;
          continue;
        }
        int replace = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int least = Math.min(edits[i - 1][j], edits[i][j - 1]) + 1;
        least = Math.min(least, edits[i - 1][j - 1] + replace);
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        edits[i][j] = swapped ? Math.min(least, edits[i - 2][j - 2] + 1) : least;
      }
    }
    return edits[a.length()][b.length()];
  }

  private static CelType typeOf(Value value) {
    return switch (value) {
      case Node.Bool _ -> SimpleType.BOOL;
      case Num _ -> SimpleType.DOUBLE;
      case Span _ -> SimpleType.DURATION;
      case Node.Text _ -> SimpleType.STRING;
    };
  }

  private static CelFunctionDecl function(String name, CelType result, CelType... parameters) {
    return CelFunctionDecl.newFunctionDeclaration(
        name, CelOverloadDecl.newGlobalOverload(name + "_of", result, parameters));
  }

  private static Map<String, Value> budgetFacts() {
    var facts = new LinkedHashMap<String, Value>();
    facts.put("spent", (Num) Facts::spent);
    facts.put("limit", (Num) Facts::limit);
    facts.put("left", (Num) Facts::left);
    facts.put("used", (Num) Facts::used);
    facts.put(ELAPSED, (Num) Facts::elapsed);
    facts.put("forecast.p10", (Num) f -> f.forecast(10));
    facts.put("forecast.p50", (Num) f -> f.forecast(50));
    facts.put("forecast.p90", (Num) f -> f.forecast(90));
    facts.put("prob_over", (Num) Facts::probOver);
    facts.put("runway", (Span) Facts::runway);
    facts.put("age", (Span) Facts::age);
    return facts;
  }

  private static Map<String, Value> reportFacts() {
    var facts = new LinkedHashMap<String, Value>();
    facts.put("reports.failed", (Num) f -> f.reports().failed());
    facts.put("reports.pending", (Num) f -> f.reports().pending());
    facts.put("reports.degraded", (Num) f -> f.reports().degraded());
    facts.put("reports.newest_age", (Span) f -> f.reports().newestAge());
    facts.put("age", (Span) Facts::age);
    return facts;
  }
}
