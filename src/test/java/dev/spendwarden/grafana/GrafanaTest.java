package dev.spendwarden.grafana;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.spendwarden.peer.Peer;
import dev.spendwarden.peer.Prometheus;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `grafana/` promises, against a real Prometheus that scrapes the running demo: every panel
/// has something to show, and the rules about the daemon itself do what their tests say. Skipped,
/// saying so, where Prometheus is not installed.
class GrafanaTest {

  private static final Path GRAFANA = Path.of("grafana");
  private static final Path PROMTOOL = Path.of("/usr/bin/promtool");

  /// Long enough for the demo to breach, tell, come to its month's end (54 s), score its forecasts
  /// and be scraped several times, on a busy machine too.
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  private final HttpClient client = HttpClient.newHttpClient();

  @TempDir private Path folder;

  /// One query of one panel.
  private record Query(String panel, String text) {}

  private static void need(boolean isThere) {
    if (!isThere) {
      String why = "Prometheus is not installed (Debian: apt-get install prometheus)";
      System.out.println("GrafanaTest is skipped: " + why);
      Assumptions.abort(why);
    }
  }

  @Test
  void everyPanelHasSomethingToShowOfTheDemo() throws Exception {
    need(Prometheus.program().isPresent());
    try (var running = new RunningDemo(folder);
        Prometheus prometheus = prometheus(running.port())) {
      List<Query> queries = queries();
      assertThat(queries).hasSizeGreaterThan(35);
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofSeconds(2))
          .untilAsserted(() -> {
            var empty = new ArrayList<String>();
            for (Query query : queries) {
              if (prometheus.query(query.text()).orElseThrow().isEmpty()) {
                empty.add(query.panel() + ": " + query.text());
              }
            }
            assertThat(empty).as("panels with nothing to show; %s", running.log()).isEmpty();
          });
      lint(running.port());
    }
  }

  private Prometheus prometheus(int daemon) throws IOException {
    return Prometheus.start(
        Prometheus.program().orElseThrow(),
        folder,
        Peer.freePort(),
        """
        global: { scrape_interval: 1s, evaluation_interval: 1s }
        rule_files: [%s]
        scrape_configs:
          - job_name: spendwarden
            static_configs: [{ targets: ["127.0.0.1:%d"] }]
        """
            .formatted(GRAFANA.resolve("prometheus-rules.yaml").toAbsolutePath(), daemon));
  }

  private static List<Query> queries() throws IOException {
    var queries = new ArrayList<Query>();
    for (Path dashboard : dashboards()) {
      JsonArray panels = new JsonObject(Files.readString(dashboard)).getJsonArray("panels");
      for (int i = 0; i < panels.size(); i++) {
        JsonObject panel = panels.getJsonObject(i);
        JsonArray targets = panel.getJsonArray("targets");
        for (int j = 0; j < targets.size(); j++) {
          String name = dashboard.getFileName() + ", " + panel.getString("title");
          queries.add(new Query(name, filled(targets.getJsonObject(j).getString("expr"))));
        }
      }
    }
    return queries;
  }

  private static List<Path> dashboards() throws IOException {
    try (Stream<Path> files = Files.list(GRAFANA.resolve("dashboards"))) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
  }

  /// With the variables as Grafana would fill them in; the budget is one that burns by a rule.
  private static String filled(String query) {
    return query
        .replace("${budget:raw}", "policy=\"ionq-organization\",unit=\"USD\"")
        .replace("$policy", "ionq-organization")
        .replace("$source", ".*")
        .replace("$receiver", ".*")
        .replace("$__rate_interval", "1m");
  }

  /// promtool finds nothing to say about our own metrics. Those of the Java runtime are named by
  /// Micrometer.
  private void lint(int daemon) throws Exception {
    var uri = URI.create("http://127.0.0.1:" + daemon + "/metrics");
    Path metrics = folder.resolve("metrics.txt");
    Files.writeString(
        metrics, client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body());
    assertThat(Files.readString(metrics)).contains("spendwarden_budget_spent");
    Ended promtool = promtool(metrics, "check", "metrics");
    assertThat(promtool.output().lines().filter(line -> line.contains("spendwarden_"))).isEmpty();
    assertThat(promtool.output()).doesNotContain("error while linting");
  }

  @Test
  void theRulesAboutTheDaemonDoWhatTheirTestsSay() throws Exception {
    need(Files.isExecutable(PROMTOOL));
    Ended check =
        promtool(null, "check", "rules", GRAFANA.resolve("prometheus-rules.yaml").toString());
    assertThat(check.status()).as(check.output()).isZero();
    Ended test =
        promtool(null, "test", "rules", GRAFANA.resolve("prometheus-rules-test.yaml").toString());
    assertThat(test.status()).as(test.output()).isZero();
  }

  @Test
  void dashboardsHaveDistinctIdentitiesAndPanelsThatDoNotOverlap() throws IOException {
    var ids = new HashSet<String>();
    for (Path dashboard : dashboards()) {
      var json = new JsonObject(Files.readString(dashboard));
      assertThat(ids.add(json.getString("uid"))).as(dashboard + " has a uid of its own").isTrue();
      var taken = new HashSet<String>();
      JsonArray panels = json.getJsonArray("panels");
      for (int i = 0; i < panels.size(); i++) {
        JsonObject at = panels.getJsonObject(i).getJsonObject("gridPos");
        for (int x = at.getInteger("x"); x < at.getInteger("x") + at.getInteger("w"); x++) {
          for (int y = at.getInteger("y"); y < at.getInteger("y") + at.getInteger("h"); y++) {
            assertThat(x).as(dashboard + " is 24 wide").isLessThan(24);
            assertThat(taken.add(x + "," + y)).as(dashboard + " at " + x + "," + y).isTrue();
          }
        }
      }
    }
  }

  /// What is worth exporting is worth a look: a family added later must find its panel.
  @Test
  void everyFamilyOfTheReferenceIsOnADashboard() throws IOException {
    var dashboards = new StringBuilder();
    for (Path dashboard : dashboards()) {
      dashboards.append(Files.readString(dashboard));
    }
    List<String> families =
        Pattern.compile("^\\| `(spendwarden_\\w+)`", Pattern.MULTILINE)
            .matcher(Files.readString(Path.of("docs", "metrics.md")))
            .results()
            .map(found -> found.group(1))
            // The longest of the last minutes is in the histogram beside it.
            .filter(family -> !family.endsWith("_max"))
            .toList();
    assertThat(families).hasSizeGreaterThan(25);
    assertThat(families)
        .allSatisfy(family ->
            assertThat(dashboards.toString()).containsPattern(family + "(_bucket|_sum)?\\b"));
  }

  private record Ended(int status, String output) {}

  private Ended promtool(Path input, String... arguments) throws Exception {
    var command = new ArrayList<String>(List.of(PROMTOOL.toString()));
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    if (input != null) {
      builder.redirectInput(input.toFile());
    }
    Path output = Files.createTempFile(folder, "promtool", ".txt");
    Process process = builder.redirectOutput(output.toFile()).start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Ended(process.exitValue(), Files.readString(output));
  }
}
