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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The payload of Alertmanager's webhook receivers, version 4: the alerts of a group, or one alert
/// as a group of its own.
final class AlertmanagerFormat {

  private static final JsonFactory JSON = new JsonFactory();

  /// How Go prints a time that is not set: the end of an alert that still fires.
  private static final String NO_TIME = "0001-01-01T00:00:00Z";

  private final Body body;
  private final Notification notification;
  private final List<Body> alerts;

  private AlertmanagerFormat(Notification notification) {
    this.notification = notification;
    this.body = Body.of(notification);
    List<Body> listed = body.objects("alerts");
    this.alerts = listed.isEmpty() ? List.of(body) : listed;
  }

  static String render(Notification notification) {
    var out = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      new AlertmanagerFormat(notification).write(json);
    } catch (IOException e) {
      throw new UncheckedIOException("a string writer does not fail", e);
    }
    return out.toString();
  }

  private void write(JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("version", "4");
    json.writeStringField("groupKey", groupKey());
    json.writeNumberField(
        "truncatedAlerts",
        body.object("group").number("truncated").map(n -> n.intValue()).orElse(0));
    json.writeStringField("status", status());
    json.writeStringField("receiver", notification.receiver());
    texts(json, "groupLabels", groupLabels());
    texts(json, "commonLabels", common(alerts.stream().map(AlertLabels::labels).toList()));
    texts(json, "commonAnnotations", common(alerts.stream().map(this::annotations).toList()));
    json.writeStringField("externalURL", externalUrl());
    json.writeArrayFieldStart("alerts");
    for (Body alert : alerts) {
      alert(json, alert);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void alert(JsonGenerator json, Body part) throws IOException {
    Body alert = part.object("alert");
    Map<String, String> labels = AlertLabels.labels(part);
    String time = part.text("time").orElse(NO_TIME);
    json.writeStartObject();
    json.writeStringField("status", isResolved(part) ? "resolved" : "firing");
    texts(json, "labels", labels);
    texts(json, "annotations", annotations(part));
    json.writeStringField("startsAt", alert.text("started_at").orElse(time));
    json.writeStringField(
        "endsAt", isResolved(part) ? alert.text("ended_at").orElse(time) : NO_TIME);
    json.writeStringField("generatorURL", part.object("links").text("budget").orElse(""));
    json.writeStringField("fingerprint", Budget.digest(labels.toString()));
    json.writeEndObject();
  }

  /// An alert of a group is known by the group's notification.
  private Map<String, String> annotations(Body part) {
    var annotations = new LinkedHashMap<>(AlertLabels.annotations(part));
    annotations.put("notification_id", notification.id());
    return annotations;
  }

  private static boolean isResolved(Body part) {
    return part.object("alert").text("state").equals(Optional.of("resolved"));
  }

  /// A group fires while any of its alerts does, those that are not listed included.
  private String status() {
    boolean firing =
        body.object("group")
            .number("firing")
            .map(number -> number.signum() > 0)
            .orElseGet(() -> alerts.stream().anyMatch(part -> !isResolved(part)));
    return firing ? "firing" : "resolved";
  }

  /// The same over the life of a group; of one alert, over its life, changes of severity included.
  private String groupKey() {
    Body group = body.object("group");
    if (group.isEmpty()) {
      return "{}:{alert=\"" + body.object("alert").text("id").orElse(notification.id()) + "\"}";
    }
    var labels = new ArrayList<String>();
    group
        .object("labels")
        .asTexts()
        .forEach((name, value) ->
            labels.add(name + "=\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\""));
    return group.text("route").orElse("{}") + ":{" + String.join(", ", labels) + "}";
  }

  private Map<String, String> groupLabels() {
    Body group = body.object("group");
    return group.isEmpty()
        ? Map.of("alertname", AlertLabels.labels(body).getOrDefault("alertname", ""))
        : group.object("labels").asTexts();
  }

  /// What all have with the same value.
  private static Map<String, String> common(List<Map<String, String>> all) {
    var common = new TreeMap<>(all.getFirst());
    all.forEach(labels -> common.entrySet().retainAll(labels.entrySet()));
    return common;
  }

  private String externalUrl() {
    return body.object("links")
        .text("budget")
        .map(url -> url.substring(0, Math.max(0, url.lastIndexOf("/budgets/"))))
        .or(() ->
            body.object("links")
                .text("alerts")
                .map(url -> url.substring(0, Math.max(0, url.lastIndexOf("/alerts")))))
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
