package dev.spendwarden.e2e;

import static dev.spendwarden.e2e.Laboratory.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.standardwebhooks.Webhook;
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
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Goal: a secret that is replaced in its file is in force without a reload, and the former one is
/// used nowhere any more. Method: files written beside and renamed, as rotation does it, under a
/// daemon that goes on; a provider and a receiver that keep every header they got.
class RotationE2E {

  private static final String REPORT =
      """
      {"currency": "USD", "qpus": [],
       "members": [{"id": "u1", "jobs": 1, "quota": 100, "quota_consumed": 10}]}
      """;

  private static final String POSTED = "{\"ok\": true, \"channel\": \"C1\", \"ts\": \"1.1\"}";

  @TempDir Path folder;

  private final List<Got> got = new CopyOnWriteArrayList<>();
  private final HttpClient http = HttpClient.newHttpClient();
  private HttpServer elsewhere;
  private Daemon daemon;

  /// What a provider or a receiver was sent.
  private record Got(String path, Map<String, List<String>> headers, String body) {

    HttpHeaders forVerifying() {
      return HttpHeaders.of(headers, (name, value) -> true);
    }
  }

  @BeforeEach
  void open() throws IOException {
    elsewhere = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    elsewhere.createContext("/", this::take);
    elsewhere.start();
  }

  @AfterEach
  void close() {
    daemon.close();
    http.close();
    elsewhere.stop(0);
  }

  private void take(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    got.add(new Got(exchange.getRequestURI().getPath(), exchange.getRequestHeaders(), body));
    boolean isSlack = exchange.getRequestURI().getPath().startsWith("/slack");
    byte[] answer = (isSlack ? POSTED : REPORT).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("content-type", "application/json");
    exchange.sendResponseHeaders(200, answer.length);
    exchange.getResponseBody().write(answer);
    exchange.close();
  }

  /// Beside, and renamed over the former: nobody ever reads half of it.
  private void rotate(String name, String text) throws IOException {
    Path fresh = Files.writeString(folder.resolve(name + ".new"), text + "\n");
    Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-------"));
    Files.move(fresh, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  private void start() throws IOException {
    String base = "http://127.0.0.1:" + elsewhere.getAddress().getPort();
    Files.writeString(
        folder.resolve("policies.yaml"),
        """
        version: 1
        policies:
          - { name: quota, select: { source: lab, kind: quota }, per: [user],
              budget: { limit: quota, period: month }, rules: [{ name: r, when: used >= 1 }] }
        """);
    Path config =
        Files.writeString(
            folder.resolve("spendwarden.yaml"),
            """
            server: { host: 127.0.0.1, port: 0, token_file: write, read_token_file: read }
            storage: { url: "jdbc:sqlite:%1$s/spendwarden.db" }
            egress: { allow: [127.0.0.0/8] }
            sources:
              - { name: lab, type: ionq, base_url: "%2$s/ionq", api_key_file: key,
                  organization: o, poll_interval: 200ms, max_age: 2w }
            receivers:
              - { name: hooks, webhook: { url_file: address, secret_file: signing } }
              - { name: slack, slack: { channel: "#spend", token_file: bot, base_url: "%2$s/slack/" } }
            route: { receiver: hooks }
            policies: [policies.yaml]
            """
                .formatted(folder, base));
    rotate("key", "key-one");
    rotate("signing", secret("one"));
    rotate("address", base + "/hooks/one");
    rotate("bot", "xoxb-one");
    rotate("write", "write-one");
    rotate("read", "read-one");
    var read = ConfigReader.read(config, Map.of(), new CelConditions());
    assertThat(read.config()).as("%s", read.problems()).isPresent();
    daemon = Daemon.start(read.config().get(), Map.of(), DaemonClock.system(), "1.2.3");
  }

  private static String secret(String word) {
    byte[] bytes = (word + "-0123456789abcdef0123456789abcdef").getBytes(StandardCharsets.UTF_8);
    return "whsec_" + Base64.getEncoder().encodeToString(bytes);
  }

  private int ask(String method, String path, String token) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + daemon.port() + path))
            .method(method, BodyPublishers.noBody())
            .header("Authorization", "Bearer " + token)
            .build();
    return http.send(request, BodyHandlers.discarding()).statusCode();
  }

  private List<Got> at(String path) {
    return got.stream().filter(one -> one.path().startsWith(path)).toList();
  }

  private Set<String> keys() {
    return at("/ionq").stream()
        .map(one -> one.headers().get("Authorization").getFirst())
        .collect(Collectors.toSet());
  }

  private void awaitPolls(int more) {
    int before = at("/ionq").size();
    soon().until(() -> at("/ionq").size() >= before + more);
  }

  @Test
  void theNextPollUsesTheNewKeyAndNoneTheFormer() throws Exception {
    start();
    awaitPolls(2);
    assertThat(keys()).containsExactly("apiKey key-one");
    rotate("key", "key-two");
    // One may have read its key already.
    awaitPolls(2);
    got.clear();
    awaitPolls(3);
    assertThat(keys()).containsExactly("apiKey key-two");
    assertThat(at("/ionq")).noneMatch(one -> one.toString().contains("key-one"));
  }

  @Test
  void aReceiversAddressAndSecretCountFromTheNextAttempt() throws Exception {
    start();
    assertThat(ask("POST", "/api/v1/receivers/hooks/drill", "write-one")).isEqualTo(201);
    soon().until(() -> at("/hooks/one").size() == 1);
    assertSignedBy("one", at("/hooks/one").getFirst());

    rotate("signing", secret("two"));
    rotate("address", "http://127.0.0.1:" + elsewhere.getAddress().getPort() + "/hooks/two");
    assertThat(ask("POST", "/api/v1/receivers/hooks/drill", "write-one")).isEqualTo(201);
    soon().until(() -> at("/hooks/two").size() == 1);
    assertSignedBy("two", at("/hooks/two").getFirst());
    assertThat(at("/hooks/one")).hasSize(1);
  }

  /// And by no other, which the single signature of the header says.
  private static void assertSignedBy(String word, Got one) {
    assertThatCode(() -> new Webhook(secret(word)).verify(one.body(), one.forVerifying()))
        .doesNotThrowAnyException();
    assertThat(one.forVerifying().firstValue("webhook-signature").orElseThrow().split(" "))
        .hasSize(1);
  }

  @Test
  void aBotsTokenCountsFromTheNextMessage() throws Exception {
    start();
    for (String word : List.of("one", "two")) {
      got.clear();
      rotate("bot", "xoxb-" + word);
      assertThat(ask("POST", "/api/v1/receivers/slack/drill", "write-one")).isEqualTo(201);
      soon().until(() -> !at("/slack").isEmpty());
      assertThat(at("/slack"))
          .allSatisfy(one ->
              assertThat(one.headers().get("Authorization"))
                  .containsExactly("Bearer xoxb-" + word));
    }
  }

  @Test
  void theDaemonsOwnTokensCountFromTheNextCall() throws Exception {
    start();
    assertThat(ask("POST", "/-/reload", "write-one")).isEqualTo(200);
    assertThat(ask("GET", "/api/v1/status", "read-one")).isEqualTo(200);
    rotate("write", "write-two");
    rotate("read", "read-two");
    assertThat(ask("POST", "/-/reload", "write-one")).isEqualTo(401);
    assertThat(ask("GET", "/api/v1/status", "read-one")).isEqualTo(401);
    assertThat(ask("POST", "/-/reload", "write-two")).isEqualTo(200);
    assertThat(ask("GET", "/api/v1/status", "read-two")).isEqualTo(200);
  }
}
