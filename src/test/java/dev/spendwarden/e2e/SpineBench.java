package dev.spendwarden.e2e;

import static dev.spendwarden.e2e.Laboratory.soon;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.spendwarden.app.Daemon;
import dev.spendwarden.app.DaemonClock;
import dev.spendwarden.app.config.ConfigReader;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.QuotaReading;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.ledger.Posting;
import dev.spendwarden.ledger.QuotaRevision;
import dev.spendwarden.policy.cel.CelConditions;
import dev.spendwarden.store.SqliteDatabase;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/// How fast the spine is: the real daemon with 1,000 budgets, a provider whose every figure changes
/// with every answer and who breaches one more quota each time, and a webhook that notes when its
/// first byte comes. Prints the table that docs/performance.md quotes.
@Tag("bench")
class SpineBench {

  private static final int MEMBERS = 1_000;
  private static final int WARM_UP = 100;
  private static final int BREACHES = 250;

  @TempDir Path folder;

  private final AtomicInteger answers = new AtomicInteger();
  private final List<Double> delays = new CopyOnWriteArrayList<>();
  private final HttpClient http = HttpClient.newHttpClient();
  private volatile long answeredAt;
  private HttpServer server;

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void aPollOfAThousandMembersAndTheWayFromBreachToWebhook() throws Exception {
    ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/ionq/", this::report);
    server.createContext("/hook", this::breached);
    server.start();
    try (Daemon daemon = Daemon.start(configuration(), Map.of(), DaemonClock.system(), "bench")) {
      await(daemon, WARM_UP);
      String before = metrics(daemon);
      delays.clear();
      await(daemon, WARM_UP + BREACHES);
      String after = metrics(daemon);
      print(
          "fetch and parse, mean", mean("spendwarden_source_poll_duration_seconds", before, after));
      print(
          "store, evaluate, publish, mean",
          mean("spendwarden_evaluation_duration_seconds", before, after));
    }
    double[] sorted = delays.stream().mapToDouble(d -> d).sorted().toArray();
    assertThat(sorted.length).isGreaterThanOrEqualTo(200);
    print("breach to webhook, p50 of " + sorted.length, sorted[sorted.length / 2]);
    print("breach to webhook, p99", sorted[(int) Math.ceil(sorted.length * 0.99) - 1]);
    print("breach to webhook, worst", sorted[sorted.length - 1]);
    print("SQLite alone: commit of the same revisions, median", storeAlone());
  }

  private void await(Daemon daemon, int wanted) {
    soon().atMost(Duration.ofMinutes(5)).until(() -> answers.get() > wanted && daemon.port() > 0);
  }

  private static void print(String what, double millis) {
    System.out.printf("%-52s %8.1f ms%n", what, millis);
  }

  /// Every figure differs from the answer before; the first `n` members are over 80 % in answer
  /// `n`.
  private void report(HttpExchange exchange) throws IOException {
    int answer = answers.incrementAndGet();
    Map<String, String> dates = new java.util.HashMap<>();
    for (String pair : exchange.getRequestURI().getQuery().split("&")) {
      dates.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
    }
    var members = new StringBuilder();
    for (int i = 0; i < MEMBERS; i++) {
      String consumed = (i < answer ? "205." : "100.") + (1_000 + answer);
      members
          .append(i == 0 ? "" : ",")
          .append(
              """
              {"id": "64dd2177aa10fd9d%08d", "jobs": 41, "user_email": "u%d@corvid.example", "first_name": "U",
               "last_name": null, "execution_time": 5482210, "quota": 250, "quota_consumed": %s}\
              """
                  .formatted(i, i, consumed));
    }
    byte[] body =
        """
        {"start_date": "%s", "end_date": "%s", "organization": "Lab", "organization_id": "o", "budget": 500000,
         "balance": 250000, "currency": "USD", "qpus": [{"qpu_name": "qpu.forte-1", "usage": %d}], "members": [%s]}\
        """
            .formatted(dates.get("start_date"), dates.get("end_date"), 100_000 + answer, members)
            .getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("content-type", "application/json");
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    answeredAt = System.nanoTime();
    exchange.close();
  }

