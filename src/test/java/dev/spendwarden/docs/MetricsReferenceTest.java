package dev.spendwarden.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.spendwarden.app.Daemon;
import dev.spendwarden.app.DaemonClock;
import dev.spendwarden.app.config.ConfigReader;
import dev.spendwarden.policy.cel.CelConditions;
import dev.spendwarden.sandbox.Sandbox;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `docs/metrics.md` against `/metrics` of a daemon that has all there is: budgets with limits and
/// a burn window, report tasks, receivers, an action.
@Timeout(180)
class MetricsReferenceTest {

  private static final Instant START = Instant.parse("2027-01-10T09:00:00Z");

  /// What is there only after a month has ended, too long for this test.
  private static final Set<String> LATER = Set.of("spendwarden_forecast_error_ratio");

  /// The names that are promised, whatever else there may be.
  private static final List<String> PROMISED =
      List.of(
          "budget_spent",
          "budget_limit",
          "budget_used_ratio",
          "budget_elapsed_ratio",
          "budget_burn_rate",
          "budget_forecast",
          "budget_over_probability",
          "budget_exhaustion_timestamp_seconds",
          "budget_period_end_timestamp_seconds",
          "alerts",
          "source_up",
          "source_last_success_timestamp_seconds",
          "source_data_timestamp_seconds",
          "source_poll_duration_seconds",
          "source_polls_total",
          "reports",
          "notifications_total",
          "notification_attempts_total",
          "notification_delay_seconds",
          "outbox_pending",
          "dead_letters",
          "actions_total",
          "evaluation_duration_seconds",
          "series_dropped_total",
          "config_last_reload_successful",
          "test_clock",
          "build_info");

  private static final Pattern ROW =
      Pattern.compile(
          "(?m)^\\| `(spendwarden_\\w+)` \\| (\\w+) \\| ([^|]*) \\| ([^|]+) \\| .+\\|$");
  private static final Pattern TYPE = Pattern.compile("(?m)^# TYPE (\\w+) (\\w+)$");
  private static final Pattern SAMPLE = Pattern.compile("(?m)^(\\w+)(?:\\{(.*)})? \\S+$");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"");

  @TempDir private Path folder;

  /// @param type as Prometheus calls it
  /// @param labels without those that a type adds by itself
  private record Family(String type, Set<String> labels) {}

  @Test
  void thePageNamesWhatTheDaemonServesAndNothingElse() throws Exception {
    var clock = DaemonClock.test(START, 3600);
    try (var sandbox = Sandbox.start(Sandbox.Options.quiet(clock))) {
      sandbox.ionq().member("u1").quota(new BigDecimal("1000")).grows(new BigDecimal("5"));
      sandbox.gcore().report("ResellerExpenses", "Completed");
      try (var daemon = start(sandbox, clock)) {
        Map<String, Family> documented = documented();
        await()
            .atMost(Duration.ofSeconds(60))
            .pollInterval(Duration.ofMillis(200))
            .untilAsserted(() -> {
              Map<String, Family> served = served(scrape(daemon.port()));
              served.keySet().removeAll(LATER);
              var expected = new TreeMap<>(documented);
              expected.keySet().removeAll(LATER);
              assertThat(served).isEqualTo(expected);
            });
      }
    }
  }

  @Test
  void everythingThatIsPromisedIsOnThePage() throws IOException {
    assertThat(documented().keySet())
        .containsAll(PROMISED.stream().map(name -> "spendwarden_" + name).toList());
  }

  private Daemon start(Sandbox sandbox, DaemonClock clock) throws IOException {
    Files.writeString(
        folder.resolve("policies.yaml"),
        """
        version: 1
        policies:
          - name: quota
            select: { source: ionq-lab, kind: quota }
            per: [user]
            budget: { limit: quota, period: month }
            rules: [{ name: hot, when: burn('6h') > 0.1 || used > 0.9, actions: [tell] }]
        """);
    Path file = folder.resolve("spendwarden.yaml");
    Files.writeString(
        file,
        """
        server: { port: 0 }
        storage: { url: "jdbc:sqlite:%1$s" }
        egress: { allow: [127.0.0.0/8] }
        sources:
          - { name: ionq-lab, type: ionq, base_url: "%2$s", api_key: "${KEY}", organization: org,
              poll_interval: 10m }
          - { name: gcore-edge, type: gcore, base_url: "%3$s", api_key: "${KEY}",
              poll_interval: 10m }
        receivers: [{ name: hooks, webhook: { url: "%4$s" } }]
        actions: { tell: { type: webhook, url: "%4$s", mode: dry_run } }
        policies: [policies.yaml]
        """
            .formatted(
                folder.resolve("spendwarden.db"),
                sandbox.url("/ionq/v0.3"),
                sandbox.url("/gcore"),
                sandbox.url("/hooks/hooks")));
    var environment = Map.of("KEY", "a-key");
    var read = ConfigReader.read(file, environment, new CelConditions());
    assertThat(read.config()).as("%s", read.problems()).isPresent();
    return Daemon.start(read.config().get(), environment, clock, "1.2.3");
  }

  private static String scrape(int port) throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      var uri = URI.create("http://127.0.0.1:" + port + "/metrics");
      return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
    }
  }

  private static Map<String, Family> documented() throws IOException {
    var families = new TreeMap<String, Family>();
    Matcher row = ROW.matcher(Files.readString(Path.of("docs/metrics.md")));
    while (row.find()) {
      var labels = new TreeSet<String>();
      Pattern.compile("`(\\w+)`")
          .matcher(row.group(3))
          .results()
          .forEach(l -> labels.add(l.group(1)));
      if (row.group(3).contains("budget labels")) {
        // The one dimension of this test's policy.
        labels.add("user");
      }
      assertThat(families.put(row.group(1), new Family(row.group(2), labels)))
          .as(row.group(1) + " stands there once")
          .isNull();
    }
    return families;
  }

  /// Families with the labels of all their samples; every one is ours or one of the process.
  private static Map<String, Family> served(String text) {
    var families = new TreeMap<String, Family>();
    Matcher type = TYPE.matcher(text);
    while (type.find()) {
      String name = type.group(1);
      if (name.startsWith("spendwarden_")) {
        families.put(name, new Family(type.group(2), new TreeSet<>()));
      } else {
        assertThat(name).matches("(jvm|process|system)_.*");
      }
    }
    Matcher sample = SAMPLE.matcher(text);
    while (sample.find()) {
      String name = sample.group(1);
      String family =
          families.containsKey(name) ? name : name.replaceFirst("_(bucket|sum|count)$", "");
      if (families.containsKey(family) && sample.group(2) != null) {
        Matcher label = LABEL.matcher(sample.group(2));
        while (label.find()) {
          if (!label.group(1).equals("le") && !label.group(1).equals("quantile")) {
            families.get(family).labels().add(label.group(1));
          }
        }
      }
    }
    return families;
  }
}
