package dev.spendwarden.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.spendwarden.alert.BuiltInPolicies;
import dev.spendwarden.app.Daemon;
import dev.spendwarden.app.DaemonClock;
import dev.spendwarden.app.config.ConfigReader;
import dev.spendwarden.policy.cel.CelConditions;
import dev.spendwarden.sandbox.Inbox;
import dev.spendwarden.sandbox.Sandbox;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;

/// A daemon made from a configuration file, two sandboxes it lives off (so that one can fail while
/// the other goes on) and the questions a test asks of them. Time runs fast; polls come every 200
/// real milliseconds, which is as fast as they may.
final class Laboratory implements AutoCloseable {

  static final String SECRET = "whsec_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=";
  static final String ORGANIZATION = "0b6f2c1e-5a77-4f0e-9a51-6d1f7c2e8b90";

  /// In the middle of a month and of a day: no test meets a period's end by accident.
  static final Instant START = Instant.parse("2027-01-10T09:00:00Z");

  private static final Map<String, String> ENVIRONMENT =
      Map.of("KEY", "ionq-key", "SLACK", "xoxb-slack-token-0001", "HOOK", SECRET);

  final DaemonClock clock;
  final Sandbox sandbox;
  final Sandbox other;

  private final Path folder;
  private final HttpClient http = HttpClient.newHttpClient();
  private @Nullable Daemon daemon;
  private String sources;
  private String repeatInterval = "never";
  private String more = "";

  /// @param rate seconds of the turned clock in a real one
  Laboratory(Path folder, double rate) {
    this(folder, DaemonClock.test(START, rate));
  }

  Laboratory(Path folder, DaemonClock clock) {
    this.folder = folder;
    this.clock = clock;
    this.sandbox = Sandbox.start(Sandbox.Options.quiet(clock));
    this.other = Sandbox.start(Sandbox.Options.quiet(clock));
    this.sources = source("ionq-lab", sandbox) + ", " + source("ionq-other", other);
  }

  /// Other sources than the two of IonQ: items of a YAML list in brackets.
  Laboratory sources(String items) {
    sources = items;
    return this;
  }

  Laboratory repeating(String interval) {
    repeatInterval = interval;
    return this;
  }

  /// More keys of the configuration, as lines.
  Laboratory configured(String lines) {
    more = lines;
    return this;
  }

  Path store() {
    return folder.resolve("spendwarden.db");
  }

  /// Writes the configuration with these policies and starts the daemon from it.
  Laboratory start(String policies) {
    daemon = Daemon.start(read(policies).config().orElseThrow(), ENVIRONMENT, clock, "1.2.3");
    return this;
  }

  ConfigReader.Result read(String policies) {
    write("policies.yaml", policies);
    Path file = write("spendwarden.yaml", configuration());
    return ConfigReader.read(file, ENVIRONMENT, new CelConditions());
  }

  private Path write(String name, String text) {
    try {
      return Files.writeString(folder.resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String configuration() {
    return """
    server: { host: 127.0.0.1, port: 0 }
    storage: { url: "jdbc:sqlite:%s" }
    egress: { allow: [127.0.0.0/8] }
    sources: [%s]
    receivers:
      - name: quantum-slack
        slack: { channel: "#quantum-spend", token: "${SLACK}", base_url: "%s" }
      - name: hooks
        webhook: { url: "%s", secret: "${HOOK}", timeout: 2s }
    route:
      receiver: hooks
      repeat_interval: %s
      routes:
        - { match: { team: quantum }, receiver: quantum-slack, continue: true }
        - { match: { team: quantum }, receiver: hooks }
    policies: [policies.yaml]
    %s
    """
        .formatted(
            store(),
            sources,
            sandbox.url("/slack/api/"),
            sandbox.url("/hooks/hooks"),
            repeatInterval,
            more);
  }

  private static String source(String name, Sandbox sandbox) {
    return """
    { name: %s, type: ionq, base_url: "%s", api_key: "${KEY}", organization: %s,
      poll_interval: 1m, timeout: 1500ms, max_age: 2w }
    """
        .formatted(name, sandbox.url("/ionq/v0.3"), ORGANIZATION);
  }

  void stop() {
    if (daemon != null) {
      daemon.close();
      daemon = null;
    }
  }

  @Override
  public void close() {
    stop();
    sandbox.close();
    other.close();
  }

  // Asking the daemon.

  String text(String path) {
    assertThat(daemon).as("a running daemon").isNotNull();
    try {
      var request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + daemon.port() + path)).build();
      return http.send(request, BodyHandlers.ofString()).body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  List<JsonObject> items(String path) {
    return new JsonObject(text(path))
        .getJsonArray("items").stream().map(JsonObject.class::cast).toList();
  }

  /// The budget of a policy and, where the policy has `per: [user]`, a user.
  JsonObject budget(String policy, @Nullable String user) {
    return items("/api/v1/budgets").stream()
        .filter(item -> item.getString("policy").equals(policy))
        .filter(item -> user == null || user.equals(item.getJsonObject("labels").getString("user")))
        .findFirst()
        .orElseGet(JsonObject::new);
  }

  JsonObject source(String name) {
    return items("/api/v1/sources").stream()
        .filter(item -> item.getString("name").equals(name))
        .findFirst()
        .orElseThrow();
  }

  /// A sample of `/metrics`: the metric's name and, in any order, all of these labels.
  OptionalDouble sample(String name, String... labels) {
    Pattern line = Pattern.compile("(?m)^" + name + "(\\{[^}]*})? (\\S+)");
    Matcher matcher = line.matcher(text("/metrics"));
    while (matcher.find()) {
      String found = matcher.group(1) == null ? "" : matcher.group(1);
      if (List.of(labels).stream().allMatch(found::contains)) {
        return OptionalDouble.of(Double.parseDouble(matcher.group(2)));
      }
    }
    return OptionalDouble.empty();
  }

  // What receivers got.

  List<Inbox.Delivery> hooks() {
    return sandbox.inbox().deliveries("hooks").stream()
        .filter(delivery -> !isOfHealth(delivery.body()))
        .toList();
  }

  /// What is told of Spendwarden itself comes and goes with the faults a test makes.
  static boolean isOfHealth(String body) {
    JsonObject alert = new JsonObject(body).getJsonObject("alert", new JsonObject());
    return BuiltInPolicies.isReserved(alert.getString("policy", ""));
  }

  List<JsonObject> messages() {
    return hooks().stream().map(delivery -> new JsonObject(delivery.body())).toList();
  }

  List<String> types() {
    return messages().stream().map(message -> message.getString("type")).toList();
  }

  /// Waits until so many more answers of IonQ's stand-in have been asked for: the daemon has judged
  /// all but the last of them.
  void awaitPolls(Sandbox of, int polls) {
    long before = of.requests().counts("ionq").requests();
    soon().until(() -> of.requests().counts("ionq").requests() >= before + polls);
  }

  static ConditionFactory soon() {
    return await().atMost(Duration.ofSeconds(15)).pollInterval(Duration.ofMillis(25));
  }
}
