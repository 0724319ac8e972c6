package dev.spendwarden.policy.cel;

import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOptions;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.types.CelType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import dev.cel.runtime.CelStandardFunctions;
import dev.spendwarden.policy.Facts;
import dev.spendwarden.policy.Truth;
import dev.spendwarden.policy.UnknownFacts;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/// The language of rules in CEL alone, wired on its own: what CEL's evaluator says of an expression
/// is what the closures must say. What is not known is an error here, and an error is unknown; the
/// arithmetic of doubles is replaced by one in which NaN and a division by zero are errors too. For
/// one thread.
final class CelOracle {

  private static final Map<String, ToDoubleFunction<Facts>> NUMBERS =
      Map.of(
          "spent", Facts::spent,
          "limit", Facts::limit,
          "left", Facts::left,
          "used", Facts::used,
          "elapsed", Facts::elapsed,
          "prob_over", Facts::probOver,
          "forecast.p10", f -> f.forecast(10),
          "forecast.p50", f -> f.forecast(50),
          "forecast.p90", f -> f.forecast(90));

  private static final Map<String, ToDoubleFunction<Facts>> DURATIONS =
      Map.of("runway", Facts::runway, "age", Facts::age);

  private final CelCompiler compiler;
  private final CelRuntime runtime;
  private Facts facts = UnknownFacts.NONE;

  CelOracle() {
    var builder =
        CelCompilerFactory.standardCelCompilerBuilder()
            .setStandardMacros(dev.cel.parser.CelStandardMacro.HAS)
            .addVar("labels", MapType.create(SimpleType.STRING, SimpleType.STRING));
    NUMBERS.keySet().forEach(name -> builder.addVar(name, SimpleType.DOUBLE));
    DURATIONS.keySet().forEach(name -> builder.addVar(name, SimpleType.DURATION));
    for (String name : List.of("burn", "rate", "increase")) {
      builder.addFunctionDeclarations(declared(name, SimpleType.DOUBLE, SimpleType.STRING));
    }
    builder.addFunctionDeclarations(
        declared("change", SimpleType.DOUBLE, SimpleType.STRING, SimpleType.STRING));
    for (String name : List.of("days", "hours", "minutes")) {
      builder.addFunctionDeclarations(declared(name, SimpleType.DURATION, SimpleType.DOUBLE));
    }
    compiler = builder.build();
    runtime =
        CelRuntimeFactory.standardCelRuntimeBuilder()
            .setOptions(CelOptions.current().build())
            .setStandardEnvironmentEnabled(false)
            .setStandardFunctions(
                CelStandardFunctions.newBuilder()
                    .filterFunctions((function, overload) -> !isReplaced(overload.toString()))
                    .build())
            .addFunctionBindings(
                arithmetic("add_double", (a, b) -> a + b),
                arithmetic("subtract_double", (a, b) -> a - b),
                arithmetic("multiply_double", (a, b) -> a * b),
                arithmetic("divide_double", (a, b) -> b == 0 ? Double.NaN : a / b),
                windowed("burn", w -> facts.burn(w)),
                windowed("rate", w -> facts.rate(w)),
                windowed("increase", w -> facts.increase(w)),
                CelFunctionBinding.from(
                    "change_of",
                    String.class,
                    String.class,
                    (w, base) -> known(facts.change(window(w), window(base)))),
                duration("days", 86_400),
                duration("hours", 3_600),
                duration("minutes", 60))
            .build();
  }

  private static boolean isReplaced(String overload) {
    return List.of("ADD_DOUBLE", "SUBTRACT_DOUBLE", "MULTIPLY_DOUBLE", "DIVIDE_DOUBLE")
        .contains(overload);
  }

  CelRuntime.Program program(String expression) throws Exception {
    return runtime.createProgram(compiler.compile(expression).getAst());
  }

  Truth test(CelRuntime.Program program, Facts facts) {
    this.facts = facts;
    Map<String, Object> variables = new HashMap<>();
    variables.put("labels", facts.labels());
    NUMBERS.forEach((name, number) -> {
      double value = number.applyAsDouble(facts);
      if (!Double.isNaN(value)) {
        variables.put(name, value);
      }
    });
    DURATIONS.forEach((name, seconds) -> {
      double value = seconds.applyAsDouble(facts);
      if (!Double.isNaN(value)) {
        variables.put(name, Duration.ofSeconds((long) value));
      }
    });
    try {
      return program.eval(variables) instanceof Boolean truth ? Truth.of(truth) : Truth.UNKNOWN;
    } catch (CelEvaluationException e) {
      return Truth.UNKNOWN;
    }
  }

  private static CelFunctionDecl declared(String name, CelType result, CelType... parameters) {
    return CelFunctionDecl.newFunctionDeclaration(
        name, CelOverloadDecl.newGlobalOverload(name + "_of", result, parameters));
  }

  private interface Arithmetic {
    double of(double a, double b);
  }

  private static CelFunctionBinding arithmetic(String overload, Arithmetic arithmetic) {
    return CelFunctionBinding.from(
        overload, Double.class, Double.class, (a, b) -> known(arithmetic.of(a, b)));
  }

  private static CelFunctionBinding windowed(String name, ToDoubleFunction<Duration> fact) {
    return CelFunctionBinding.from(
        name + "_of", String.class, text -> known(fact.applyAsDouble(window(text))));
  }

  private static CelFunctionBinding duration(String name, long unitSeconds) {
    return CelFunctionBinding.from(
        name + "_of",
        Double.class,
        number -> Duration.ofNanos(Math.round(number * unitSeconds * 1e3) * 1_000_000));
  }

  private static Duration window(String text) {
    return Windows.parse(text).orElseThrow();
  }

  private static double known(double value) {
    if (Double.isNaN(value)) {
      throw new IllegalArgumentException("not known");
    }
    return value;
  }
}
