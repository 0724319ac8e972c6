package dev.spendwarden.notify.alertmanager;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.spendwarden.notify.AlertLabels;
import dev.spendwarden.notify.Body;
import dev.spendwarden.notify.Notification;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The array of alerts that `POST /api/v2/alerts` takes, made from frozen bodies. Pure.
///
/// Alertmanager knows an alert by its labels, and severity is one of them: a change of severity
/// ends the former alert and begins another. An alert without an end would resolve itself after
/// `resolve_timeout`, and one whose end lies far off would outlive a daemon that is gone; a firing
/// one is therefore given an end a few minutes ahead, which is moved on again and again.
final class AlertmanagerAlerts {

  private static final JsonFactory JSON = new JsonFactory();

  /// How long what has no end of its own (a drill, news of an action) is shown.
  private static final Duration NEWS = Duration.ofMinutes(5);

  private AlertmanagerAlerts() {}

  /// What a notification changes.
  ///
  /// @param firingUntil the end that a firing alert is given for now
  static String render(Notification notification, Instant firingUntil) {
    Body body = Body.of(notification);
    String time = timeOf(body, notification);
    return array(json -> {
      List<Body> group = body.objects("alerts");
      for (Body entry : group.isEmpty() ? List.of(body) : group) {
        change(json, entry, entry.text("time").orElse(time), firingUntil);
      }
    });
  }

  private static void change(JsonGenerator json, Body body, String time, Instant firingUntil)
      throws IOException {
    Optional<String> former = formerSeverity(body.object("alert"));
    if (former.isPresent()) {
      write(json, body, AlertLabels.labels(body, former.get()), time);
    }
    write(json, body, AlertLabels.labels(body), end(body, time, firingUntil));
  }

  /// The same alerts as they were told last, alive until then.
  static String keepAlive(List<Notification> firing, Instant firingUntil) {
    return array(json -> {
      for (Notification notification : firing) {
        Body body = Body.of(notification);
        if (!body.object("alert").isEmpty() && !isResolved(body)) {
          write(json, body, AlertLabels.labels(body), firingUntil.toString());
        }
      }
    });
  }

  private interface Alerts {
    void write(JsonGenerator json) throws IOException;
  }

  private static String array(Alerts alerts) {
    var out = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartArray();
      alerts.write(json);
      json.writeEndArray();
    } catch (IOException e) {
      throw new UncheckedIOException("a string writer does not fail", e);
    }
    return out.toString();
  }

  private static String timeOf(Body body, Notification notification) {
    return body.text("time").orElseGet(() -> notification.createdAt().toString());
  }

  private static boolean isResolved(Body body) {
    return body.object("alert").text("state").equals(Optional.of("resolved"));
  }

  /// Only where it differs from the present one.
  private static Optional<String> formerSeverity(Body alert) {
    return alert
        .text("former_severity")
        .filter(former -> !alert.text("severity").equals(Optional.of(former)));
  }

  private static String end(Body body, String time, Instant firingUntil) {
    Body alert = body.object("alert");
    if (alert.isEmpty()) {
      return Instant.parse(time).plus(NEWS).toString();
    }
    return isResolved(body) ? alert.text("ended_at").orElse(time) : firingUntil.toString();
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
