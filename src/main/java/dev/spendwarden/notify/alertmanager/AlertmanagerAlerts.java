package dev.spendwarden.notify.alertmanager;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.spendwarden.notify.AlertLabels;
import dev.spendwarden.notify.Body;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.notify.Payload;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// The array of alerts that `POST /api/v2/alerts` takes, made from a notification's frozen body.
/// Pure.
///
/// Alertmanager knows an alert by its labels, and severity is one of them: a change of severity
/// ends the former alert and begins another. An alert without an end would resolve itself after
/// `resolve_timeout` (5 minutes); a firing one is therefore given its period's end, when the
/// calendar closes it anyway.
final class AlertmanagerAlerts {

  private static final JsonFactory JSON = new JsonFactory();

  /// How long what has no end of its own (a drill, news of an action) is shown.
  private static final Duration NEWS = Duration.ofMinutes(5);

  private AlertmanagerAlerts() {}

  static String render(Notification notification) {
    Body body = Body.of(notification);
    Body alert = body.object("alert");
    String time = body.text("time").orElseGet(() -> notification.createdAt().toString());
    var out = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartArray();
      Optional<String> former = formerSeverity(alert);
      if (former.isPresent()) {
        write(json, body, AlertLabels.labels(body, former.get()), time);
      }
      write(json, body, AlertLabels.labels(body), end(body, time));
      json.writeEndArray();
    } catch (IOException e) {
      throw new UncheckedIOException("a string writer does not fail", e);
    }
    return out.toString();
  }

  /// Only where it differs from the present one.
  private static Optional<String> formerSeverity(Body alert) {
    return alert
        .text("former_severity")
        .filter(former -> !alert.text("severity").equals(Optional.of(former)));
  }

  private static String end(Body body, String time) {
    Body alert = body.object("alert");
    if (alert.isEmpty() || body.text("type").equals(Optional.of(Payload.Drill.TYPE))) {
      return Instant.parse(time).plus(NEWS).toString();
    }
    if (alert.text("state").equals(Optional.of("resolved"))) {
      return alert.text("ended_at").orElse(time);
    }
    return body.object("budget")
        .object("period")
        .text("end")
        .filter(end -> Instant.parse(end).isAfter(Instant.parse(time)))
        .orElseGet(() -> Instant.parse(time).plus(NEWS).toString());
  }

  private static void write(
      JsonGenerator json, Body body, Map<String, String> labels, String endsAt) throws IOException {
    json.writeStartObject();
    texts(json, "labels", labels);
    texts(json, "annotations", AlertLabels.annotations(body));
    String time = body.text("time").orElse(endsAt);
    json.writeStringField("startsAt", body.object("alert").text("started_at").orElse(time));
    json.writeStringField("endsAt", endsAt);
    Optional<String> link = body.object("links").text("budget");
    if (link.isPresent()) {
      json.writeStringField("generatorURL", link.get());
    }
    json.writeEndObject();
  }

  private static void texts(JsonGenerator json, String field, Map<String, String> texts)
      throws IOException {
    json.writeObjectFieldStart(field);
    for (var entry : texts.entrySet()) {
      json.writeStringField(entry.getKey(), entry.getValue());
    }
    json.writeEndObject();
  }
}
