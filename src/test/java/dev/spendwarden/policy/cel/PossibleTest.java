package dev.spendwarden.policy.cel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.ledger.Selection.Kind;
import dev.spendwarden.policy.BudgetShape;
import dev.spendwarden.policy.Condition;
import dev.spendwarden.policy.ConditionCompiler.Compiled;
import dev.spendwarden.policy.Truth;
import java.time.Duration;
import java.util.HashMap;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What can be said of a condition before there is any figure. Nothing said here may be wrong; the
/// random half of this class tries to find something that is.
class PossibleTest {

  private static final long SEED = Long.getLong("seed", 20_270_121);

  private static final BudgetShape USUAL =
      new BudgetShape(true, true, false, Set.of("user"), Optional.of(Duration.ofHours(36)));
  private static final BudgetShape ROLLING =
      new BudgetShape(true, true, true, Set.of(), Optional.empty());
  private static final BudgetShape BARE =
      new BudgetShape(false, false, false, Set.of(), Optional.empty());

  record Never(BudgetShape shape, String expression, String why) {}

  static Stream<Never> never() {
    return Stream.of(
        new Never(USUAL, "false", ""),
        new Never(USUAL, "used > 1 && false", ""),
        new Never(USUAL, "1 > 2 || 2 > 3", ""),
        new Never(USUAL, "used > 2.0 && used < 1.0", "no value of used"),
        new Never(USUAL, "2 < used && burn('1h') > 1 && !(used > 1)", "no value of used"),
        new Never(USUAL, "used > 1 && used == 1", "no value of used"),
        new Never(USUAL, "burn('1h') > 6 && burn('1h') <= 6", "no value of burn('1h')"),
        new Never(USUAL, "runway < days(1) && runway > hours(24)", "no value of runway"),
        new Never(USUAL, "(used > 2 || used > 3) && used < 1", "no value of used"),
        new Never(USUAL, "has(labels.user) && !has(labels.user)", "both true and false"),
        new Never(USUAL, "elapsed > 1.0", "elapsed is always from 0 to 1"),
        new Never(USUAL, "prob_over > 1 || elapsed < 0", "prob_over is always from 0 to 1"),
        new Never(ROLLING, "elapsed < 0.5", "elapsed is always 1"),
        new Never(USUAL, "limit < 0", "limit is never less than 0"),
        new Never(USUAL, "age >= hours(36)", "age is always less than 1d 12h"),
        new Never(USUAL, "labels.team == 'a'", "'per' does not name team"),
        new Never(BARE, "used >= 0.8", "the budget has no limit"),
        new Never(BARE, "limit - spent < 3", "the budget has no limit"),
        new Never(BARE, "burn('1h') > 6", "the budget has no limit"),
        new Never(BARE, "forecast.p50 > 10", "period has no end"));
  }

  @ParameterizedTest
  @MethodSource("never")
  void tellsWhatCanNeverHold(Never row) {
    assertThat(condition(row.expression()).neverHolds(row.shape()))
        .hasValueSatisfying(why -> {
          assertThat(why).contains(row.why());
          assertThat(why.isEmpty()).isEqualTo(row.why().isEmpty());
        });
  }

  static Stream<Never> maybe() {
    return Stream.of(
        new Never(USUAL, "used >= 0.8", ""),
        new Never(USUAL, "used > 1 && used <= 1.5", ""),
        new Never(USUAL, "used >= 1 && used <= 1", ""),
        new Never(USUAL, "used > 2 || used < 1", ""),
        new Never(USUAL, "burn('1h') > 6 && burn('6h') < 6", ""),
        new Never(USUAL, "elapsed >= 1.0", ""),
        new Never(USUAL, "age > hours(35)", ""),
        new Never(USUAL, "labels.user == 'a' || labels.team == 'b'", ""),
        new Never(ROLLING, "elapsed > 0.1 && prob_over > 0.9", ""),
        new Never(BARE, "used > 0.8 || spent > 10", ""),
        new Never(BARE, "(used > 0.8 || true) == true", ""),
        new Never(BARE, "(spent > 3 ? spent : limit) > 2", ""),
        new Never(BARE, "!has(labels.team)", ""));
  }

