package dev.spendwarden.policy.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class YamlValueTest {

  private static final Function<YamlValue, Optional<?>> TEXT = YamlValue::text;
  private static final Function<YamlValue, Optional<?>> INT = v -> v.integer(0, 65_535);
  private static final Function<YamlValue, Optional<?>> FLAG = YamlValue::flag;
  private static final Function<YamlValue, Optional<?>> DECIMAL = YamlValue::decimal;
  private static final Function<YamlValue, Optional<?>> DURATION =
      v -> v.duration(Duration.ofMillis(200), Duration.ofDays(7));
  private static final Function<YamlValue, Optional<?>> DATE =
      v -> v.instantOrDate(ZoneId.of("Europe/Berlin"));

  record Row(Function<YamlValue, Optional<?>> type, String yaml, String expected) {
    @Override
    public String toString() {
      return yaml;
    }
  }

  static Stream<Row> accepted() {
    return Stream.of(
        new Row(TEXT, "no", "no"),
        new Row(TEXT, "yes", "yes"),
        new Row(TEXT, "\"8080\"", "8080"),
        new Row(TEXT, "'true'", "true"),
        new Row(TEXT, "2027-02-10", "2027-02-10"),
        new Row(TEXT, "v1.2", "v1.2"),
        new Row(INT, "0", "0"),
        new Row(INT, "65535", "65535"),
        new Row(FLAG, "true", "true"),
        new Row(FLAG, "false", "false"),
        new Row(DECIMAL, "2.50", "2.50"),
        new Row(
            DECIMAL,
            "12345678901234567890123456789012345678",
            "12345678901234567890123456789012345678"),
        new Row(DURATION, "200ms", "PT0.2S"),
        new Row(DURATION, "1w", "PT168H"),
        new Row(DATE, "2027-02-10", "2027-02-09T23:00:00Z"),
        new Row(DATE, "2027-02-10T08:00:00+02:00", "2027-02-10T06:00:00Z"),
        new Row(DATE, "2028-02-29T00:00:00.5Z", "2028-02-29T00:00:00.500Z"));
  }

  @ParameterizedTest
  @MethodSource
  void accepted(Row row) {
    var problems = new Problems();
    assertThat(row.type().apply(value(row.yaml(), problems)).map(Object::toString))
        .contains(row.expected());
    assertThat(problems.list()).isEmpty();
  }

  static Stream<Row> refused() {
    String port = "'k' must be a whole number from 0 to 65535, not ";
    return Stream.of(
        new Row(TEXT, "8080", "'k' must be a text; put 8080 in quotes if it is meant, not '8080'"),
        new Row(TEXT, "true", "'k' must be a text; put true in quotes if it is meant, not 'true'"),
        new Row(TEXT, "~", "'k' has no value; give one or leave the key out"),
        new Row(TEXT, "", "'k' has no value; give one or leave the key out"),
        new Row(TEXT, "''", "'k' must not be empty"),
        new Row(TEXT, "[a]", "'k' must be a text, not a list"),
        new Row(INT, "010", port + "'010'"),
        new Row(INT, "0x1F", port + "'0x1F'"),
        new Row(INT, "1_000", port + "'1_000'"),
        new Row(INT, "1e3", port + "'1e3'"),
        new Row(INT, "65536", port + "'65536'"),
        new Row(INT, "-1", port + "'-1'"),
        new Row(INT, "99999999999999999999", port + "'99999999999999999999'"),
        new Row(INT, "'80'", "'k' must be a whole number from 0 to 65535 without quotes, not '80'"),
        new Row(FLAG, "no", "'k' must be true or false, not 'no'"),
        new Row(FLAG, "True", "'k' must be true or false, not 'True'"),
        new Row(FLAG, "on", "'k' must be true or false, not 'on'"),
        new Row(
            DECIMAL, "1e999999999", "'k' must be a number such as 20 or 2.5, not '1e999999999'"),
        new Row(DECIMAL, ".5", "'k' must be a number such as 20 or 2.5, not '.5'"),
        new Row(
            DECIMAL,
            "0.1234567890123456789",
            "'k' must be a number such as 20 or 2.5, not '0.1234567890123456789'"),
        new Row(DURATION, "199ms", "'k' must be at least 200ms, not '199ms'"),
        new Row(DURATION, "8d", "'k' must be at most 7d, not '8d'"),
        new Row(
            DURATION, "5", "'k' must be a duration such as 500ms, 30s, 5m, 6h, 3d or 2w, not '5'"),
        new Row(
            DURATION,
            "1h30m",
            "'k' must be a duration such as 500ms, 30s, 5m, 6h, 3d or 2w, not '1h30m'"),
        new Row(
            DURATION,
            "5 m",
            "'k' must be a duration such as 500ms, 30s, 5m, 6h, 3d or 2w, not '5 m'"),
        new Row(DATE, "2027-02-30", "'k' must be a date that exists, not '2027-02-30'"),
        new Row(
            DATE,
            "2027-02-10T08:00:00",
            "'k' must be a date such as 2027-02-10 or an instant such as 2027-02-10T08:00:00Z, not"
                + " '2027-02-10T08:00:00'"),
        new Row(DATE, "{a: b}", "'k' must be a date, not a mapping"));
  }

  @ParameterizedTest
  @MethodSource
  void refused(Row row) {
    var problems = new Problems();
    assertThat(row.type().apply(value(row.yaml(), problems))).isEmpty();
    assertThat(problems.list()).extracting(Problem::message).isEqualTo(List.of(row.expected()));
  }

  @Test
  void unknownWordNamesTheAllowedOnesAndTheNearest() {
    var problems = new Problems();
    value("qouta", problems).choice(Map.of("quota", 1));
    assertThat(problems.list())
        .extracting(Problem::toString)
        .containsExactly("f:1:4: 'k' must be one of quota, not 'qouta'; did you mean 'quota'?");
  }

  @Test
  void placeInsideScalarCountsItsQuote() {
    var problems = new Problems();
    assertThat(value("abc", problems).placeAt(2)).hasToString("f:1:6");
    assertThat(value("'abc'", problems).placeAt(2)).hasToString("f:1:7");
    assertThat(value("\"a\\tbc\"", problems).placeAt(2)).hasToString("f:1:4");
    assertThat(value("|\n  abc", problems).placeAt(2)).hasToString("f:1:4");
  }

  @Test
  void longAndUnprintableValuesAreCutInMessages() {
    assertThat(YamlValue.quote("x".repeat(100))).isEqualTo("'" + "x".repeat(80) + "…'");
    assertThat(YamlValue.quote("a\u001b[2Jb")).isEqualTo("'a [2Jb'");
  }

  @ParameterizedTest
  @CsvSource({
    "fresh-within, fresh_within",
    "buget, budget",
    "lables, labels",
    "Zone, zone",
    "rules_, rules",
  })
  void suggestsTheNearestWord(String typed, String meant) {
    var words = List.of("fresh_within", "budget", "labels", "zone", "rules", "name", "select");
    assertThat(Suggestion.closest(typed, words)).contains(meant);
  }

  @Test
  void suggestsNothingForForeignWords() {
    assertThat(Suggestion.closest("colour", List.of("name", "zone"))).isEmpty();
    assertThat(Suggestion.closest("x".repeat(100_000), List.of("name"))).isEmpty();
  }

  private static YamlValue value(String yaml, Problems problems) {
    return YamlDocument.parse("f", "k: " + yaml, problems)
        .flatMap(d -> d.mapping(problems, Interpolation.NONE))
        .flatMap(m -> m.find("k"))
        .orElseThrow();
  }
}
