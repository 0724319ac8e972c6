package dev.spendwarden.policy.cel;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelOptions;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelReference;
import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import dev.cel.runtime.CelStandardFunctions;
import dev.spendwarden.policy.Facts;
import dev.spendwarden.policy.Truth;
import dev.spendwarden.policy.cel.Node.Bool;
import dev.spendwarden.policy.cel.Node.Num;
import dev.spendwarden.policy.cel.Node.Span;
import dev.spendwarden.policy.cel.Node.Text;
import dev.spendwarden.policy.cel.Node.Value;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleBinaryOperator;
import org.jspecify.annotations.Nullable;

/// CEL's own evaluator, for the sub-expressions that have no closures. Slower by far, but it knows
/// the whole language. What is not known has no value there, which CEL treats as an error, and an
/// error is unknown here: `&&` and `||` absorb it in the same way.
final class CelEvaluator {

  /// CEL durations reach ten thousand years; three thousand stand for infinity.
  private static final double LONGEST_SECONDS = 1e11;

  /// CEL lets NaN and infinity come of a division by zero; here they would pass for known.
  private static final Set<String> REPLACED =
      Set.of("ADD_DOUBLE", "SUBTRACT_DOUBLE", "MULTIPLY_DOUBLE", "DIVIDE_DOUBLE");

  private static final CelRuntime RUNTIME = runtime();

  private CelEvaluator() {}

  /// The value of one sub-expression of a checked tree; empty where it has a type that no condition
  /// and no summary can use (a list, a map).
  ///
  /// @param windowed the values of calls like `burn('1h')`, by the id of the call
  static Optional<Value> compile(
      CelExpr expr, CelAbstractSyntaxTree ast, Map<Long, Value> windowed, Names names)
      throws CelEvaluationException {
    Map<Long, CelReference> references = new HashMap<>(ast.getReferenceMap());
    Map<String, Value> variables = new HashMap<>();
    // A call over a window needs the facts at hand, which a CEL function does not see: it becomes a
    // variable, named so that nobody can write it.
    var rewritten =
        Trees.rewrite(
            expr,
            e -> {
              var value = windowed.get(e.id());
              if (value == null) {
                return e;
              }
              String name = "@window" + e.id();
              variables.put(name, value);
              references.put(e.id(), CelReference.newBuilder().setName(name).build());
              return CelExpr.ofIdent(e.id(), name);
            });
    var program =
        RUNTIME.createProgram(
            CelAbstractSyntaxTree.newCheckedAst(
                rewritten, ast.getSource(), references, ast.getTypeMap()));
    return Optional.ofNullable(
        value(ast.getTypeOrThrow(expr.id()), new Evaluation(program, variables, names)));
  }

  private static @Nullable Value value(CelType type, Evaluation evaluation) {
    if (type.equals(SimpleType.BOOL)) {
      return (Bool)
          facts -> evaluation.on(facts) instanceof Boolean truth ? Truth.of(truth) : Truth.UNKNOWN;
    }
    if (type.equals(SimpleType.DOUBLE)
        || type.equals(SimpleType.INT)
        || type.equals(SimpleType.UINT)) {
      return (Num)
          facts ->
              evaluation.on(facts) instanceof Number number ? number.doubleValue() : Double.NaN;
    }
    if (type.equals(SimpleType.STRING)) {
      return (Text) facts -> evaluation.on(facts) instanceof String text ? text : null;
    }
    if (type.equals(SimpleType.DURATION)) {
      return (Span)
          facts ->
              evaluation.on(facts) instanceof Duration duration ? seconds(duration) : Double.NaN;
    }
    return null;
  }

  private record Evaluation(CelRuntime.Program program, Map<String, Value> variables, Names names) {

    /// The value, or null where it is not known.
    @Nullable Object on(Facts facts) {
      try {
        return program.eval(name -> Optional.ofNullable(variable(name, facts)));
      } catch (CelEvaluationException | RuntimeException e) {
        return null;
      }
    }

    private @Nullable Object variable(String name, Facts facts) {
      if (name.equals(Names.LABELS)) {
        return facts.labels();
      }
      var window = variables.get(name);
      var value = window != null ? window : names.fact(name);
      return switch (value) {
        case null -> null;
        case Bool bool -> bool.test(facts) == Truth.UNKNOWN ? null : bool.test(facts) == Truth.TRUE;
        case Num number -> {
          double known = number.of(facts);
          yield Double.isNaN(known) ? null : known;
        }
        case Span span -> {
          double seconds = span.seconds(facts);
          yield Double.isNaN(seconds) ? null : duration(seconds);
        }
        case Text text -> text.of(facts);
      };
    }
  }

  private static Duration duration(double seconds) {
    double bounded = Math.clamp(seconds, -LONGEST_SECONDS, LONGEST_SECONDS);
    long whole = (long) Math.floor(bounded);
    return Duration.ofSeconds(whole, Math.round((bounded - whole) * 1e9));
  }

  static double seconds(Duration duration) {
    return duration.getSeconds() + duration.getNano() / 1e9;
  }

  private static CelRuntime runtime() {
    var builder =
        CelRuntimeFactory.standardCelRuntimeBuilder()
            .setOptions(CelOptions.current().build())
            .setStandardEnvironmentEnabled(false)
            .setStandardFunctions(
                CelStandardFunctions.newBuilder()
                    .filterFunctions((_, overload) -> !REPLACED.contains(overload.toString()))
                    .build())
            .addFunctionBindings(
                arithmetic("add_double", (a, b) -> a + b),
                arithmetic("subtract_double", (a, b) -> a - b),
                arithmetic("multiply_double", (a, b) -> a * b),
                arithmetic("divide_double", (a, b) -> b == 0 ? Double.NaN : a / b));
    Names.DURATIONS.forEach((name, unit) ->
        builder.addFunctionBindings(
            CelFunctionBinding.from(
                name + "_of", Double.class, number -> duration(Names.seconds(number, unit)))));
    return builder.build();
  }

  // The operators handed in are lambdas without state, which the type cannot say.
  @SuppressWarnings("Immutable")
  private static CelFunctionBinding arithmetic(String overload, DoubleBinaryOperator operator) {
    return CelFunctionBinding.from(
        overload,
        Double.class,
        Double.class,
        (a, b) -> {
          double result = operator.applyAsDouble(a, b);
          if (Double.isNaN(result)) {
            throw new ArithmeticException("not known");
          }
          return result;
        });
  }
}