  @ParameterizedTest
  @MethodSource("maybe")
  void saysNothingOfWhatMayHold(Never row) {
    assertThat(condition(row.expression()).neverHolds(row.shape())).isEmpty();
  }

  record Pair(String here, String there, boolean implied) {}

  static Stream<Pair> pairs() {
    return Stream.of(
        new Pair("used >= 0.8", "used >= 0.7", true),
        new Pair("used >= 0.7", "used >= 0.8", false),
        new Pair("used > 0.8", "0.8 <= used", true),
        new Pair("used >= 0.8", "used > 0.8", false),
        new Pair("used >= 0.8", "used>=0.8", true),
        new Pair("used >= 0.8 && elapsed < 0.5", "used >= 0.8", true),
        new Pair("used >= 0.8", "used >= 0.8 && elapsed < 0.5", false),
        new Pair("used >= 0.9", "used >= 0.8 || burn('1h') > 6", true),
        new Pair("used >= 0.9 || burn('1h') > 6", "used >= 0.8", false),
        new Pair("burn('1h') > 6", "burn('6h') > 6", false),
        new Pair("used == 1", "used >= 1", true),
        new Pair("used >= 1", "spent >= limit", false),
        new Pair("labels.user == 'a' && used > 1", "labels.user == 'a'", true));
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void tellsWhatFollowsFromWhat(Pair pair) {
    assertThat(condition(pair.here()).implies(condition(pair.there()))).isEqualTo(pair.implied());
  }

  @Test
  void whatIsSaidOfRandomExpressionsIsTrue() {
    int objections = 0;
    int implications = 0;
    for (int round = 0; round < 4000; round++) {
      var random = new Random(SEED + round);
      var expressions = new RandomExpression(random);
      var written = expressions.bool(1 + random.nextInt(3));
      var other = expressions.bool(random.nextInt(2));
      if (written.forUs().length() > 1_500) {
        continue;
      }
      Condition here = condition(written.forUs());
      Condition there = condition(other.forUs());
      boolean never = here.neverHolds(BARE).isPresent();
      boolean implied = here.implies(there);
      objections += never && here.constant().isEmpty() ? 1 : 0;
      implications += implied && here.constant().isEmpty() ? 1 : 0;
      for (int i = 0; i < 20 && (never || implied); i++) {
        var facts = expressions.facts();
        String seen = "seed %d: %s / %s%n%s".formatted(SEED + round, here, there, facts);
        if (never) {
          assertThat(here.test(bare(facts))).as(seen).isNotEqualTo(Truth.TRUE);
        }
        if (implied && here.test(facts) == Truth.TRUE) {
          assertThat(there.test(facts)).as(seen).isEqualTo(Truth.TRUE);
        }
      }
    }
    assertThat(objections).isGreaterThan(500);
    assertThat(implications).isGreaterThan(10);
  }

  /// The facts a budget without limit and end can have.
  private static SomeFacts bare(SomeFacts facts) {
    var numbers = new HashMap<String, Double>(facts.numbers());
    numbers
        .keySet()
        .removeIf(name ->
            name.startsWith("burn")
                || name.startsWith("forecast")
                || Set.of("limit", "left", "used", "prob_over", "runway", "elapsed")
                    .contains(name));
    return new SomeFacts(numbers, java.util.Map.of());
  }

  private static Condition condition(String expression) {
    return switch (new CelConditions().compile(expression, Kind.SPEND)) {
      case Compiled.Ok(Condition condition) -> condition;
      case Compiled.Failed(String message, int _) ->
          throw new AssertionError(expression + ": " + message);
    };
  }
}
