package dev.spendwarden.policy.cel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.ledger.Selection.Kind;
import dev.spendwarden.policy.Condition;
import dev.spendwarden.policy.Condition.Distance;
import dev.spendwarden.policy.Condition.Part;
import dev.spendwarden.policy.Condition.Window;
import dev.spendwarden.policy.ConditionCompiler.Compiled;
import dev.spendwarden.policy.Facts;
import dev.spendwarden.policy.Truth;
import dev.spendwarden.policy.UnknownFacts;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CelConditionsTest {

  private static final Facts FACTS =
      SomeFacts.of(
              "spent",
              205,
              "limit",
              250,
              "left",
              45,
              "used",
              0.82,
              "elapsed",
              0.5,
              "burn PT1H",
              7,
              "burn PT6H",
              2.5,
              "rate PT24H",
              3,
              "increase PT30M",
              10,
              "change PT1H PT168H",
              0.5,
              "forecast.p10",
              210,
              "forecast.p50",
              260,
              "forecast.p90",
              300,
              "prob_over",
              0.7,
              "runway",
              273_600,
              "age",
              900)
          .labelled("user", "u1", "qpu", "qpu.forte-1");

  record Row(String expression, Truth expected, String note) {}

  static Stream<Row> rows() {
    return Stream.of(
        new Row("used >= 0.8", Truth.TRUE, "a fact and a decimal"),
        new Row("used > 1", Truth.FALSE, "a whole literal where a decimal is meant"),
        new Row("burn('1h') * 2 > 12", Truth.TRUE, "whole literals in arithmetic"),
        new Row("1 / 4 * limit < left", Truth.FALSE, "whole literals divide as decimals: 62.5"),
        new Row("limit * (1 - 1 / 5) <= 200", Truth.TRUE, "nested whole literals"),
        new Row("spent == 205", Truth.TRUE, "equality with a whole literal"),
        new Row("spent in [204, 205]", Truth.TRUE, "a list of whole literals"),
        new Row("(used > 0.8 ? 1 : elapsed) == 1", Truth.TRUE, "a whole literal in a choice"),
        new Row("-spent < -1", Truth.TRUE, "negation"),
        new Row("burn('1h') > 6.0 && burn(\"6h\") > 6.0", Truth.FALSE, "both quotes"),
        new Row("rate('1d') * 24 >= 72", Truth.TRUE, "windows in days"),
        new Row("increase('30m') == 10", Truth.TRUE, "increase"),
        new Row("change('1h', '1w') > 0.4", Truth.TRUE, "change over a base"),
        new Row("forecast.p90 > limit && prob_over > 0.5", Truth.TRUE, "forecast"),
        new Row("forecast.p10 < forecast.p50", Truth.TRUE, "percentiles"),
        new Row("runway < days(4) && runway > hours(75)", Truth.TRUE, "durations"),
        new Row("age < minutes(15.5) && age == duration('15m')", Truth.TRUE, "CEL durations"),
        new Row("runway + age > days(3) + hours(4)", Truth.TRUE, "sums of durations"),
        new Row("labels.user == 'u1' && labels['qpu'] != 'u1'", Truth.TRUE, "labels"),
        new Row("'user' in labels && !('team' in labels)", Truth.TRUE, "presence"),
        new Row("has(labels.user) && !has(labels.team)", Truth.TRUE, "has"),
        new Row("labels.team == 'a'", Truth.UNKNOWN, "an absent label"),
        new Row("has(labels.team) && labels.team == 'a'", Truth.FALSE, "guarded by has"),
        new Row("labels.user in ['u1', 'u2']", Truth.TRUE, "one of"),
        new Row("labels.team in ['u1', 'u2']", Truth.UNKNOWN, "an absent label in a list"),
        new Row("labels.qpu.startsWith('qpu.') && labels.qpu.endsWith('-1')", Truth.TRUE, "text"),
        new Row("labels.qpu.contains('forte')", Truth.TRUE, "contains"),
        new Row("labels.qpu.matches('^qpu[.](forte|aria)')", Truth.TRUE, "a pattern"),
        new Row("labels.user + '!' == 'u1!'", Truth.TRUE, "joined text"),
        new Row("spent / 0 > 1", Truth.UNKNOWN, "division by zero"),
        new Row("used > 0.5 || spent / 0 > 1", Truth.TRUE, "true || unknown"),
        new Row("spent / 0 > 1 || used > 0.5", Truth.TRUE, "unknown || true"),
        new Row("used > 0.9 || spent / 0 > 1", Truth.UNKNOWN, "false || unknown"),
        new Row("used > 0.9 && spent / 0 > 1", Truth.FALSE, "false && unknown"),
        new Row("spent / 0 > 1 && used > 0.9", Truth.FALSE, "unknown && false"),
        new Row("used > 0.5 && spent / 0 > 1", Truth.UNKNOWN, "true && unknown"),
        new Row("spent / 0 > 1 ? true : true", Truth.UNKNOWN, "a choice by an unknown"),
        new Row("!(spent / 0 > 1)", Truth.UNKNOWN, "not unknown"),
        new Row("spent / 0 != 1", Truth.UNKNOWN, "unequal to an unknown"),
        new Row("true", Truth.TRUE, "a literal"),
        new Row("int(spent) * 9223372036854775807 > 1", Truth.UNKNOWN, "an overflow"),
        new Row("int(spent) / (int(used) - 0) > 1", Truth.UNKNOWN, "whole division by zero"),
        new Row("int(spent) % int(used) == 1", Truth.UNKNOWN, "a rest by zero"),
        new Row("int(labels.user) > 1", Truth.UNKNOWN, "a text that is no number"),
        new Row("used > 0.5 || int(labels.user) > 1", Truth.TRUE, "true || a failure"),
        // Left to CEL's own evaluator:
        new Row("size(labels.user) == 2", Truth.TRUE, "whole numbers"),
        new Row("size(labels.user) > 1 && used > 0.8", Truth.TRUE, "partly"),
        new Row("int(burn('1h')) % 2 == 1", Truth.TRUE, "a fact over a window"),
        new Row("string(used) == '0.82'", Truth.TRUE, "conversions"),
        new Row("[used, elapsed] == [0.82, 0.5]", Truth.TRUE, "lists"),
        new Row("size(labels.team) == 0", Truth.UNKNOWN, "an absent label"),
        new Row("labels.user < labels.qpu", Truth.FALSE, "order of texts"),
        new Row("[spent / 0] != [1.0]", Truth.UNKNOWN, "division by zero in a list"),
        new Row("used in {0.82: 'a'}", Truth.TRUE, "maps"),
        new Row("timestamp('2027-01-01T00:00:00Z').getFullYear() == 2027", Truth.TRUE, "dates"));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void givesWhatTheLanguageSays(Row row) {
    assertThat(condition(row.expression()).test(FACTS)).as(row.note()).isEqualTo(row.expected());
  }

  @Test
  void whatIsNotKnownIsUnknownAndNotFalse() {
    for (String expression :
        new String[] {"used > 1", "burn('1h') > 1", "runway < days(3)", "forecast.p50 > limit"}) {
      assertThat(condition(expression).test(UnknownFacts.NONE)).isEqualTo(Truth.UNKNOWN);
    }
  }

  @Test
  void infinityIsLargerThanAnyNumber() {
    var facts = SomeFacts.of("used", Double.POSITIVE_INFINITY, "runway", Double.POSITIVE_INFINITY);
    assertThat(condition("used >= 1.0").test(facts)).isEqualTo(Truth.TRUE);
    assertThat(condition("runway < days(30)").test(facts)).isEqualTo(Truth.FALSE);
    assertThat(condition("string(runway > days(30)) == 'true'").test(facts)).isEqualTo(Truth.TRUE);
  }

  @Test
  void reportsPoliciesHaveTheirOwnNames() {
    var condition =
        ok("reports.failed > 0 || reports.newest_age > days(2) || age > hours(1)", Kind.REPORTS);
    assertThat(condition.test(SomeFacts.of("reports.failed", 1))).isEqualTo(Truth.TRUE);
    assertThat(failed("used > 1", Kind.REPORTS).message()).contains("policies of kind reports");
    assertThat(failed("burn('1h') > 1", Kind.REPORTS).message()).contains("kind reports");
    assertThat(failed("reports.failed > 0", Kind.SPEND).message()).contains("kind reports");
  }

  record Mistake(String expression, String message, int column) {}

  static Stream<Mistake> mistakes() {
    return Stream.of(
        new Mistake("usde > 1", "unknown name 'usde', did you mean 'used'?", 1),
        new Mistake("used > 1 && brun('1h') > 6", "unknown name 'brun', did you mean 'burn'?", 13),
        new Mistake(
            "limit < forecast.p51", "unknown name 'forecast.p51', did you mean 'forecast.p50'?", 9),
        new Mistake("label.user == 'a'", "unknown name 'label.user'", 1),
        new Mistake("used", "a condition is true or false, this is a double", 1),
        new Mistake("runway", "a condition is true or false, this is a duration", 1),
        new Mistake("labels", "a map cannot be used here", 1),
        new Mistake(
            "runway < 3",
            "'<' cannot be applied to (duration, int); write days(n), hours(n) or minutes(n) for a"
                + " duration",
            8),
        new Mistake("burn('1x') > 1", "'1x' is not a window; write one of the form", 6),
        new Mistake("used > 1 || burn('0h') > 1", "'0h' is not a window", 18),
        new Mistake("change('1h', 'soon') > 1", "'soon' is not a window", 14),
        new Mistake("burn(labels.user) > 1", "a window is written out, like burn('1h')", 6),
        new Mistake("burn(1) > 1", "burn cannot be given (int); it takes a window like '1h'", 1),
        new Mistake("age > duration('3 days')", "'3 days'", 16),
        new Mistake("labels.user.matches('(')", "not a pattern", 21),
        new Mistake("labels.exists(k, k == 'a')", "'exists' is not available in rules", 8),
        new Mistake("used > ", "syntax error", 8),
        new Mistake("used > 80%", "write 0.8 for 80 %", 11),
        new Mistake("used and limit", "write && for 'and'", 6),
        new Mistake("used = 1.0", "equality is ==", 6),
        new Mistake("  ", "the expression is empty", 1),
        new Mistake("used >\n  usd", "unknown name 'usd', did you mean 'used'?", 10),
        new Mistake("(".repeat(200) + "used", "nested too deeply", 1),
        new Mistake("used > 1 ||".repeat(500), "longer than 4096", 1));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void aMistakeIsToldWithItsPlace(Mistake mistake) {
    var failed = failed(mistake.expression(), Kind.SPEND);
    assertThat(failed.message()).contains(mistake.message()).doesNotContain("\n");
    assertThat(failed.column()).isEqualTo(mistake.column());
  }

  @Test
  void tellsWhatItAsksFor() {
    var condition =
        condition("burn('6h') > 1 && burn('60m') > 1 && burn('6h') > 2 && change('1h', '2d') > 1");
    assertThat(condition.burnWindows())
        .containsExactly(
            new Window("6h", Duration.ofHours(6)), new Window("60m", Duration.ofHours(1)));
    assertThat(condition.lookback()).isEqualTo(Duration.ofHours(49));
    assertThat(condition.movesWithTime()).isTrue();
    assertThat(condition.usesForecast()).isFalse();
    assertThat(condition("used > 1 && labels.user != 'a'").movesWithTime()).isFalse();
    assertThat(condition("used > 1").lookback()).isZero();
    assertThat(condition("runway < days(1)").usesForecast()).isTrue();
    assertThat(condition("int(burn('2w')) % 2 == 1").lookback()).isEqualTo(Duration.ofDays(14));
  }

  @Test
  void tellsWhenItMovesWithThePeriod() {
    var turning = condition("elapsed > 0.1 && (0.5 >= elapsed || prob_over > 0.9) && elapsed < 1");
    assertThat(turning.elapsedTurns()).containsExactlyInAnyOrder(0.1, 0.5, 1.0);
    assertThat(turning.movesWithTime()).isTrue();
    assertThat(turning.movesSteadily()).isFalse();
    for (String steady : List.of("used > elapsed", "elapsed * 2 > 1", "-elapsed < -0.5")) {
      assertThat(condition(steady).movesSteadily()).as(steady).isTrue();
      assertThat(condition(steady).elapsedTurns()).as(steady).isEmpty();
    }
    assertThat(condition("elapsed > 0.5 && age > hours(1)").movesSteadily()).isTrue();
  }

  @Test
  void tellsWhatIsAlwaysTheSame() {
    assertThat(condition("1 > 2").constant()).contains(false);
    assertThat(condition("used > 1 && false").constant()).contains(false);
    assertThat(condition("used > 1 || true").constant()).contains(true);
    assertThat(condition("used > 1").constant()).isEmpty();
    assertThat(condition("has(labels.user)").constant()).isEmpty();
  }

  @Test
  void explainsEveryPartOutermostFirst() {
    var condition = condition("(burn('1h') > 6.0 && left / limit < 0.5) || runway < days( 3 )");
    assertThat(condition.explain(FACTS))
        .containsExactly(
            new Part("(burn('1h') > 6.0 && left / limit < 0.5) || runway < days( 3 )", "true"),
            new Part("burn('1h') > 6.0 && left / limit < 0.5", "true"),
            new Part("burn('1h') > 6.0", "true"),
            new Part("burn('1h')", "7"),
            new Part("left / limit < 0.5", "true"),
            new Part("left / limit", "0.18"),
            new Part("left", "45"),
            new Part("limit", "250"),
            new Part("runway < days( 3 )", "false"),
            new Part("runway", "3d 4h"));
    assertThat(
            condition("used > 1 && used > 2 && labels.user == 'é' && elapsed > 1")
                .explain(UnknownFacts.NONE))
        .extracting(Part::text)
        .containsExactly(
            "used > 1 && used > 2 && labels.user == 'é' && elapsed > 1",
            "used > 1",
            "used",
            "used > 2",
            "labels.user == 'é'",
            "labels.user",
            "elapsed > 1",
            "elapsed");
  }

  @Test
  void cutsPartsAsTheyWereWritten() {
    var condition = condition("!( ( (left) ) + -1 > (limit*2)) ? labels['us er'] == 'a)' : false");
    assertThat(condition.explain(FACTS))
        .extracting(Part::text)
        .containsExactly(
            "!( ( (left) ) + -1 > (limit*2)) ? labels['us er'] == 'a)' : false",
            "!( ( (left) ) + -1 > (limit*2))",
            "( (left) ) + -1 > (limit*2)",
            "( (left) ) + -1",
            "left",
            "limit*2",
            "limit",
            "labels['us er'] == 'a)'",
            "labels['us er']");
  }

  @Test
  void tellsTheDistanceToFiring() {
    assertThat(condition("used >= 0.9").distance(FACTS))
        .contains(new Distance("used >= 0.9", 0.82, ">=", 0.9));
    assertThat(condition("burn('1h') > 6 && burn('6h') > 6").distance(FACTS))
        .contains(new Distance("burn('6h') > 6", 2.5, ">", 6));
    assertThat(condition("runway < days(1)").distance(FACTS))
        .contains(new Distance("runway < days(1)", 273_600, "<", 86_400));
    assertThat(condition("used > 1 || left < 1").distance(FACTS)).isEmpty();
    assertThat(condition("used > 1").distance(UnknownFacts.NONE)).isEmpty();
  }

  @Test
  void longChainsOfAlternativesAreFine() {
    var expression = new StringBuilder("labels.user == 'x0'");
    for (int i = 1; i < 150; i++) {
      expression.append(" || labels.user == 'x").append(i).append("'");
    }
    assertThat(condition(expression.toString()).test(FACTS)).isEqualTo(Truth.FALSE);
  }

  @Test
  void nothingAPersonMayWriteMakesItThrow() {
    var words =
        new String[] {
          "used",
          "limit",
          "burn",
          "(",
          ")",
          "'1h'",
          "&&",
          "||",
          ">",
          "==",
          "1",
          "0.5",
          "labels",
          ".",
          "user",
          "[",
          "]",
          "in",
          "!",
          "-",
          "?",
          ":",
          "runway",
          "days",
          ",",
          "'",
          "{",
          "}",
          "has",
          "+",
          "/",
          "%",
          "matches",
          "null",
          "b'a'",
          "1u",
          "\"\"\"",
          "//",
          "\n",
          "é",
          "\\",
          "duration",
          "string",
          "size",
          "type",
          "dyn",
          "[]",
          "9223372036854775807"
        };
    var random = new Random(7);
    for (int round = 0; round < 2_000; round++) {
      var expression = new StringBuilder();
      int length = 1 + random.nextInt(9);
      for (int i = 0; i < length; i++) {
        expression
            .append(words[random.nextInt(words.length)])
            .append(random.nextBoolean() ? " " : "");
      }
      var compiled = new CelConditions().compile(expression.toString(), Kind.SPEND);
      switch (compiled) {
        case Compiled.Ok(var condition) -> {
          condition.test(FACTS);
          condition.explain(UnknownFacts.NONE);
        }
        case Compiled.Failed(var message, int column) -> {
          assertThat(message).isNotBlank();
          assertThat(column).as(expression.toString()).isBetween(1, expression.length() + 1);
        }
      }
    }
  }

  private static Condition condition(String expression) {
    return ok(expression, Kind.SPEND);
  }

  private static Condition ok(String expression, Kind kind) {
    return switch (new CelConditions().compile(expression, kind)) {
      case Compiled.Ok(var condition) -> condition;
      case Compiled.Failed(var message, int column) ->
          throw new AssertionError(expression + ":" + column + ": " + message);
    };
  }

  private static Compiled.Failed failed(String expression, Kind kind) {
    return switch (new CelConditions().compile(expression, kind)) {
      case Compiled.Failed failed -> failed;
      case Compiled.Ok _ -> throw new AssertionError("compiled: " + expression);
    };
  }
}
