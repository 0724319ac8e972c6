package dev.spendwarden.web;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The HTTP server. Deploy one instance on an event loop; `start` completes when it listens.
public final class HttpVerticle extends VerticleBase {

  /// The event-bus address where whoever changed what can be read says so; the message is ignored.
  public static final String CHANGED = "spendwarden.changed";

  static final int MAX_BODY = 64 * 1024;

  private static final int MAX_HEADERS = 16 * 1024;
  private static final int MAX_REQUEST_LINE = 8 * 1024;
  private static final int IDLE_SECONDS = 60;

  /// Reads and changes: a few at a time, since the store serves one after the other anyway.
  private static final int API_THREADS = 4;

  private static final int API_HELD = 256;

  /// Scrapes keep a core busy; more than two at once would only slow each other down.
  private static final int SCRAPE_THREADS = 2;

  private static final int SCRAPES_HELD = 8;

  /// Checks of tokens, apart from the work behind the door: reading a small file and comparing.
  private static final int DOOR_HELD = 1000;

  private final Listening listening;
  private final WebContext context;
  private final LongSupplier nanoTime;

  private @Nullable HttpServer server;

  public HttpVerticle(Listening listening, WebContext context) {
    this(listening, context, System::nanoTime);
  }

  /// @param nanoTime monotonic; what waits and deadlines are measured with
  HttpVerticle(Listening listening, WebContext context, LongSupplier nanoTime) {
    this.listening = listening;
    this.context = context;
    this.nanoTime = nanoTime;
  }

  /// The port it listens on, once deployed.
  public int actualPort() {
    if (server == null) {
      throw new IllegalStateException("not deployed yet");
    }
    return server.actualPort();
  }

  @Override
  public Future<?> start() {
    // Threads of its own: a scrape of many budgets is arithmetic, which would hold up every virtual
    // thread of the pollers, and a queue of API calls must not hold up a scrape.
    // Closed with the verticle, like everything it makes.
    var api =
        new Workers(vertx.createSharedWorkerExecutor("spendwarden-api", API_THREADS), API_HELD);
    var scrapes =
        new Workers(
            vertx.createSharedWorkerExecutor("spendwarden-scrape", SCRAPE_THREADS), SCRAPES_HELD);
    var doorkeeper =
        new Workers(vertx.createSharedWorkerExecutor("spendwarden-door", 1), DOOR_HELD);
    var connections = new Connections(vertx, nanoTime);
    Router router = router(connections, api, scrapes, doorkeeper);
    return vertx
        .executeBlocking(() -> listening.tls().map(Certificates::new))
        .compose(certificates ->
            vertx
                .createHttpServer(options(certificates))
                .connectionHandler(connections::admit)
                .requestHandler(request -> {
                  connections.asked(request);
                  router.handle(request);
                })
                .listen()
                .onSuccess(listens -> {
                  server = listens;
                  certificates.ifPresent(c -> c.watch(vertx, listens));
                }));
  }

  private HttpServerOptions options(Optional<Certificates> certificates) {
    var options = new HttpServerOptions();
    certificates.ifPresent(c -> c.applyTo(options));
    return options
        .setHost(listening.host())
        .setPort(listening.port())
        // HTTP/1.1 only: its limits are the ones set here.
        .setUseAlpn(false)
        .setHttp2ClearTextEnabled(false)
        .setMaxHeaderSize(MAX_HEADERS)
        .setMaxInitialLineLength(MAX_REQUEST_LINE)
        .setIdleTimeout(IDLE_SECONDS)
        .setHandle100ContinueAutomatically(true);
  }

  private Router router(Connections connections, Workers api, Workers scrapes, Workers doorkeeper) {
    Router router = Router.router(vertx);
    router.route().handler(HttpVerticle::secure);
    router.route().handler(BodyHandler.create(false).setBodyLimit(MAX_BODY));
    router.route().handler(connections::heard);
    var door = new Door(context.tokens(), doorkeeper, nanoTime);
    var paths = new Paths(door);
    var changes = new Changes(context, api, door, () -> vertx.eventBus().publish(CHANGED, ""));
    // First, since routes are tried in their order: before a job everybody waits for this answer.
    new DecisionEndpoint(context.enforcing(), changes).addTo(paths);
    paths.get("/metrics", new MetricsEndpoint(context.metrics(), scrapes)::handle);
    addHealth(paths, api);
    addReads(paths, new Api(context), api);
    changes.addTo(paths);
    var enforce = new EnforceEndpoint(context);
    enforce.addTo(paths, changes);
    paths
        .get("/api/v1/actions", read(api, enforce::actions))
        .get("/api/v1/actions/:id", read(api, enforce::action))
        .get("/api/v1/enforcement", read(api, enforce::enforcement))
        .get("/api/v1/audit", read(api, enforce::audit));
    addEvents(paths);
    StatusPage.addTo(paths);
    paths.mount(router);
    router.route().handler(ctx -> Answers.status(ctx, 404));
    router
        .route()
        .failureHandler(ctx -> {
          // A 4xx is what the HTTP library found wrong with the request, such as its Host header.
          boolean ours = ctx.statusCode() < 400 || ctx.statusCode() >= 500;
          if (ctx.failure() != null && ours) {
            Answers.failure(ctx, ctx.failure());
          } else {
            Answers.status(ctx, ctx.statusCode());
          }
        });
    // Raised before any route is chosen, for a path that cannot be decoded.
    router.errorHandler(400, ctx -> Answers.status(ctx, 400));
    return router;
  }

