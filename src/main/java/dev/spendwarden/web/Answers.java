package dev.spendwarden.web;

import dev.spendwarden.store.StoreException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ends requests: with JSON, or with a problem that names what to do and shows no stack trace.
final class Answers {

  private static final Logger log = LoggerFactory.getLogger(Answers.class);

  private Answers() {}

  static void json(RoutingContext ctx, Buffer body) {
    send(ctx, 200, "application/json", body);
  }

  static void send(RoutingContext ctx, int status, String contentType, Buffer body) {
    HttpServerResponse response = ctx.response();
    if (response.ended() || response.closed()) {
      return;
    }
    response
        .setStatusCode(status)
        .putHeader("Content-Type", contentType)
        .putHeader("Cache-Control", "no-store")
        .end(body);
  }

  static void problem(RoutingContext ctx, Problem problem) {
    if (problem.status() == 503) {
      ctx.response().putHeader("Retry-After", "1");
    }
    Buffer body =
        Json.render(out -> {
          out.writeStartObject();
          out.writeStringField("type", "about:blank");
          out.writeStringField("title", problem.title());
          out.writeNumberField("status", problem.status());
          out.writeStringField("detail", problem.detail());
          if (!problem.problems().isEmpty()) {
            Json.texts(out, "problems", problem.problems());
          }
          out.writeEndObject();
        });
    send(ctx, problem.status(), "application/problem+json", body);
  }

  /// Turns whatever a handler failed with into a problem. What nobody expected is logged here,
  /// once.
  static void failure(RoutingContext ctx, Throwable failure) {
    switch (failure) {
      case Problem problem -> problem(ctx, problem);
      case StoreException e -> {
        log.warn("the store could not answer a request", e);
        problem(ctx, Problem.unavailable("the store could not answer; see the log"));
      }
      case HttpClosedException _ -> log.debug("a client left in the middle of its request");
      case HttpException e -> status(ctx, e.getStatusCode());
      default -> {
        log.error("a request failed unexpectedly", failure);
        problem(ctx, new Problem(500, "Internal error", "unexpected; see the log", List.of()));
      }
    }
  }

  /// For statuses that the HTTP library decides on.
  static void status(RoutingContext ctx, int status) {
    String detail =
        switch (status) {
          case 400 -> "the request cannot be read";
          case 404 -> "there is nothing at this path";
          case 413 -> "the body is larger than " + HttpVerticle.MAX_BODY + " bytes";
          case 503 -> "the answer took too long";
          default -> "the request was refused";
        };
    problem(ctx, new Problem(status < 400 ? 500 : status, title(status), detail, List.of()));
  }

  private static String title(int status) {
    return switch (status) {
      case 400 -> "Bad request";
      case 404 -> "Not found";
      case 405 -> "Method not allowed";
      case 413 -> "Body too large";
      case 503 -> "Not available";
      default -> status < 500 ? "Refused" : "Internal error";
    };
  }
}
