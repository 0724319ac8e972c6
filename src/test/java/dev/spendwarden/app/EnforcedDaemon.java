package dev.spendwarden.app;

import dev.spendwarden.app.config.ConfigReader;
import dev.spendwarden.policy.cel.CelConditions;
import dev.spendwarden.policy.yaml.Problem;
import dev.spendwarden.sandbox.Sandbox;
import dev.spendwarden.sources.json.JsonField;
import dev.spendwarden.sources.json.JsonReader;
import dev.spendwarden.sources.json.MalformedAnswer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// The whole daemon in this process against a sandbox, both on one clock that runs 600 times as
/// fast: a poll every two minutes of it is one every 200 ms.
final class EnforcedDaemon implements AutoCloseable {

  static final String TOKEN = "s3cret";

  final Path folder;
  final DaemonClock clock;
  final Sandbox sandbox;
  private final HttpClient client = HttpClient.newHttpClient();
  private String actions = "";
  private String receivers =
      "  - { name: hooks, webhook: { url: \"@SANDBOX@/hooks/hooks\", secret_file: hook } }";
  private Daemon daemon;

  /// @param actions the lines below `actions:`, each indented by two
  /// @param policies a whole policy file
  EnforcedDaemon(Path folder, String start, String actions, String policies) {
    this(folder, DaemonClock.test(Instant.parse(start), 600), actions, policies);
  }

  /// @param clock for peers that live in real time, the system's
  EnforcedDaemon(Path folder, DaemonClock clock, String actions, String policies) {
    this.folder = folder;
    this.clock = clock;
    this.sandbox = Sandbox.start(Sandbox.Options.quiet(clock));
    write("token", TOKEN);
    write("actor", "actor-key");
    write("hook", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLBzI");
    write("policies.yaml", policies);
    configure(actions);
  }

  /// Tells these receivers instead of a webhook, the first of them named `hooks`.
  ///
  /// @param lines below `receivers:`, each indented by two; `@SANDBOX@` is its address
  EnforcedDaemon tells(String lines) {
    receivers = lines;
    configure(actions);
    return this;
  }

  void configure(String actions) {
    this.actions = actions;
    String config =
        """
        server: { host: 127.0.0.1, port: 0, token_file: token }
        storage: { url: "jdbc:sqlite:%s/data.db" }
        egress: { allow: [127.0.0.0/8] }
        sources:
          - { name: lab, type: ionq, base_url: "%s", api_key: "${KEY}", organization: org, poll_interval: %s }
        receivers:
        %s
        route: { receiver: hooks }
        actions:
        %s
        policies: [policies.yaml]
        """
            .formatted(
                folder,
                sandbox.url("/ionq/v0.3"),
                clock.isTest() ? "2m" : "200ms",
                receivers.replace("@SANDBOX@", sandbox.url("")).stripTrailing(),
                actions.replace("@SANDBOX@", sandbox.url("")).stripTrailing());
    write("spendwarden.yaml", config);
  }

  EnforcedDaemon run() {
    var env =
        Map.of(
            "KEY", "reader-key",
            "BOT", "xoxb-not-a-real-token",
            "APP", "xapp-not-a-real-token");
    var read = ConfigReader.read(folder.resolve("spendwarden.yaml"), env, new CelConditions());
    List<Problem> errors = read.problems().stream().filter(Problem::isError).toList();
    if (!errors.isEmpty()) {
      throw new IllegalStateException(errors.toString());
    }
    daemon = Daemon.start(read.config().orElseThrow(), env, clock, "test");
    return this;
  }

  /// Stops the daemon and leaves the sandbox and the store.
  void stop() {
    daemon.close();
  }

  Daemon daemon() {
    return daemon;
  }

  JsonField get(String path) {
    return read(send("GET", path, "", false));
  }

  HttpResponse<String> post(String path, String body) {
    return send("POST", path, body, true);
  }

  HttpResponse<String> ask(String body) {
    return send("POST", "/api/v1/decisions", body, false);
  }

  HttpResponse<String> send(String method, String path, String body, boolean authorized) {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + daemon.port() + path))
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (authorized) {
      request.header("Authorization", "Bearer " + TOKEN);
    }
    try {
      return client.send(request.build(), BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(method + " " + path, e);
    }
  }

  static JsonField read(HttpResponse<String> answer) {
    try {
      return JsonReader.read(answer.body().getBytes(StandardCharsets.UTF_8));
    } catch (MalformedAnswer e) {
      throw new IllegalStateException(answer.body(), e);
    }
  }

  /// The states of all actions, oldest first.
  List<String> states() {
    return texts("/api/v1/actions", "state").reversed();
  }

  /// One field of every item of a list.
  List<String> texts(String path, String field) {
    var texts = new java.util.ArrayList<String>();
    for (Object item : new JsonObject(send("GET", path, "", false).body()).getJsonArray("items")) {
      texts.add(((JsonObject) item).getString(field, ""));
    }
    return texts.stream().map(text -> text == null ? "" : text).toList();
  }

  /// The newest action's field.
  String newest(String field) {
    List<String> all = texts("/api/v1/actions", field);
    return all.isEmpty() ? "" : all.getFirst();
  }

  /// Types of what was delivered to the webhook, in order.
  List<String> told() {
    return sandbox.inbox().deliveries().stream()
        .map(delivery -> delivery.body().toString())
        .map(body -> body.replaceAll("(?s).*?\"type\":\\s*\"([a-z.]+)\".*", "$1"))
        .toList();
  }

  private void write(String name, String text) {
    try {
      Path file = folder.resolve(name);
      Files.deleteIfExists(file);
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    if (daemon != null) {
      daemon.close();
    }
    client.close();
    sandbox.close();
  }
}
