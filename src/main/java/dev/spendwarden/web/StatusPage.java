package dev.spendwarden.web;

import dev.spendwarden.policy.Budget;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/// The page and its script, style and icon, read from the program once. The browser fetches the
/// rest from the API.
final class StatusPage {

  private StatusPage() {}

  static void addTo(Paths paths) {
    var shell = file("index.html", "text/html; charset=utf-8");
    paths
        .get("/", shell)
        .get("/budgets/:id", shell)
        .get("/app.js", file("app.js", "text/javascript; charset=utf-8"))
        .get("/app.css", file("app.css", "text/css; charset=utf-8"))
        .get("/icon.svg", file("icon.svg", "image/svg+xml"));
  }

  private static Handler<RoutingContext> file(String name, String contentType) {
    Buffer content = read("/web/" + name);
    String tag = "\"" + Budget.digest(content.toString(StandardCharsets.UTF_8)) + "\"";
    return ctx -> {
      var response = ctx.response();
      // Asked again each time, so that page and API never differ after an upgrade.
      response.putHeader("Cache-Control", "no-cache").putHeader("ETag", tag);
      if (tag.equals(ctx.request().getHeader("If-None-Match"))) {
        response.setStatusCode(304).end();
      } else {
        response.putHeader("Content-Type", contentType).end(content);
      }
    };
  }

  private static Buffer read(String resource) {
    try (InputStream in =
        Objects.requireNonNull(
            StatusPage.class.getResourceAsStream(resource), "missing in the build: " + resource)) {
      return Buffer.buffer(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + resource, e);
    }
  }
}
