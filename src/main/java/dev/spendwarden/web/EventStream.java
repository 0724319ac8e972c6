package dev.spendwarden.web;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.HashSet;
import java.util.Set;

/// `GET /api/v1/events`: tells open pages, as server-sent events, that there is something new to
/// fetch. An event says no more than that, so that one that is lost or left out does no harm. Works
/// on the event loop of its verticle only.
final class EventStream {

  /// Pages that are told; one more is refused and asks again every few seconds instead.
  static final int MAX_STREAMS = 200;

  /// Changes that come close together are told as one.
  private static final long GATHER_MILLIS = 300;

  /// Often enough that neither a proxy nor our own idle timeout takes a quiet stream for a dead
  /// one.
  private static final long HEARTBEAT_MILLIS = 20_000;

  private static final Buffer CHANGED = Buffer.buffer("event: changed\ndata: {}\n\n");
  private static final Buffer HEARTBEAT = Buffer.buffer(": still here\n\n");

  private final Vertx vertx;
  private final Set<HttpServerResponse> streams = new HashSet<>();
  private boolean gathering;

  EventStream(Vertx vertx) {
    this.vertx = vertx;
    vertx.setPeriodic(HEARTBEAT_MILLIS, _ -> write(HEARTBEAT));
  }

  /// Something changed.
  void changed() {
    if (!gathering && !streams.isEmpty()) {
      gathering = true;
      vertx.setTimer(
          GATHER_MILLIS,
          _ -> {
            gathering = false;
            write(CHANGED);
          });
    }
  }

  void open(RoutingContext ctx) {
    if (streams.size() >= MAX_STREAMS) {
      Answers.problem(ctx, Problem.unavailable("too many pages are open; ask now and then"));
      return;
    }
    HttpServerResponse response = ctx.response();
    response
        .setChunked(true)
        .putHeader("Content-Type", "text/event-stream")
        .putHeader("Cache-Control", "no-store");
    response.closeHandler(_ -> streams.remove(response));
    response.exceptionHandler(_ -> streams.remove(response));
    streams.add(response);
    // What changed between the page's first fetch and now would otherwise stay unseen.
    response.write(CHANGED);
  }

  private void write(Buffer event) {
    // Who reads slowly has an event waiting already, and that one says the same.
    Set.copyOf(streams).stream()
        .filter(stream -> !stream.closed() && !stream.writeQueueFull())
        .forEach(stream -> stream.write(event));
  }
}
