package dev.spendwarden.web;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// Counts the open connections and ends those that hold a place without asking anything. An idle
/// timeout alone is not enough: a client that sends one byte of a header now and then is never
/// idle. Works on the event loop of its verticle only.
final class Connections {

  static final int MAX = 1000;

  /// For a whole header, from the end of the answer before; what waits for its next request is in
  /// the same state, so this is the idle timeout of kept connections too.
  static final int HEADER_SECONDS = 60;

  /// For a whole body.
  static final int BODY_SECONDS = 30;

  private static final long LOOK_EVERY_MILLIS = 1_000;

  private final LongSupplier nanoTime;
  private final Map<HttpConnection, Held> held = new HashMap<>();

  private enum Phase {
    HEADER,
    BODY,
    /// Ours to end: a stream of events lasts as long as its page.
    ANSWER
  }

  private record Held(Phase phase, long since) {

    boolean isOver(long now) {
      long limit =
          switch (phase) {
            case HEADER -> HEADER_SECONDS;
            case BODY -> BODY_SECONDS;
            case ANSWER -> Long.MAX_VALUE;
          };
      return TimeUnit.NANOSECONDS.toSeconds(now - since) >= limit;
    }
  }

  Connections(Vertx vertx, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    vertx.setPeriodic(LOOK_EVERY_MILLIS, _ -> endThoseThatAreOver());
  }

  void admit(HttpConnection connection) {
    if (held.size() >= MAX) {
      connection.close();
      return;
    }
    enter(connection, Phase.HEADER);
    connection.closeHandler(_ -> held.remove(connection));
  }

  /// The header is whole.
  void asked(HttpServerRequest request) {
    step(request.connection(), Phase.BODY);
  }

  /// The body is whole.
  void heard(RoutingContext ctx) {
    HttpConnection connection = ctx.request().connection();
    step(connection, Phase.ANSWER);
    ctx.addEndHandler(_ -> step(connection, Phase.HEADER));
    ctx.next();
  }

  private void step(HttpConnection connection, Phase phase) {
    // One that was closed meanwhile must not come back.
    if (held.containsKey(connection)) {
      enter(connection, phase);
    }
  }

  private void enter(HttpConnection connection, Phase phase) {
    held.put(connection, new Held(phase, nanoTime.getAsLong()));
  }

  private void endThoseThatAreOver() {
    long now = nanoTime.getAsLong();
    List<HttpConnection> over =
        held.entrySet().stream()
            .filter(entry -> entry.getValue().isOver(now))
            .map(Map.Entry::getKey)
            .toList();
    over.forEach(HttpConnection::close);
  }
}
