package dev.spendwarden.web;

import dev.spendwarden.alert.Explanation;
import dev.spendwarden.alert.GrantedWaiver;
import dev.spendwarden.alert.Snapshot;
import dev.spendwarden.metrics.BudgetCollector;
import dev.spendwarden.metrics.Exposition;
import dev.spendwarden.metrics.Meters;
import dev.spendwarden.metrics.Samples;
import dev.spendwarden.sources.SourceHealth;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// The HTTP side on a free loopback port, over hand-made parts that a test sets before it asks.
final class WebFixture implements AutoCloseable {

  volatile Snapshot snapshot = Snapshot.EMPTY;
  volatile List<SourceHealth> sources = List.of();
  volatile List<String> unready = List.of();
  volatile Optional<String> token = Optional.of("s3cret");
  volatile Optional<String> readToken = Optional.empty();
  volatile Supplier<String> readTokenFrom = () -> readToken.orElseThrow();
  volatile Optional<Explanation> explanation = Optional.empty();
  volatile WebContext.Histories histories = (budgets, from, to) -> Map.of();
  volatile long nanos;
  final InMemoryDatabase database = new InMemoryDatabase();
  final Recorded commands = new Recorded();
  final NoEnforcement enforcing = new NoEnforcement();

  private final Meters meters = new Meters("1.2.3");
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client = HttpClient.newHttpClient();
  final int port;

  WebFixture() {
    this(Optional.empty());
  }

  WebFixture(Optional<Listening.Tls> tls) {
    var context =
        new WebContext(
            () -> snapshot,
            () -> sources,
            () -> unready,
            new Exposition(
                meters,
                new BudgetCollector(
                    () -> snapshot, () -> sources, () -> 10_000_000, meters::seriesDropped)),
            database,
            budget -> explanation,
            (budgets, from, to) -> histories.of(budgets, from, to),
            alert -> false,
            commands,
            enforcing,
            () ->
                new Tokens(
                    token.map(text -> () -> text),
                    readToken.map(text -> () -> readTokenFrom.get())),
            Optional.of(URI.create("https://spend.example.org")),
            InstantSource.fixed(Samples.NOW),
            "1.2.3");
    var verticle = new HttpVerticle(new Listening("127.0.0.1", 0, tls), context, () -> nanos);
    try {
      vertx
          .deployVerticle(verticle)
          .toCompletionStage()
          .toCompletableFuture()
          .get(20, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException("the server did not start", e);
    }
    port = verticle.actualPort();
  }

  /// Tells open pages that something changed, as the daemon does.
  void changed() {
    vertx.eventBus().publish(HttpVerticle.CHANGED, "");
  }

  HttpResponse<String> get(String path) {
    return send("GET", path, "", Map.of());
  }

  HttpResponse<String> post(String path, String body) {
    return send("POST", path, body, Map.of("Authorization", "Bearer s3cret"));
  }

  HttpResponse<String> send(String method, String path, String body, Map<String, String> headers) {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    headers.forEach(request::header);
    try {
      return client.send(request.build(), BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(method + " " + path, e);
    }
  }

  @Override
  public void close() throws Exception {
    client.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    meters.close();
  }

  /// Remembers what it was told, and answers what a test set.
  static final class Recorded implements Commands {

    final List<String> calls = new ArrayList<>();
    volatile Result result = Result.Done.NOTHING_MADE;
    volatile List<GrantedWaiver> waivers = List.of();

    /// What a command does before it answers.
    volatile Consumer<String> effect = call -> {};

    private synchronized Result record(String call) {
      calls.add(call);
      effect.accept(call);
      return result;
    }

    @Override
    public Result reload() {
      return record("reload");
    }

    @Override
    public Result retry(String notificationId) {
      return record("retry " + notificationId);
    }

    @Override
    public Result acknowledge(String alertId, Note note) {
      return record("ack " + alertId + " " + note);
    }

    @Override
    public Result silence(NewSilence silence) {
      return record("silence " + silence);
    }

    @Override
    public Result unsilence(String silenceId) {
      return record("unsilence " + silenceId);
    }

    @Override
    public Result waive(NewWaiver waiver) {
      return record("waive " + waiver);
    }

    @Override
    public Result unwaive(String waiverId) {
      return record("unwaive " + waiverId);
    }

    @Override
    public List<GrantedWaiver> waivers() {
      return waivers;
    }

    @Override
    public Result drill(String receiver) {
      return record("drill " + receiver);
    }

    @Override
    public List<Silence> silences() {
      return List.of(
          new Silence(
              "sil_1",
              Map.of("policy", List.of("quota")),
              Samples.NOW,
              Instant.parse("2027-01-21T00:00:00Z"),
              "maintenance",
              "ada"));
    }
  }
}
