package dev.spendwarden.notify.webhook;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.spendwarden.notify.AlertLabels;
import dev.spendwarden.notify.Body;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.policy.Budget;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Map;

/// The payload of Alertmanager's webhook receivers, version 4, as a group of one alert.
final class AlertmanagerFormat {

  private static final JsonFactory JSON = new JsonFactory();

  /// How Go prints a time that is not set: the end of an alert that still fires.
  private static final String NO_TIME = "0001-01-01T00:00:00Z";

  private AlertmanagerFormat() {}

  static String render(Notification notification) {
    Body body = Body.of(notification);
    Body alert = body.object("alert");
    String status = alert.text("state").orElse("").equals("resolved") ? "resolved" : "firing";
    Map<String, String> labels = AlertLabels.labels(body);
    Map<String, String> annotations = AlertLabels.annotations(body);
    var out = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("version", "4");
      json.writeStringField("groupKey", groupKey(alert, notification));
      json.writeNumberField("truncatedAlerts", 0);
      json.writeStringField("status", status);
      json.writeStringField("receiver", notification.receiver());
      texts(json, "groupLabels", Map.of("alertname", labels.getOrDefault("alertname", "")));
      texts(json, "commonLabels", labels);
      texts(json, "commonAnnotations", annotations);
      json.writeStringField("externalURL", externalUrl(body));
      json.writeArrayFieldStart("alerts");
      json.writeStartObject();
      json.writeStringField("status", status);
      texts(json, "labels", labels);
      texts(json, "annotations", annotations);
      String time = body.text("time").orElse(NO_TIME);
      json.writeStringField("startsAt", alert.text("started_at").orElse(time));
      json.writeStringField(
          "endsAt", status.equals("resolved") ? alert.text("ended_at").orElse(time) : NO_TIME);
      json.writeStringField("generatorURL", body.object("links").text("budget").orElse(""));
      json.writeStringField("fingerprint", Budget.digest(labels.toString()));
      json.writeEndObject();
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a string writer does not fail", e);
    }
    return out.toString();
  }

  /// The same over the life of an alert, its changes of severity included.
  private static String groupKey(Body alert, Notification notification) {
    return "{}:{alert=\"" + alert.text("id").orElse(notification.id()) + "\"}";
  }

  private static String externalUrl(Body body) {
    return body.object("links")
        .text("budget")
        .map(url -> url.substring(0, Math.max(0, url.lastIndexOf("/budgets/"))))
        .orElse("");
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
