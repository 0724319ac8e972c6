package dev.spendwarden.sandbox;

import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One request to a twin, its body read to the end.
///
/// @param at when it arrived, by the sandbox's clock
record Call(RoutingContext context, Buffer body, Instant at) {

  /// A named segment of the path; it must be part of the route.
  String path(String name) {
    return context.pathParam(name);
  }

  String method() {
    return context.request().method().name();
  }

  Optional<String> header(String name) {
    return Optional.ofNullable(context.request().getHeader(name));
  }

  /// Headers by lower-case name, credentials masked; the last of a repeated header counts.
  Map<String, String> maskedHeaders() {
    return Credentials.masked(context.request().headers());
  }

  /// The query in the order written; every value of a repeated key.
  Map<String, List<String>> query() {
    return new QueryStringDecoder(context.request().uri()).parameters();
  }

  Optional<String> query(String name) {
    return Optional.ofNullable(query().get(name)).map(List::getLast);
  }

  String text() {
    return body.toString(StandardCharsets.UTF_8);
  }

  /// The body as JSON; empty when it is none.
  Optional<Object> json() {
    return Json.parse(text());
  }

  /// The fields of a JSON object or of a form, whichever the body is; of a repeated field the last.
  Map<String, @Nullable Object> fields() {
    if (header("content-type").orElse("").startsWith("application/json")) {
      return json().map(Json::asObject).orElse(Map.of());
    }
    var fields = new LinkedHashMap<String, @Nullable Object>();
    new QueryStringDecoder(text(), StandardCharsets.UTF_8, false)
        .parameters()
        .forEach((name, values) -> fields.put(name, values.getLast()));
    return fields;
  }

  /// `http://host:port` as the caller sees this server.
  String origin() {
    return "http://" + context.request().authority();
  }
}
