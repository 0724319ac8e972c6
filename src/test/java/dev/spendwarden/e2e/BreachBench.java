package dev.spendwarden.e2e;

import static dev.spendwarden.e2e.Laboratory.soon;

import com.sun.net.httpserver.HttpExchange;
import dev.spendwarden.app.Daemon;
import dev.spendwarden.bench.BenchTable;
import dev.spendwarden.bench.Figure;
import dev.spendwarden.peer.Alertmanager;
import dev.spendwarden.peer.Peer;
import dev.spendwarden.peer.Prometheus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How long it takes from a change at the provider to the webhook that tells of it: the daemon
/// polling once a second, beside Prometheus and Alertmanager at their fastest (scrape and
/// evaluation once a second, no wait for a group) watching the same 1,000 quotas. One user more
/// crosses at a time, at any instant of the second. What the answer that carries the change waited
/// for is taken out of the first figure, so that neither interval counts in it.
@Tag("bench")
class BreachBench {

  private static final int SAMPLES = 20;
  private static final int WARM_UP = 30;
  private static final long SECOND = 1_000_000_000;

  @TempDir private Path folder;

  private final Random random = new Random(7);

  /// So many users are over their threshold.
  private volatile int breached;

  private volatile long changedAt;

  /// When the first answer that carries the change was out; 0 while there is none.
  private volatile long carriedAt;

  private volatile long heardAt;

  /// Medians, in milliseconds.
  private record Delays(double fromAnswer, double fromChange) {}

  @Test
  void fromTheChangeToTheWebhook() throws Exception {
    Delays ours;
    Optional<Delays> theirs;
    try (var lab = new SpeedLab(folder, this::consumed, heard -> heardAt = heard.at())) {
      try (Daemon daemon = lab.start("1s")) {
        soon().until(() -> daemon.port() > 0);
        lab.awaitAnswer(WARM_UP);
        ours = delays(() -> carriedAt = lab.answeredAt());
      }
      theirs = theirs(lab);
    }
    String peer = "Prometheus and Alertmanager";
    add(
        Figure.lower(
            "breach: change carried by an answer, to the webhook, p50", "ms", ours.fromAnswer()),
        peer,
        theirs.map(Delays::fromAnswer));
    add(
        Figure.lower(
            "breach: change at the provider to the webhook, asked every second, p50",
            "ms",
            ours.fromChange()),
        peer,
        theirs.map(Delays::fromChange));
    // As the target is put: their intervals are part of how they work, ours is set by the provider.
    add(
        Figure.lower(
                "breach: ours from its answer, theirs from the change", "ms", ours.fromAnswer())
            .times(20),
        peer,
        theirs.map(Delays::fromChange));
  }

  private static void add(Figure figure, String peer, Optional<Double> theirs) {
    BenchTable.add(
        theirs
            .map(millis -> figure.beside(peer, millis))
            .orElseGet(() -> figure.alone("Prometheus or Alertmanager is not installed")));
  }

  private String consumed(int member, int answer) {
    return member < breached ? "205" : "100";
  }

  /// @param answered sets when the answer was out that the webhook follows
  private Delays delays(Runnable answered) {
    var fromAnswer = new ArrayList<Double>();
    var fromChange = new ArrayList<Double>();
    for (int i = 0; i < SAMPLES; i++) {
      LockSupport.parkNanos(random.nextLong(SECOND));
      heardAt = 0;
      carriedAt = 0;
      changedAt = System.nanoTime();
      breached++;
      soon().pollInterval(Duration.ofMillis(5)).until(() -> heardAt != 0);
      answered.run();
      fromAnswer.add((heardAt - carriedAt) / 1e6);
      fromChange.add((heardAt - changedAt) / 1e6);
    }
    return new Delays(median(fromAnswer), median(fromChange));
  }

  private static double median(List<Double> millis) {
    return millis.stream().sorted().toList().get(millis.size() / 2);
  }

  private Optional<Delays> theirs(SpeedLab lab) throws IOException {
    Optional<Path> prometheus = Prometheus.program();
    Optional<Path> alertmanager = Alertmanager.program();
    if (prometheus.isEmpty() || alertmanager.isEmpty()) {
      System.out.println("no comparison: Prometheus or Alertmanager is not installed");
      return Optional.empty();
    }
    breached = 0;
    lab.serve("/metrics", this::exporter);
    lab.serve("/theirs", exchange -> SpeedLab.heard(exchange, heard -> heardAt = heard.at()));
    try (Peer manager = alertmanager(alertmanager.get(), lab.port()).awaitReady();
        Prometheus rules = prometheus(prometheus.get(), lab.port(), manager)) {
      soon().until(() -> rules.value("count(spent)").orElse(0.0) >= SpeedLab.MEMBERS);
      return Optional.of(delays(() -> {}));
    }
  }

  private void exporter(HttpExchange exchange) throws IOException {
    int over = breached;
    var text = new StringBuilder();
    for (int i = 0; i < SpeedLab.MEMBERS; i++) {
      text.append("spent{user=\"u%d\"} %d\n".formatted(i, i < over ? 205 : 100));
      text.append("limit{user=\"u%d\"} 250\n".formatted(i));
    }
    byte[] body = text.toString().getBytes(StandardCharsets.US_ASCII);
    exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4");
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    if (carriedAt == 0 && over == breached) {
      carriedAt = System.nanoTime();
    }
    exchange.close();
  }

  private Peer alertmanager(Path program, int port) throws IOException {
    return Alertmanager.start(
        program,
        folder,
        """
        route: { receiver: hook, group_by: ["..."], group_wait: 0s, group_interval: 1s, repeat_interval: 1d }
        receivers:
          - name: hook
            webhook_configs: [{ url: "http://127.0.0.1:%d/theirs", send_resolved: false }]
        """
            .formatted(port));
  }

  private Prometheus prometheus(Path program, int port, Peer manager) throws IOException {
    Path rules =
        Files.writeString(
            folder.resolve("rules.yaml"),
            """
            groups:
              - name: budgets
                rules:
                  - { alert: nearly, expr: "spent / limit >= 0.8" }
                  - { alert: spent, expr: "spent / limit >= 1" }
            """);
    return Prometheus.start(
        program,
        folder,
        Peer.freePort(),
        """
        global: { scrape_interval: 1s, evaluation_interval: 1s }
        rule_files: ["%s"]
        alerting: { alertmanagers: [{ static_configs: [{ targets: ["%s"] }] }] }
        scrape_configs:
          - { job_name: figures, static_configs: [{ targets: ["127.0.0.1:%d"] }] }
        """
            .formatted(rules, manager.url().getAuthority(), port));
  }
}
