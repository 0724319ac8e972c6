package dev.spendwarden.web;

import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.microsoft.playwright.Page;
import dev.spendwarden.app.Daemon;
import dev.spendwarden.app.DaemonClock;
import dev.spendwarden.app.config.ConfigReader;
import dev.spendwarden.bench.BenchTable;
import dev.spendwarden.bench.Figure;
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
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/// How soon the front page shows something, and how soon its budgets: the real daemon with 10,000
/// of them, in windows that have cached nothing. Daemon, provider and browser share the machine.
@Tag("bench")
class PaintBench {

  private static final int BUDGETS = 10_000;
  private static final int WINDOWS = 12;

  /// The first windows find a cold program.
  private static final int WARM_UP = 2;

  private static final String POLICY =
      """
      version: 1
      policies:
        - name: quota
          select: { source: lab, kind: quota }
          per: [user]
          notify: none
          budget: { limit: quota, period: month }
          rules:
            - { name: hot, when: burn('1h') > 6.0 && burn('6h') > 6.0, severity: warning }
            - { name: spent, when: used >= 1.0, severity: critical }
      """;

  @TempDir private Path folder;

  @Test
  void theFrontPageOfTenThousandBudgets() throws Exception {
    ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
    try (Browser browser = Browser.start();
        Sandbox sandbox = Sandbox.start(Sandbox.Options.quiet(InstantSource.system()))) {
      for (int i = 0; i < BUDGETS; i++) {
        var consumed = new BigDecimal(i).movePointLeft(2);
        sandbox.ionq().member("u" + i).quota(new BigDecimal("250")).consumed(consumed);
      }
      try (Daemon daemon = start(sandbox)) {
        String address = "http://127.0.0.1:" + daemon.port() + "/";
        awaitBudgets(address);
        var paints = new ArrayList<Double>();
        var rows = new ArrayList<Double>();
        for (int i = 0; i < WINDOWS; i++) {
          Page page = browser.open(address);
          page.waitForSelector("tbody tr");
          if (i >= WARM_UP) {
            paints.add(Browser.firstPaintMillis(page));
            rows.add(rowsMillis(page));
          }
          browser.closePages();
        }
        BenchTable.add(
            median("first page of 10,000 budgets: first contentful paint", paints).atMost(1_000));
        BenchTable.add(
            median("first page of 10,000 budgets: the riskiest 50 have been read", rows));
      }
    }
  }

  private static Figure median(String what, List<Double> millis) {
    return Figure.lower(what, "ms", millis.stream().sorted().toList().get(millis.size() / 2));
  }

  /// When the answer with the budgets had been read; showing it takes a frame more.
  private static double rowsMillis(Page page) {
    Object end =
        page.evaluate(
            """
            performance.getEntriesByType('resource')
              .filter((entry) => entry.name.includes('/api/v1/budgets?'))[0].responseEnd
            """);
    return ((Number) end).doubleValue();
  }

  private Daemon start(Sandbox sandbox) throws IOException {
    Files.writeString(folder.resolve("policies.yaml"), POLICY);
    Path file = folder.resolve("spendwarden.yaml");
    Files.writeString(
        file,
        """
        server: { host: 127.0.0.1, port: 0 }
        storage: { url: "jdbc:sqlite:%s/data.db" }
        egress: { allow: [127.0.0.0/8] }
        sources:
          - { name: lab, type: ionq, base_url: "%s", api_key: "${KEY}", organization: org, poll_interval: 1h }
        policies: [policies.yaml]
        """
            .formatted(folder, sandbox.url("/ionq/v0.3")));
    Map<String, String> env = Map.of("KEY", "reader-key");
    var read = ConfigReader.read(file, env, new CelConditions());
    return Daemon.start(
        read.config().orElseThrow(() -> new IllegalStateException(read.problems().toString())),
        env,
        DaemonClock.system(),
        "bench");
  }

  private static void awaitBudgets(String address) {
    URI last = URI.create(address + "api/v1/budgets?limit=1&user=u" + (BUDGETS - 1));
    try (HttpClient client = HttpClient.newHttpClient()) {
      await()
          .atMost(Duration.ofMinutes(2))
          .until(() ->
              client
                  .send(HttpRequest.newBuilder(last).build(), BodyHandlers.ofString())
                  .body()
                  .contains("\"spent\":\"99.99\""));
    }
  }
}
