package dev.spendwarden.web;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// The paths, what each can be asked and who may ask: GET brings HEAD with it, and any other method
/// is answered with 405 and the list of those that work. A path that is not said to be open is for
/// those who may read.
final class Paths {

  private final Door door;
  private final Map<String, Map<HttpMethod, Handler<RoutingContext>>> handlers =
      new LinkedHashMap<>();

  Paths(Door door) {
    this.door = door;
  }

  /// What anybody may see: it says nothing of money.
  Paths open(String path, Handler<RoutingContext> handler) {
    return put(HttpMethod.GET, path, handler).put(HttpMethod.HEAD, path, handler);
  }

  Paths get(String path, Handler<RoutingContext> handler) {
    return ask(HttpMethod.GET, path, handler).ask(HttpMethod.HEAD, path, handler);
  }

  /// A question by this method only.
  Paths ask(HttpMethod method, String path, Handler<RoutingContext> handler) {
    return put(method, path, door.reading(handler));
  }

  /// A call that changes something.
  Paths change(HttpMethod method, String path, Handler<RoutingContext> handler) {
    return put(method, path, door.changing(handler));
  }

  private Paths put(HttpMethod method, String path, Handler<RoutingContext> handler) {
    handlers.computeIfAbsent(path, _ -> new LinkedHashMap<>()).put(method, handler);
    return this;
  }

  void mount(Router router) {
    handlers.forEach((path, methods) -> {
      methods.forEach((method, handler) -> router.route(method, path).handler(handler));
      var names = new TreeSet<String>();
      methods.keySet().forEach(method -> names.add(method.name()));
      String allow = String.join(", ", names);
      router
          .route(path)
          .handler(ctx -> {
            ctx.response().putHeader("Allow", allow);
            String detail = "this path answers " + allow;
            Answers.problem(ctx, new Problem(405, "Method not allowed", detail, List.of()));
          });
    });
  }
}
