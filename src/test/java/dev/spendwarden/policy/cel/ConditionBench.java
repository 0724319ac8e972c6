package dev.spendwarden.policy.cel;

import dev.cel.runtime.CelRuntime;
import dev.spendwarden.ledger.Selection.Kind;
import dev.spendwarden.policy.Condition;
import dev.spendwarden.policy.ConditionCompiler.Compiled;
import dev.spendwarden.policy.Facts;
import dev.spendwarden.policy.Truth;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// One test of a typical condition: closures against CEL's own evaluator. Not part of the build's
/// tests; run by JMH, or by `main` for a quick look.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ConditionBench {

  @Param({
    "used >= 0.8",
    "burn('1h') > 6.0 && burn('6h') > 6.0",
    "has(labels.user) && labels.user != 'ci' && (runway < days(3.0) || forecast.p50 > limit * 1.1)"
  })
  public String expression = "used >= 0.8";

  private final Shifting facts = new Shifting();
  private final CelOracle cel = new CelOracle();
  private Condition condition = condition("true");
  private CelRuntime.Program program = program("true");

  @Setup
  public void compile() {
    condition = condition(expression);
    program = program(expression);
  }

  @Benchmark
  public Truth closures() {
    return condition.test(facts);
  }

  @Benchmark
  public Truth celEvaluator() {
    return cel.test(program, facts);
  }

  private static Condition condition(String expression) {
    return ((Compiled.Ok) new CelConditions().compile(expression, Kind.SPEND)).condition();
  }

  private CelRuntime.Program program(String expression) {
    try {
      return cel.program(expression);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /// A quick look without JMH: nanoseconds for one test, the best of several rounds.
  public static void main(String[] args) throws Exception {
    String[] expressions =
        ConditionBench.class.getField("expression").getAnnotation(Param.class).value();
    for (String expression : expressions) {
      var bench = new ConditionBench();
      bench.expression = expression;
      bench.compile();
      double closures = bench.best(bench::closures, 2_000_000);
      double cel = bench.best(bench::celEvaluator, 50_000);
      System.out.printf(
          "%8.1f ns closures %8.1f ns CEL (%.0f x)  %s%n",
          closures, cel, cel / closures, expression);
    }
  }

  private double best(java.util.function.Supplier<Truth> test, int times) {
    double best = Double.MAX_VALUE;
    int held = 0;
    for (int round = 0; round < 12; round++) {
      long start = System.nanoTime();
      for (int i = 0; i < times; i++) {
        // Other facts every time, or the loop is computed once.
        facts.shift = i * 1e-7;
        held += test.get() == Truth.TRUE ? 1 : 0;
      }
      best = Math.min(best, (System.nanoTime() - start) / (double) times);
    }
    // Used, so that the loop cannot be left out.
    return held < 0 ? Double.NaN : best;
  }

  /// Facts that cost nothing to ask, so that only the expression is measured.
  private static final class Shifting implements Facts {
    private double shift;
    private final Map<String, String> labels = Map.of("user", "u1");

    @Override
    public double spent() {
      return 205;
    }

    @Override
    public double limit() {
      return 250;
    }

    @Override
    public double left() {
      return 45;
    }

    @Override
    public double used() {
      return 0.82 - shift;
    }

    @Override
    public double elapsed() {
      return 0.5;
    }

    @Override
    public double burn(Duration window) {
      return 7 - shift;
    }

    @Override
    public double rate(Duration window) {
      return 3;
    }

    @Override
    public double increase(Duration window) {
      return 10;
    }

    @Override
    public double change(Duration window, Duration base) {
      return 0.5;
    }

    @Override
    public double forecast(int percentile) {
      return 200 + percentile + shift;
    }

    @Override
    public double probOver() {
      return 0.7;
    }

    @Override
    public double runway() {
      return 400_000 + shift;
    }

    @Override
    public double age() {
      return 900;
    }

    @Override
    public Map<String, String> labels() {
      return labels;
    }

    @Override
    public ReportFacts reports() {
      return ReportFacts.UNKNOWN;
    }
  }
}
