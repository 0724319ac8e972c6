package dev.spendwarden.policy.cel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.ledger.Selection.Kind;
import dev.spendwarden.policy.Condition.Window;
import dev.spendwarden.policy.ConditionCompiler;
import dev.spendwarden.policy.cel.SummaryTemplate.Compiled;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SummaryTemplateTest {

  private static final SomeFacts FACTS =
      SomeFacts.of(
              "burn PT1H",
              7.126,
              "used",
              0.5,
              "spent",
              1_234_567.891,
              "left",
              -0.001,
              "runway",
              273_600,
              "age",
              Double.POSITIVE_INFINITY)
          .labelled("user", "u1", "team", "a\nb\u202Ec\u0007", "long", "😀".repeat(2000));

  record Row(String template, String expected) {}

  static Stream<Row> rows() {
    return Stream.of(
        new Row("", ""),
        new Row("no expression, 5 $ and {braces}", "no expression, 5 $ and {braces}"),
        new Row("${labels.user} burns ${burn('1h')}× the pace", "u1 burns 7.13× the pace"),
        new Row("${used}/${spent}/${left}", "0.5/1234567.89/0"),
        new Row("${used * 100} %", "50 %"),
        new Row("${runway} left, data ${age} old", "3d 4h left, data infinite old"),
        new Row("${limit} ${labels.nobody} ${forecast.p50 > 3}", "unknown unknown unknown"),
        new Row("${used > 0.4} ${used > 1 ? 'over' : 'under'}", "true under"),
        new Row("${size(labels.user)}${3}", "23"),
        new Row("${'}' + \"{\" + '\\'}'} ${ {'a': 'b'}['a'] }", "}{'} b"),
        new Row("$${used} is ${used}", "${used} is 0.5"),
        new Row("é😀 ${labels.team}", "é😀 a b c "));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void rendersForPeople(Row row) {
    assertThat(template(row.template()).render(FACTS)).isEqualTo(row.expected());
  }

  @Test
  void isBoundedInLengthWithoutCuttingACharacter() {
    String line = template("x${labels.long}").render(FACTS);
    assertThat(line).hasSizeLessThanOrEqualTo(SummaryTemplate.MAX_LENGTH).endsWith("😀…");
    assertThat(template("x".repeat(1000)).render(FACTS)).isEqualTo("x".repeat(1000));
    assertThat(template("x".repeat(1001)).render(FACTS)).isEqualTo("x".repeat(999) + "…");
  }

  record Mistake(String template, String message, int column) {}

  static Stream<Mistake> mistakes() {
    return Stream.of(
        new Mistake("a ${usde} b", "did you mean 'used'?", 5),
        new Mistake("😀 ${used} ${burn('1y')}", "'1y' is not a window", 18),
        new Mistake("a ${used", "'${' without its '}'", 3),
        new Mistake("${}", "the expression is empty", 3),
        new Mistake("${labels}", "a map cannot be used here", 3),
        new Mistake("${[used]}", "a list cannot be used here", 3),
        new Mistake("${reports.failed}", "policies of kind reports", 3));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void aMistakeIsToldWithItsPlace(Mistake mistake) {
    var failed = (Compiled.Failed) SummaryTemplate.compile(mistake.template(), Kind.SPEND);
    assertThat(failed.message()).contains(mistake.message());
    assertThat(failed.column()).isEqualTo(mistake.column());
  }

  @Test
  void everyExpressionIsCheckedAtOnce() {
    assertThat(
            new CelConditions()
                .flawsOfSummary("${usde} of ${limt}, ${spent}, ${burn(1)} ${", Kind.QUOTA))
        .extracting(ConditionCompiler.Compiled.Failed::column)
        .containsExactly(3, 14, 33, 42);
    assertThat(new CelConditions().flawsOfSummary("${reports.newest_age}", Kind.REPORTS)).isEmpty();
  }

  @Test
  void whatFailsAtRunTimeIsShownAsUnknown() {
    assertThat(template("${1 / (limit - limit)} ${int(labels.user)} ${spent / 0}").render(FACTS))
        .isEqualTo("unknown unknown unknown");
  }

  @Test
  void tellsItsWindows() {
    assertThat(template("${burn('6h')} ${burn('1h')} ${burn('6h')}").burnWindows())
        .containsExactly(
            new Window("6h", Duration.ofHours(6)), new Window("1h", Duration.ofHours(1)));
  }

  private static SummaryTemplate template(String text) {
    return switch (SummaryTemplate.compile(text, Kind.SPEND)) {
      case Compiled.Ok(var template) -> template;
      case Compiled.Failed(var message, int column) ->
          throw new AssertionError(text + ":" + column + ": " + message);
    };
  }
}
