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
import dev.spendwarden.policy.cel.CelConditions;
import java.io.IOException;
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
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.LoggerFactory;

/// The real daemon with 1,000 users' quotas of 250 to watch, a provider whose answers are cheap to
/// make, and a webhook. All in one process, for measuring: whatever goes in and out is timed here,
/// with nothing in between but loopback.
final class SpeedLab implements AutoCloseable {

  static final int MEMBERS = 1_000;

  /// What a member has consumed in an answer, counted from 1.
  interface Consumed {
    String of(int member, int answer);
  }

  private final Path folder;
  private final HttpServer server;
  private final HttpClient http = HttpClient.newHttpClient();
  private final AtomicInteger answers = new AtomicInteger();
  private volatile long answeredAt;

  /// @param heard is given each webhook's body, after the time its request came
  SpeedLab(Path folder, Consumed consumed, Consumer<Heard> heard) throws IOException {
    ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
    this.folder = folder;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/ionq/", exchange -> report(exchange, consumed));
    server.createContext("/hook", exchange -> heard(exchange, heard));
    server.start();
  }

  /// @param at of [System#nanoTime], when the request came
  record Heard(long at, String body) {}

  /// Adds something else to be asked for.
  void serve(String path, com.sun.net.httpserver.HttpHandler handler) {
    server.createContext(path, handler);
  }

  /// Takes a webhook in and answers it.
  static void heard(HttpExchange exchange, Consumer<Heard> heard) throws IOException {
    long at = System.nanoTime();
    byte[] body = exchange.getRequestBody().readAllBytes();
    heard.accept(new Heard(at, new String(body, StandardCharsets.UTF_8)));
    exchange.sendResponseHeaders(204, -1);
    exchange.close();
  }

  int port() {
    return server.getAddress().getPort();
  }

  /// How many answers the provider has begun to give.
  int answers() {
    return answers.get();
  }

  /// When the last byte of the newest answer was written.
  long answeredAt() {
    return answeredAt;
  }

  void awaitAnswer(int wanted) {
    soon().atMost(Duration.ofMinutes(5)).until(() -> answers.get() > wanted);
  }

  private void report(HttpExchange exchange, Consumed consumed) throws IOException {
    int answer = answers.incrementAndGet();
    Map<String, String> dates = new HashMap<>();
    for (String pair : exchange.getRequestURI().getQuery().split("&")) {
      dates.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
    }
    var members = new StringBuilder();
    for (int i = 0; i < MEMBERS; i++) {
      members
          .append(i == 0 ? "" : ",")
          .append(
              """
              {"id": "64dd2177aa10fd9d%08d", "jobs": 41, "user_email": "%s", "first_name": "U",
               "last_name": null, "execution_time": 5482210, "quota": 250, "quota_consumed": %s}\
              """
                  .formatted(i, user(i), consumed.of(i, answer)));
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

  /// The daemon, polling, with one receiver.
  Daemon start(String pollInterval) throws IOException {
    return start(pollInterval, 1);
  }

  /// @param receivers among whom the users are divided, all at the one webhook
  Daemon start(String pollInterval, int receivers) throws IOException {
    String base = "http://127.0.0.1:" + port();
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
              - { name: ionq-lab, type: ionq, base_url: "%s/ionq", api_key: "${KEY}", organization: o, poll_interval: %s }
            receivers:
            %sroute:
              receiver: hooks0
              routes:
            %spolicies: [policies.yaml]
            """
                .formatted(
                    folder.resolve("spendwarden.db"),
                    base,
                    pollInterval,
                    lines(receivers, i -> receiver(i, base)),
                    lines(receivers, i -> route(i, receivers))));
    var read =
        ConfigReader.read(
            file, Map.of("KEY", "key", "HOOK", Laboratory.SECRET), new CelConditions());
    assertThat(read.problems()).isEmpty();
    return Daemon.start(read.config().orElseThrow(), Map.of(), DaemonClock.system(), "bench");
  }

  private static String lines(int count, IntFunction<String> line) {
    return IntStream.range(0, count).mapToObj(line).collect(Collectors.joining());
  }

  private static String receiver(int i, String base) {
    return "  - { name: hooks%d, webhook: { url: \"%s/hook\", secret: \"${HOOK}\" } }\n"
        .formatted(i, base);
  }

  private static String route(int i, int receivers) {
    String users =
        IntStream.range(0, MEMBERS)
            .filter(member -> member % receivers == i)
            .mapToObj(SpeedLab::user)
            .collect(Collectors.joining(", "));
    return "    - { match: { user: [%s] }, receiver: hooks%d }\n".formatted(users, i);
  }

  private static String user(int member) {
    return "u%d@corvid.example".formatted(member);
  }

  String metrics(Daemon daemon) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + daemon.port() + "/metrics");
    return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
  }

  @Override
  public void close() {
    server.stop(0);
    http.close();
  }
}
