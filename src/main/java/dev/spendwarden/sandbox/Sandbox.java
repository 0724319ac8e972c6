package dev.spendwarden.sandbox;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// All twins behind one HTTP server on loopback, with the inbox at `/inbox` and `/inbox.json`, the
/// faults at `/_sandbox/faults` and the request counts at `/_sandbox/requests`.
///
/// Base URLs, after `http://127.0.0.1:{port}`: `/ionq/v0.3`, `/ionq/v0.4`, `/anthropic`, `/github`,
/// `/gcore`, `/slack/api/`, `/slack/hook/{channel}`, `/hooks/{name}`, `/alertmanager`.
public final class Sandbox implements AutoCloseable {

  private static final long START_STOP_SECONDS = 10;

  private final Vertx vertx;
  private final Faults faults = new Faults();
  private final RequestLog requests = new RequestLog();
  private final Inbox inbox = new Inbox();
  private final Script script;
  private final IonqTwin ionq;
  private final IonqJobsTwin ionqJobs = new IonqJobsTwin();
  private final AnthropicKeysTwin anthropicKeys = new AnthropicKeysTwin();
  private final GithubBudgetsTwin githubBudgets = new GithubBudgetsTwin();
  private final AnthropicTwin anthropic;
  private final GithubTwin github;
  private final GcoreTwin gcore;
  private final SlackTwin slack;
  private final SocketModeTwin socketMode;
  private final HttpServer server;

  /// @param port 0 for any free one
  /// @param seed all chance in the figures comes from here
  /// @param clock the daemon's own, so that both live at the same pace
  public record Options(int port, long seed, InstantSource clock, Scenario scenario) {

    /// A free port and a world in which nothing happens by itself.
    public static Options quiet(InstantSource clock) {
      return new Options(0, 1, clock, Scenario.EMPTY);
    }
  }

  private Sandbox(Options options) {
    Instant start = options.clock().instant();
    vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    script = new Script(options.clock());
    ionq = new IonqTwin(options.seed(), start);
    anthropic = new AnthropicTwin(options.seed(), start);
    github = new GithubTwin(options.seed(), start);
    gcore = new GcoreTwin(options.seed(), start);
    slack = new SlackTwin(inbox);
    socketMode = new SocketModeTwin(slack);
    Router router = Router.router(vertx);
    var door = new FrontDoor(vertx, script, faults, requests);
    List<Twin> twins =
        List.of(
            ionqJobs,
            anthropicKeys,
            githubBudgets,
            ionq,
            anthropic,
            github,
            gcore,
            slack,
            socketMode,
            new HookTwin(inbox),
            new AlertmanagerTwin(inbox));
    for (Twin twin : twins) {
      script.add(twin);
      twin.mount(router, door);
    }
    mountOwn(router);
    options.scenario().stage(this, start);
    try {
      server =
          finished(
              vertx.createHttpServer().requestHandler(router).listen(options.port(), "127.0.0.1"));
    } catch (IllegalStateException e) {
      vertx.close();
      throw e;
    }
  }

  /// Starts it; blocks until it listens.
  ///
  /// @throws IllegalStateException when the port cannot be had
  public static Sandbox start(Options options) {
    return new Sandbox(options);
  }

  public int port() {
    return server.actualPort();
  }

  /// `http://127.0.0.1:{port}` and the path.
  public String url(String path) {
    return "http://127.0.0.1:" + port() + path;
  }

  public IonqTwin ionq() {
    return ionq;
  }

  public IonqJobsTwin ionqJobs() {
    return ionqJobs;
  }

  public AnthropicKeysTwin anthropicKeys() {
    return anthropicKeys;
  }

  public GithubBudgetsTwin githubBudgets() {
    return githubBudgets;
  }

  public AnthropicTwin anthropic() {
    return anthropic;
  }

  public GithubTwin github() {
    return github;
  }

  public GcoreTwin gcore() {
    return gcore;
  }

  public SlackTwin slack() {
    return slack;
  }

  /// Who presses Slack's buttons.
  public SocketModeTwin socketMode() {
    return socketMode;
  }

  public Inbox inbox() {
    return inbox;
  }

  public Faults faults() {
    return faults;
  }

  public RequestLog requests() {
    return requests;
  }

  public Script script() {
    return script;
  }

  /// Ends every connection; blocks until that is done.
  @Override
  public void close() {
    finished(vertx.close());
  }

  private void mountOwn(Router router) {
    router.get("/inbox.json").handler(context -> context.json(inbox.asJson()));
    router
        .get("/inbox")
        .handler(context ->
            context
                .response()
                .putHeader("content-type", "text/html; charset=utf-8")
                .putHeader(
                    "content-security-policy",
                    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; form-action"
                        + " 'self'")
                .end(InboxPage.render(inbox.deliveries(), slack.messages())));
    router
        .get("/slack/files/:file")
        .handler(context ->
            context
                .response()
                .putHeader("content-type", "image/png")
                .putHeader("x-content-type-options", "nosniff")
                .end(slack.file(context.pathParam("file")).orElse(Buffer.buffer())));
    router.get("/_sandbox/requests").handler(context -> context.json(requests.asJson()));
    router
        .post("/_sandbox/faults")
        .handler(context ->
            context
                .request()
                .body()
                .onSuccess(body -> {
                  JsonObject answer = addFault(body.toString());
                  context.response().setStatusCode(answer.containsKey("detail") ? 400 : 200);
                  context.json(answer);
                }));
    router
        .delete("/_sandbox/faults")
        .handler(context -> {
          faults.clear();
          context.response().setStatusCode(204).end();
        });
    router
        .get("/")
        .handler(
            context -> context.response().setStatusCode(302).putHeader("location", "/inbox").end());
  }

  private JsonObject addFault(String request) {
    try {
      Map<String, @Nullable Object> fields =
          Json.parse(request).map(Json::asObject).orElse(Map.of());
      faults.add(fields);
      return new JsonObject().put("planned", true);
    } catch (IllegalArgumentException e) {
      return new JsonObject().put("detail", e.getMessage());
    }
  }

  private static <T> T finished(Future<T> future) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(START_STOP_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new IllegalStateException("the sandbox cannot listen: " + e.getCause(), e);
    } catch (TimeoutException e) {
      throw new IllegalStateException("the sandbox did not start or stop in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