  private void breached(HttpExchange exchange) throws IOException {
    delays.add((System.nanoTime() - answeredAt) / 1e6);
    exchange.getRequestBody().readAllBytes();
    exchange.sendResponseHeaders(204, -1);
    exchange.close();
  }

  private dev.spendwarden.app.config.Config configuration() throws IOException {
    String base = "http://127.0.0.1:" + server.getAddress().getPort();
    Files.writeString(
        folder.resolve("policies.yaml"),
        """
        version: 1
        policies:
          - name: user-quota
            select: { source: ionq-lab, kind: quota }
            per: [user]
            budget: { limit: quota, period: month }
            rules:
              - { name: nearly-spent, when: used >= 0.8, severity: warning }
              - { name: spent, when: used >= 1.0, severity: critical }
        """);
    Path file =
        Files.writeString(
            folder.resolve("spendwarden.yaml"),
            """
            server: { host: 127.0.0.1, port: 0 }
            storage: { url: "jdbc:sqlite:%s" }
            egress: { allow: [127.0.0.0/8] }
            sources:
              - { name: ionq-lab, type: ionq, base_url: "%s/ionq", api_key: "${KEY}", organization: o, poll_interval: 200ms }
            receivers: [{ name: hooks, webhook: { url: "%s/hook", secret: "${HOOK}" } }]
            route: { receiver: hooks }
            policies: [policies.yaml]
            """
                .formatted(folder.resolve("spendwarden.db"), base, base));
    var read =
        ConfigReader.read(
            file, Map.of("KEY", "key", "HOOK", Laboratory.SECRET), new CelConditions());
    assertThat(read.problems()).isEmpty();
    return read.config().orElseThrow();
  }

  private String metrics(Daemon daemon) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + daemon.port() + "/metrics");
    return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
  }

  private static double mean(String name, String before, String after) {
    double seconds = sample(name + "_sum", after) - sample(name + "_sum", before);
    return seconds * 1e3 / (sample(name + "_count", after) - sample(name + "_count", before));
  }

  private static double sample(String name, String metrics) {
    Matcher line = Pattern.compile("(?m)^" + name + "(\\{[^}]*})? (\\S+)").matcher(metrics);
    assertThat(line.find()).as(name).isTrue();
    return Double.parseDouble(line.group(2));
  }

  /// What the disk takes for as many revisions, without any of our work around it.
  private double storeAlone() {
    Instant start = Instant.parse("2027-01-20T09:00:00Z");
    var nanos = new long[60];
    String url = "jdbc:sqlite:" + folder.resolve("alone.db");
    try (var database = SqliteDatabase.open(url, java.time.InstantSource.system())) {
      for (int i = 0; i < nanos.length; i++) {
        Posting posting = posting(start.plusSeconds(i), i);
        long begin = System.nanoTime();
        database.transact(ports -> {
          ports.ledger().append(posting);
          return true;
        });
        nanos[i] = System.nanoTime() - begin;
      }
    }
    Arrays.sort(nanos);
    return nanos[nanos.length / 2] / 1e6;
  }

  private static Posting posting(Instant knownAt, int poll) {
    var quotas = new ArrayList<QuotaRevision>();
    for (int i = 0; i < MEMBERS; i++) {
      var reading =
          new QuotaReading(
              "ionq-lab",
              Dimensions.of(Dimension.USER, "64dd2177aa10fd9d%08d".formatted(i)),
              Unit.USD,
              Optional.of(new BigDecimal(250)),
              new BigDecimal(poll));
      quotas.add(new QuotaRevision(reading, knownAt, false));
    }
    return new Posting("ionq-lab", knownAt, List.of(), quotas, List.of());
  }
}
