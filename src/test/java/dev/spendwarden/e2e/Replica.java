package dev.spendwarden.e2e;

import dev.spendwarden.app.DaemonClock;
import dev.spendwarden.store.TcpProxy;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One of several processes on a database, which it reaches through a network of its own.
final class Replica implements AutoCloseable {

  private static final String TOKEN = "a-token-of-many-words";

  private static final Map<String, String> ENVIRONMENT =
      Map.of("KEY", "ionq-key", "HOOK", Laboratory.SECRET, "TOKEN", TOKEN);

  private final HttpClient http = HttpClient.newHttpClient();
  private final String name;
  private final Path config;
  private final DaemonClock clock;
  private final TcpProxy proxy;
  private @Nullable ServeProcess process;
  private int port;

  /// @param name as whom it comes to the database and to receivers
  /// @param proxy its way to the database; closed with it
  Replica(String name, Path config, DaemonClock clock, TcpProxy proxy) {
    this.name = name;
    this.config = config;
    this.clock = clock;
    this.proxy = proxy;
  }

  String name() {
    return name;
  }

  TcpProxy proxy() {
    return proxy;
  }

  ServeProcess process() {
    if (process == null) {
      throw new IllegalStateException("not launched");
    }
    return process;
  }

  void launch() throws IOException {
    process = run("serve", "--config", config.toString(), "--test-clock", clock.instant() + ",x60");
  }

  void awaitReady() {
    // Three virtual machines start at once.
    port = process().awaitReady(Duration.ofSeconds(90));
  }

  /// Looks the whole store over, from a process of its own.
  ServeProcess verify() throws IOException {
    return run("verify", "--config", config.toString());
  }

  private ServeProcess run(String... arguments) throws IOException {
    return ServeProcess.start(Path.of(String.valueOf(config.getParent())), ENVIRONMENT, arguments);
  }

  boolean isReady() {
    return get("/-/ready").statusCode() == 200;
  }

  HttpResponse<String> get(String path) {
    return send(HttpRequest.newBuilder(address(path)));
  }

  HttpResponse<String> post(String path, String body) {
    return send(
        HttpRequest.newBuilder(address(path))
            .header("Authorization", "Bearer " + TOKEN)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)));
  }

  HttpResponse<String> delete(String path) {
    return send(
        HttpRequest.newBuilder(address(path)).header("Authorization", "Bearer " + TOKEN).DELETE());
  }

  private URI address(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return http.send(request.build(), BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// It shows the metrics of the budgets it judges and of the sources it polls, and no other's.
  boolean judges(String place) {
    String metrics = get("/metrics").body();
    boolean judges = metrics.contains("spendwarden_budget_spent{policy=\"" + place + "-quota\"");
    boolean polls = metrics.contains("spendwarden_source_up{source=\"ionq-" + place + "\"");
    return judges && polls;
  }

  String spent(String place) {
    return items("budgets")
        .filter(item -> item.getString("policy").equals(place + "-quota"))
        .map(item -> item.getString("spent"))
        .findFirst()
        .orElse("");
  }

  Stream<JsonObject> items(String what) {
    return new JsonObject(get("/api/v1/" + what).body())
        .getJsonArray("items").stream().map(JsonObject.class::cast);
  }

  @Override
  public void close() throws IOException {
    if (process != null) {
      process.close();
    }
    proxy.close();
    http.close();
  }
}
