package dev.spendwarden.policy.cel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.ledger.Selection.Kind;
import dev.spendwarden.policy.ConditionCompiler.Compiled;
import dev.spendwarden.policy.Truth;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Goal: the closures are CEL. Method: random expressions over random facts, a quarter of them not
/// known, against CEL's own evaluator.
class ClosuresAgreeWithCelTest {

  private static final long SEED = Long.getLong("seed", 20_270_120);

  @Test
  void randomExpressionsHaveTheSameTruth() throws Exception {
    var oracle = new CelOracle();
    Map<Truth, Integer> outcomes = new EnumMap<>(Truth.class);
    for (int round = 0; round < 300; round++) {
      var random = new Random(SEED + round);
      var expressions = new RandomExpression(random);
      var written = expressions.bool(1 + random.nextInt(4));
      if (written.forUs().length() > 1_500) {
        continue;
      }
      var compiled = new CelConditions().compile(written.forUs(), Kind.SPEND);
      assertThat(compiled).as(written.forUs()).isInstanceOf(Compiled.Ok.class);
      var condition = ((Compiled.Ok) compiled).condition();
      var program = oracle.program(written.forCel());
      for (int i = 0; i < 20; i++) {
        var facts = expressions.facts();
        var expected = oracle.test(program, facts);
        assertThat(condition.test(facts))
            .as("seed %d: %s%n%s", SEED + round, written.forUs(), facts)
            .isEqualTo(expected);
        outcomes.merge(expected, 1, Integer::sum);
      }
      condition
          .constant()
          .ifPresent(always ->
              assertThat(oracle.test(program, expressions.facts()))
                  .as(written.forUs())
                  .isEqualTo(Truth.of(always)));
    }
    // A generator that only ever made unknowns would agree with anything.
    assertThat(outcomes.values()).hasSize(3).allMatch(count -> count > 400);
  }
}