  private static void secure(RoutingContext ctx) {
    ctx.response()
        .putHeader(
            "Content-Security-Policy",
            "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
                + " object-src 'none'")
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("X-Frame-Options", "DENY")
        .putHeader("Referrer-Policy", "no-referrer")
        .putHeader("Cross-Origin-Opener-Policy", "same-origin")
        .putHeader("Cross-Origin-Resource-Policy", "same-origin");
    ctx.next();
  }

  private void addHealth(Paths paths, Workers workers) {
    paths.open(
        "/-/healthy",
        ctx -> Answers.send(ctx, 200, "text/plain", Buffer.buffer("Spendwarden is healthy.\n")));
    paths.open(
        "/-/ready",
        ctx ->
            workers
                .run(() -> context.readiness().get())
                .onSuccess(missing -> ready(ctx, missing))
                .onFailure(failure -> Answers.failure(ctx, failure)));
  }

  private static void ready(RoutingContext ctx, List<String> missing) {
    if (missing.isEmpty()) {
      Answers.send(ctx, 200, "text/plain", Buffer.buffer("Spendwarden is ready.\n"));
    } else {
      Answers.problem(ctx, new Problem(503, "Not ready", String.join("; ", missing), missing));
    }
  }

  private void addEvents(Paths paths) {
    var events = new EventStream(vertx);
    vertx.eventBus().consumer(CHANGED, _ -> events.changed());
    paths.ask(HttpMethod.GET, "/api/v1/events", events::open);
  }

  private static void addReads(Paths paths, Api api, Workers workers) {
    paths
        .get("/api/v1/status", read(workers, api::status))
        .get("/api/v1/sources", read(workers, api::sources))
        .get("/api/v1/reports", read(workers, api::reports))
        .get("/api/v1/policies", read(workers, api::policies))
        .get("/api/v1/budgets", read(workers, api::budgets))
        .get("/api/v1/budgets/:id", read(workers, api::budget))
        .get("/api/v1/budgets/:id/series", read(workers, api::series))
        .get("/api/v1/budgets/:id/explain", explain(workers, api))
        .get("/api/v1/alerts", read(workers, api::alerts))
        .get("/api/v1/notifications", read(workers, api::notifications))
        .get("/api/v1/notifications/:id", read(workers, api::notification))
        .get("/api/v1/silences", read(workers, api::silences))
        .get("/api/v1/waivers", read(workers, api::waivers));
  }

  private static Handler<RoutingContext> read(Workers workers, Api.Read read) {
    return ctx -> {
      var parameters = ctx.queryParams();
      String id = ctx.pathParams().getOrDefault("id", "");
      workers
          .run(() -> read.answer(parameters, id))
          .onSuccess(body -> Answers.json(ctx, body))
          .onFailure(failure -> Answers.failure(ctx, failure));
    };
  }

  /// JSON for programs; plain text for whoever asks for that first.
  private static Handler<RoutingContext> explain(Workers workers, Api api) {
    Handler<RoutingContext> json = read(workers, api::explain);
    return ctx -> {
      String accept = ctx.request().getHeader("Accept");
      ctx.response().putHeader("Vary", "Accept");
      if (accept == null || !accept.strip().startsWith("text/plain")) {
        json.handle(ctx);
        return;
      }
      var parameters = ctx.queryParams();
      String id = ctx.pathParams().getOrDefault("id", "");
      workers
          .run(() -> api.explainAsText(parameters, id))
          .onSuccess(body -> Answers.send(ctx, 200, "text/plain; charset=utf-8", body))
          .onFailure(failure -> Answers.failure(ctx, failure));
    };
  }
}
