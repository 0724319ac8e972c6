package dev.spendwarden.sandbox;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;

/// Where every request to a twin comes in: its body is read, it is counted, time passes in the
/// books, and a planned fault is played on the answer.
final class FrontDoor {

  /// Far above anything a client of ours sends; a file for Slack is the largest.
  private static final int MAX_BODY_BYTES = 16 << 20;

  private final Script script;
  private final Faults faults;
  private final RequestLog log;
  private final FaultPlayer player;

  FrontDoor(Vertx vertx, Script script, Faults faults, RequestLog log) {
    this.script = script;
    this.faults = faults;
    this.log = log;
    this.player = new FaultPlayer(vertx);
  }

  /// A handler that answers under the mount's name.
  Handler<RoutingContext> to(String mount, Function<Call, Reply> twin) {
    return to(context -> mount, twin);
  }

  /// As above, where the mount's name depends on the request.
  Handler<RoutingContext> to(Function<RoutingContext, String> mount, Function<Call, Reply> twin) {
    return context ->
        readBody(
            context.request(),
            body -> answer(mount.apply(context), new Call(context, body, script.play()), twin));
  }

  private void answer(String mount, Call call, Function<Call, Reply> twin) {
    log.begin(mount, logged(call));
    var open = new AtomicBoolean(true);
    call.context()
        .addEndHandler(done -> {
          if (open.compareAndSet(true, false)) {
            log.end(mount);
          }
        });
    Optional<Fault> fault = faults.next(mount);
    try {
      if (fault.isPresent()) {
        player.play(fault.get(), call, twin);
      } else {
        player.send(call, twin.apply(call));
      }
    } catch (RuntimeException e) {
      // A bug in a twin shows as a 500; the router would not see it from here, and the caller would
      // wait for ever.
      call.context().fail(e);
    }
  }

  private static RequestLog.Request logged(Call call) {
    HttpServerRequest request = call.context().request();
    Instant at = call.at();
    return new RequestLog.Request(
        at, call.method(), request.path(), call.maskedHeaders(), call.text());
  }

  private static void readBody(HttpServerRequest request, Consumer<Buffer> then) {
    Buffer body = Buffer.buffer();
    request.handler(chunk -> {
      if (body.length() + chunk.length() > MAX_BODY_BYTES) {
        request.connection().close();
      } else {
        body.appendBuffer(chunk);
      }
    });
    request.endHandler(end -> then.accept(body));
  }
}
