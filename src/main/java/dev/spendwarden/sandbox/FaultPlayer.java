package dev.spendwarden.sandbox;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/// Writes answers, right ones and spoiled ones.
final class FaultPlayer {

  private final Vertx vertx;

  FaultPlayer(Vertx vertx) {
    this.vertx = vertx;
  }

  void send(Call call, Reply reply) {
    HttpServerResponse response = begin(call, reply);
    if (!response.closed()) {
      response.end(reply.body());
    }
  }

  void play(Fault fault, Call call, Function<Call, Reply> twin) {
    switch (fault) {
      case Fault.Status(var status, var retryAfter) -> {
        Reply reply = Reply.text(status, "text/plain", "sandbox fault: " + status);
        send(call, retryAfter.map(value -> reply.with("retry-after", value)).orElse(reply));
      }
      case Fault.Hang(var handled) -> {
        if (handled) {
          Reply _ = twin.apply(call);
        }
      }
      case Fault.Close(var handled) -> {
        if (handled) {
          Reply _ = twin.apply(call);
        }
        call.context().request().connection().close();
      }
      case Fault.Body(var contentType, var body) -> send(call, Reply.text(200, contentType, body));
      case Fault.Truncate _ -> truncate(call, twin.apply(call));
      case Fault.Trickle(var every) ->
          trickle(call, twin.apply(call), Math.max(1, every.toMillis()));
      case Fault.Drop(var field) ->
          send(call, edited(twin.apply(call), new Edit(field, null, null)));
      case Fault.Replace(var field, var literal) ->
          send(call, edited(twin.apply(call), new Edit(field, literal, null)));
      case Fault.Vanish(var value) ->
          send(call, edited(twin.apply(call), new Edit(null, null, value)));
      case Fault.Redirect(var status, var location) ->
          send(call, Reply.text(status, "text/plain", "").with("location", location));
      case Fault.GzipBomb(var mebibytes) ->
          send(
              call,
              Reply.text(200, "application/json", "")
                  .with("content-encoding", "gzip")
                  .withBody(bomb(mebibytes)));
      case Fault.Slow(var delay) ->
          vertx.setTimer(Math.max(1, delay.toMillis()), timer -> send(call, twin.apply(call)));
      case Fault.BigHeader(var bytes) ->
          send(call, twin.apply(call).with("x-padding", "x".repeat(bytes)));
    }
  }

  private static HttpServerResponse begin(Call call, Reply reply) {
    HttpServerResponse response = call.context().response();
    if (!response.closed()) {
      response.setStatusCode(reply.status());
      reply.headers().forEach(response::putHeader);
    }
    return response;
  }

  private static void truncate(Call call, Reply reply) {
    HttpServerResponse response = begin(call, reply);
    response.putHeader("content-length", String.valueOf(reply.body().length()));
    response
        .write(reply.body().slice(0, reply.body().length() / 2))
        .onComplete(written -> call.context().request().connection().close());
  }

  private void trickle(Call call, Reply reply, long everyMillis) {
    HttpServerResponse response = begin(call, reply);
    response.putHeader("content-length", String.valueOf(reply.body().length()));
    dripFrom(0, response, reply.body(), everyMillis);
  }

  private void dripFrom(int index, HttpServerResponse response, Buffer body, long everyMillis) {
    if (response.closed()) {
      return;
    }
    if (index == body.length()) {
      response.end();
      return;
    }
    response.write(body.slice(index, index + 1));
    vertx.setTimer(everyMillis, timer -> dripFrom(index + 1, response, body, everyMillis));
  }

  /// @param field the member to drop or replace
  /// @param literal what replaces it; null drops it
  /// @param vanish objects with a member of this value leave their list
  private record Edit(@Nullable String field, @Nullable String literal, @Nullable String vanish) {}

  /// Stands for a literal that no JSON writer would write, until the text is made.
  private static final String LITERAL = "@literal@";

  private static Reply edited(Reply reply, Edit edit) {
    return Json.parse(reply.body().toString())
        .map(body -> Json.encode(edited(body, edit)))
        .map(text -> edit.literal == null ? text : text.replace('"' + LITERAL + '"', edit.literal))
        .map(text -> reply.withBody(Buffer.buffer(text)))
        .orElse(reply);
  }

  private static @Nullable Object edited(@Nullable Object value, Edit edit) {
    if (value instanceof List<?>) {
      var kept = new ArrayList<@Nullable Object>();
      for (Object item : Json.asArray(value)) {
        if (edit.vanish == null || !has(item, edit.vanish)) {
          kept.add(edited(item, edit));
        }
      }
      return kept;
    }
    if (value instanceof Map<?, ?>) {
      var kept = new LinkedHashMap<String, @Nullable Object>();
      Json.asObject(value)
          .forEach((name, member) -> {
            if (!name.equals(edit.field)) {
              kept.put(name, edited(member, edit));
            } else if (edit.literal != null) {
              kept.put(name, LITERAL);
            }
          });
      return kept;
    }
    return value;
  }

  private static boolean has(@Nullable Object item, String value) {
    return Json.asObject(item).values().stream()
        .anyMatch(member -> member != null && member.toString().equals(value));
  }

  private static Buffer bomb(int mebibytes) {
    var packed = new ByteArrayOutputStream();
    byte[] blanks = new byte[1 << 20];
    Arrays.fill(blanks, (byte) ' ');
    try (var gzip = new GZIPOutputStream(packed)) {
      for (int i = 0; i < mebibytes; i++) {
        gzip.write(blanks);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Buffer.buffer(packed.toByteArray());
  }
}
