package dev.spendwarden.web;

import dev.spendwarden.policy.Budget;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Properties;

/// The page and its modules, style, icon and chart library, read from the program once. Open to
/// anybody, since there is nothing in them: the browser fetches the figures from the API.
final class StatusPage {

  /// Addresses that show a page; which one, the script tells from the address.
  private static final List<String> PAGES =
      List.of(
          "/",
          "/budgets/:id",
          "/alerts",
          "/sources",
          "/notifications",
          "/actions",
          "/policies",
          "/policies/:id",
          "/reports",
          "/audit");

  private static final List<String> SCRIPTS =
      List.of(
          "/app.js",
          "/api.js",
          "/charts.js",
          "/commands.js",
          "/dom.js",
          "/live.js",
          "/parts.js",
          "/pages/actions.js",
          "/pages/alerts.js",
          "/pages/budget.js",
          "/pages/budgets.js",
          "/pages/notifications.js",
          "/pages/policies.js",
          "/pages/records.js",
          "/pages/sources.js",
          "/pages/waivers.js");

  private static final String JAVASCRIPT = "text/javascript; charset=utf-8";

  private StatusPage() {}

  static void addTo(Paths paths) {
    var shell = file("/web/index.html", "text/html; charset=utf-8");
    PAGES.forEach(page -> paths.open(page, shell));
    SCRIPTS.forEach(script -> paths.open(script, file("/web" + script, JAVASCRIPT)));
    paths
        .open("/app.css", file("/web/app.css", "text/css; charset=utf-8"))
        .open("/icon.svg", file("/web/icon.svg", "image/svg+xml"))
        .open("/chart.js", file(chartLibrary(), JAVASCRIPT));
  }

  /// Where the build's version of Chart.js lies in its WebJar.
  private static String chartLibrary() {
    var properties = new Properties();
    String described = "/META-INF/maven/org.webjars.npm/chart.js/pom.properties";
    try (InputStream in = open(described)) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + described, e);
    }
    return "/META-INF/resources/webjars/chart.js/%s/dist/chart.umd.min.js"
        .formatted(properties.getProperty("version"));
  }

  private static Handler<RoutingContext> file(String resource, String contentType) {
    Buffer content = read(resource);
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
    try (InputStream in = open(resource)) {
      return Buffer.buffer(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + resource, e);
    }
  }

  private static InputStream open(String resource) {
    return Objects.requireNonNull(
        StatusPage.class.getResourceAsStream(resource), "missing in the build: " + resource);
  }
}
