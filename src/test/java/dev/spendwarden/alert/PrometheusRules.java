package dev.spendwarden.alert;

import com.sun.net.httpserver.HttpServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;

/// The rules of [EvaluationBench] as a real Prometheus evaluates them, over as many series of spend
/// and limit. It has a few minutes of samples where Spendwarden has three weeks of figures, so its
/// windows cost it less than they would in use.
final class PrometheusRules {

  private static final Path PROMETHEUS = Path.of("/usr/bin/prometheus");

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
  static Optional<Duration> evaluation(Path folder, int series)
      throws IOException, InterruptedException {
    if (!Files.isExecutable(PROMETHEUS)) {
      System.out.println("no comparison: " + PROMETHEUS + " is not installed");
      return Optional.empty();
    }
    int port = freePort();
    HttpServer figures = figures(series);
    Process prometheus = start(folder, port, figures.getAddress().getPort());
    try (HttpClient http = HttpClient.newHttpClient()) {
      var patiently =
          Awaitility.await().atMost(Duration.ofMinutes(5)).pollInterval(Duration.ofSeconds(2));
      patiently.until(() -> ask(http, port, "count(spent)").orElse(0.0) >= series);
      double before = ask(http, port, ITERATIONS).orElse(0.0);
      patiently.until(() -> ask(http, port, ITERATIONS).orElse(0.0) >= before + 4);
      // A scrape that failed takes all series away, and rules over nothing are quick.
      double fewest = ask(http, port, "min_over_time(" + SCRAPED + "[2m])").orElse(0.0);
      if (fewest < 2.0 * series) {
        System.out.printf(
            "no comparison: Prometheus missed series (%.0f of %d at a scrape); the machine was too"
                + " busy%n",
            fewest, 2 * series);
        return Optional.empty();
      }
      return ask(http, port, "quantile_over_time(0.5, " + LAST_DURATION + "[2m])")
          .map(seconds -> Duration.ofNanos((long) (seconds * 1e9)));
    } finally {
      prometheus.destroy();
      prometheus.waitFor(20, TimeUnit.SECONDS);
      figures.stop(0);
    }
  }

  private static Process start(Path folder, int port, int figures) throws IOException {
    Path rules = Files.writeString(folder.resolve("rules.yaml"), RULES);
    Path config =
        Files.writeString(
            folder.resolve("prometheus.yaml"),
            """
            global: { scrape_interval: 30s, scrape_timeout: 30s }
            rule_files: ["%s"]
            scrape_configs:
              - { job_name: figures, static_configs: [{ targets: ["127.0.0.1:%d"] }] }
              - { job_name: self, static_configs: [{ targets: ["127.0.0.1:%d"] }] }
            """
                .formatted(rules, figures, port));
    return new ProcessBuilder(
            PROMETHEUS.toString(),
            "--config.file=" + config,
            "--storage.tsdb.path=" + folder.resolve("tsdb"),
            "--web.listen-address=127.0.0.1:" + port)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("prometheus.log").toFile())
        .start();
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

  private static Optional<Double> ask(HttpClient http, int port, String query)
      throws InterruptedException {
    String text = URLEncoder.encode(query, StandardCharsets.UTF_8);
    var uri = URI.create("http://127.0.0.1:" + port + "/api/v1/query?query=" + text);
    try {
      String body = http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
      JsonArray found =
          new JsonObject(body)
              .getJsonObject("data", new JsonObject())
              .getJsonArray("result", new JsonArray());
      return found.isEmpty()
          ? Optional.empty()
          : Optional.of(
              Double.parseDouble(found.getJsonObject(0).getJsonArray("value").getString(1)));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
