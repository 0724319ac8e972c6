package dev.spendwarden.alert;

import com.sun.net.httpserver.HttpServer;
import dev.spendwarden.peer.Peer;
import dev.spendwarden.peer.Prometheus;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/// The rules of [EvaluationBench] as a real Prometheus evaluates them, over as many series of spend
/// and limit. It has a few minutes of samples where Spendwarden has three weeks of figures, so its
/// windows cost it less than they would in use.
final class PrometheusRules {

  private static final String ITERATIONS = "min(prometheus_rule_group_iterations_total)";
  private static final String LAST_DURATION = "prometheus_rule_group_last_duration_seconds";

  private static final String SCRAPED = "scrape_samples_scraped{job=\"figures\"}";

  private static final String PER_SECOND = "limit / (31 * 86400)";

  private static final String RULES =
      """
      groups:
        - name: budgets
          interval: 30s
          rules:
            - { alert: nearly, expr: "spent / limit >= 0.8" }
            - { alert: spent, expr: "spent / limit >= 1" }
            - { alert: fast, expr: "rate(spent[1h]) / (PACE) > 6 and rate(spent[6h]) / (PACE) > 6" }
            - { alert: hot, expr: "rate(spent[6h]) / (PACE) > 3 and rate(spent[1d]) / (PACE) > 3" }
            - { alert: wont, expr: "predict_linear(spent[1d], 864000) > limit * 1.1" }
            - { alert: maynot, expr: "predict_linear(spent[1d], 864000) > limit" }
      """
          .replace("PACE", PER_SECOND);

  private PrometheusRules() {}

  /// How long one evaluation of the group takes by its own account, once all series are there;
  /// empty, with the reason printed, where there is no Prometheus.
  static Optional<Duration> evaluation(Path folder, int series) throws IOException {
    Optional<Path> program = Prometheus.program();
    if (program.isEmpty()) {
      System.out.println("no comparison: Prometheus is not installed");
      return Optional.empty();
    }
    HttpServer figures = figures(series);
    try (Prometheus prometheus = start(program.get(), folder, figures.getAddress().getPort())) {
      var patiently =
          Awaitility.await().atMost(Duration.ofMinutes(5)).pollInterval(Duration.ofSeconds(2));
      patiently.until(() -> prometheus.value("count(spent)").orElse(0.0) >= series);
      double before = prometheus.value(ITERATIONS).orElse(0.0);
      patiently.until(() -> prometheus.value(ITERATIONS).orElse(0.0) >= before + 4);
      // A scrape that failed takes all series away, and rules over nothing are quick.
      double fewest = prometheus.value("min_over_time(" + SCRAPED + "[2m])").orElse(0.0);
      if (fewest < 2.0 * series) {
        System.out.printf(
            "no comparison: Prometheus missed series (%.0f of %d at a scrape); the machine was too"
                + " busy%n",
            fewest, 2 * series);
        return Optional.empty();
      }
      return prometheus
          .value("quantile_over_time(0.5, " + LAST_DURATION + "[2m])")
          .map(seconds -> Duration.ofNanos((long) (seconds * 1e9)));
    } catch (ConditionTimeoutException e) {
      System.out.println("no comparison, the machine was too busy: " + e.getMessage());
      return Optional.empty();
    } finally {
      figures.stop(0);
    }
  }

  private static Prometheus start(Path program, Path folder, int figures) throws IOException {
    Path rules = Files.writeString(folder.resolve("rules.yaml"), RULES);
    int port = Peer.freePort();
    return Prometheus.start(
        program,
        folder,
        port,
        """
        global: { scrape_interval: 30s, scrape_timeout: 30s }
        rule_files: ["%s"]
        scrape_configs:
          - { job_name: figures, static_configs: [{ targets: ["127.0.0.1:%d"] }] }
          - { job_name: self, static_configs: [{ targets: ["127.0.0.1:%d"] }] }
        """
            .formatted(rules, figures, port));
  }

  /// Spend that grows with every scrape, as that of the bench does.
  private static HttpServer figures(int series) throws IOException {
    var scrapes = new AtomicLong();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/metrics",
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4");
          exchange.sendResponseHeaders(200, 0);
          long scrape = scrapes.incrementAndGet();
          try (OutputStream out = new BufferedOutputStream(exchange.getResponseBody(), 1 << 16)) {
            for (int i = 0; i < series; i++) {
              String lines =
                  "spent{user=\"u%d\"} %d\nlimit{user=\"u%d\"} 10000\n"
                      .formatted(i, scrape * (1 + i % 70), i);
              out.write(lines.getBytes(StandardCharsets.US_ASCII));
            }
          }
        });
    server.setExecutor(Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory()));
    server.start();
    return server;
  }
}
