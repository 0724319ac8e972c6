package dev.spendwarden.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.spendwarden.app.OpenLoop.Times;
import dev.spendwarden.app.config.ConfigReader;
import dev.spendwarden.bench.BenchTable;
import dev.spendwarden.bench.Figure;
import dev.spendwarden.policy.cel.CelConditions;
import dev.spendwarden.sandbox.Sandbox;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/// How long a decision takes over HTTP: the real daemon with 10,000 budgets, asked 2,000 times a
/// second whether or not it has answered. The time counts from the moment a question was due, so
/// that a server that stalls cannot hide behind a client that waits for it. One thread asks and
/// never sleeps, so it takes a core of its own and its own waking up is not counted; the daemon has
/// the other.
@Tag("bench")
class DecisionBench {

  private static final int BUDGETS = 10_000;
  private static final int CONNECTIONS = 32;
  private static final int RATE = 2_000;
  private static final Duration WARM_UP = Duration.ofSeconds(40);
  private static final Duration MEASURED = Duration.ofSeconds(10);

  private static final String POLICY =
      """
      version: 1
      policies:
        - name: quota
          select: { source: lab, kind: quota }
          per: [user]
          notify: none
          budget: { limit: quota, period: month }
          decisions: { enforce: true, when_unknown: deny }
          rules:
            - { name: spent, when: used >= 1.0, severity: critical }
      """;

  @TempDir private Path folder;

  @Test
  void twoThousandDecisionsASecondOverTenThousandBudgets() throws Exception {
    ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
    try (Sandbox sandbox = Sandbox.start(Sandbox.Options.quiet(InstantSource.system()))) {
      for (int i = 0; i < BUDGETS; i++) {
        sandbox.ionq().member("u" + i).quota(new BigDecimal("250")).consumed(BigDecimal.TEN);
      }
      try (Daemon daemon = start(sandbox)) {
        awaitBudgets(daemon.port());
        ask(daemon.port(), WARM_UP);
        long before = eventLoopNanos();
        Times times = ask(daemon.port(), MEASURED);
        long each = (eventLoopNanos() - before) / times.sinceDue().length;
        long[] due = times.sinceDue();
        Arrays.sort(due);
        String what = "decision, 2,000/s over 10,000 budgets: ";
        BenchTable.add(Figure.lower(what + "event loops' time on a core", "µs", each / 1e3));
        BenchTable.add(Figure.lower(what + "due to answered, p50", "ms", at(due, 0.5)));
        BenchTable.add(Figure.lower(what + "due to answered, p99", "ms", at(due, 0.99)).atMost(2));
        BenchTable.add(Figure.lower(what + "due to answered, p99.9", "ms", at(due, 0.999)));
      }
    }
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

  private static void awaitBudgets(int port) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI last =
          URI.create("http://127.0.0.1:" + port + "/api/v1/budgets?limit=1&user=u" + (BUDGETS - 1));
      await()
          .atMost(Duration.ofMinutes(2))
          .until(() ->
              client
                  .send(HttpRequest.newBuilder(last).build(), BodyHandlers.ofString())
                  .body()
                  .contains("\"spent\":\"10\""));
    }
  }

  private static Times ask(int port, Duration length) throws IOException {
    try (var asker = new OpenLoop(port, CONNECTIONS)) {
      return asker.ask(
          RATE,
          length,
          number -> question(number * 7919 % BUDGETS),
          body -> assertThat(body).contains("\"left\":\"240\""));
    }
  }

  /// What a decision costs does not depend on what else the machine does; how long it takes does.
  private static long eventLoopNanos() {
    var threads = ManagementFactory.getThreadMXBean();
    long sum = 0;
    for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
      if (thread != null && thread.getThreadName().contains("eventloop")) {
        sum += Math.max(0, threads.getThreadCpuTime(thread.getThreadId()));
      }
    }
    return sum;
  }

  private static byte[] question(int user) {
    String body =
        "{\"labels\": {\"source\": \"lab\", \"user\": \"u"
            + user
            + "\"}, \"amount\": \"40\", \"unit\": \"USD\"}";
    return ("POST /api/v1/decisions HTTP/1.1\r\n"
            + "Host: localhost\r\n"
            + "Content-Type: application/json\r\n"
            + "Content-Length: "
            + body.length()
            + "\r\n\r\n"
            + body)
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static double at(long[] sorted, double share) {
    return sorted[(int) (sorted.length * share)] / 1e6;
  }
}
