package dev.spendwarden.fuzz;

import dev.spendwarden.app.DaemonClock;
import dev.spendwarden.app.config.ConfigReader;
import dev.spendwarden.ledger.Selection;
import dev.spendwarden.notify.Body;
import dev.spendwarden.policy.cel.CelConditions;
import dev.spendwarden.policy.yaml.Durations;
import dev.spendwarden.policy.yaml.PolicyReader;
import dev.spendwarden.policy.yaml.Problems;
import dev.spendwarden.policy.yaml.YamlDocument;
import dev.spendwarden.sources.http.Headers;
import dev.spendwarden.sources.http.HttpStatus;
import dev.spendwarden.sources.json.JsonReader;
import dev.spendwarden.sources.json.MalformedAnswer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadersFuzzTest {

  private static final CelConditions CEL = new CelConditions();

  @TempDir Path folder;

  private static String text(byte[] input) {
    return new String(input, StandardCharsets.UTF_8);
  }

  @Test
  void policies() throws IOException {
    Fuzz.ofFiles("policies", "config", ".yaml")
        .run(input -> {
          var problems = new Problems();
          YamlDocument.parse("p.yaml", text(input), problems)
              .ifPresent(document -> new PolicyReader(CEL, problems).read(document));
        });
  }

  @Test
  void configurations() throws IOException {
    Path file = folder.resolve("spendwarden.yaml");
    Fuzz.ofFiles("configurations", "config", ".yaml")
        .run(input -> {
          Files.write(file, input);
          ConfigReader.read(file, Map.of("NAME", "x"), CEL);
        });
  }

  @Test
  void conditions() throws IOException {
    Fuzz.ofTexts(
            "conditions",
            List.of(
                "used >= 0.8",
                "burn('1h') > 6.0 && burn('6h') > 6.0",
                "labels.user == 'u1' || runway < days(3)",
                "change('7d', '28d') > 0.5 ? prob_over > 0.9 : age > hours(6)",
                "[1, 2].exists(x, x > 1) && !(left < 1.0)",
                "forecast.p50 > limit * 1.1"))
        .run(input -> {
          for (Selection.Kind kind : Selection.Kind.values()) {
            CEL.compile(text(input), kind);
          }
        });
  }

  @Test
  void summaries() throws IOException {
    Fuzz.ofTexts(
            "summaries",
            List.of(
                "${labels.user} burns ${burn('1h')}× the pace",
                "$${x} ${left} of ${limit}",
                "${labels['user'] + '}'}"))
        .run(input -> CEL.flawsOfSummary(text(input), Selection.Kind.SPEND));
  }

  @Test
  void answers() throws IOException {
    Fuzz.ofFiles("answers", "", ".json").refusing(MalformedAnswer.class).run(JsonReader::read);
  }

  @Test
  void bodiesReadBack() throws IOException {
    Fuzz.ofTexts(
            "bodies",
            List.of(
                "{\"id\":\"swn_1\",\"alert\":{\"labels\":{\"user\":\"u1\"},\"rules\":[\"a\"]},"
                    + "\"budget\":{\"used\":0.82,\"burn\":{\"1h\":0.0}},\"top\":[{\"spent\":\"1\"}]}",
                "{\"ok\":true,\"ts\":\"1.2\",\"retry\":5}",
                "{\"ok\":1E+21474836485}"))
        .run(input ->
            Body.parse(text(input))
                .ifPresent(body -> {
                  for (String name : body.names()) {
                    var _ = body.text(name);
                    var _ = body.number(name);
                    var _ = body.texts(name);
                    var _ = body.object(name).asNumbers();
                    var _ = body.objects(name);
                  }
                }));
  }

  @Test
  void durations() throws IOException {
    Fuzz.ofTexts("durations", List.of("500ms", "30s", "5m", "6h", "3d", "2w", "1h30m"))
        .run(input -> Durations.parse(text(input)).map(Durations::format));
  }

  @Test
  void testClocks() throws IOException {
    Fuzz.ofTexts("clocks", List.of("2027-01-20T09:00:00Z", "2027-01-20T09:00:00Z,x600"))
        .refusing(IllegalArgumentException.class)
        .run(input -> DaemonClock.parse(text(input)).instant());
  }

  @Test
  void retryAfter() throws IOException {
    Instant now = Instant.parse("2027-01-20T09:00:00Z");
    Fuzz.ofTexts("retry-after", List.of("120", "Wed, 20 Jan 2027 09:02:00 GMT", "1800000000"))
        .run(input -> {
          String value = text(input);
          for (String name : List.of("retry-after", "x-ratelimit-reset", "date")) {
            var headers =
                new Headers(Map.of(name, List.of(value), "x-ratelimit-remaining", List.of("0")));
            HttpStatus.retryAfter(headers, now, HttpStatus.LONGEST_WAIT)
                .ifPresent(wait -> {
                  if (wait.isNegative() || wait.compareTo(HttpStatus.LONGEST_WAIT) > 0) {
                    throw new AssertionError(wait + " for " + value);
                  }
                });
          }
        });
  }
}
