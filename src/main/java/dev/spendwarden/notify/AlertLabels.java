package dev.spendwarden.notify;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A notification as Alertmanager knows alerts: a set of labels that is its identity, and
/// annotations that may change. Made from the frozen body alone. Pure.
public final class AlertLabels {

  /// The name of the alert that a drill raises.
  public static final String DRILL = "spendwarden-drill";

  /// The name of the alert that a heartbeat keeps alive: a dead man's switch.
  public static final String HEARTBEAT = "spendwarden-heartbeat";

  private AlertLabels() {}

  /// `alertname` (the policy), `severity`, and the policy's and the budget's labels, sorted by
  /// name.
  public static Map<String, String> labels(Body body) {
    return labels(body, body.object("alert").text("severity").orElse("info"));
  }

  /// The labels the alert has (or had) at another severity.
  public static Map<String, String> labels(Body body, String severity) {
    var labels = new TreeMap<String, String>();
    Body action = body.object("action");
    Body subject = action.isEmpty() ? body.object("alert") : action;
    subject
        .object("labels")
        .asTexts()
        .forEach((name, value) -> {
          // An empty value means an absent label to Alertmanager.
          if (!value.isEmpty()) {
            labels.put(labelName(name), value);
          }
        });
    labels.put("alertname", subject.text("policy").orElseGet(() -> nameOf(body)));
    labels.put("severity", severity);
    action.text("action").ifPresent(name -> labels.put("action", name));
    return labels;
  }

  private static String nameOf(Body body) {
    return body.text("type").equals(Optional.of(Payload.Heartbeat.TYPE)) ? HEARTBEAT : DRILL;
  }

  /// What people read, and the numbers.
  public static Map<String, String> annotations(Body body) {
    var annotations = new LinkedHashMap<String, String>();
    Body alert = body.object("alert");
    Body budget = body.object("budget");
    alert
        .text("summary")
        .or(() -> body.text("summary"))
        .or(() -> body.object("action").text("reason"))
        .ifPresent(text -> annotations.put("summary", text));
    alert.text("runbook").ifPresent(url -> annotations.put("runbook_url", url));
    if (!alert.isEmpty()) {
      annotations.put("rules", String.join(", ", alert.texts("rules")));
    }
    budget.text("spent").ifPresent(spent -> annotations.put("spent", spent));
    budget.text("limit").ifPresent(limit -> annotations.put("limit", limit));
    budget.text("unit").ifPresent(unit -> annotations.put("unit", unit));
    budget.number("used").ifPresent(used -> annotations.put("used", used.toPlainString()));
    body.text("id").ifPresent(id -> annotations.put("notification_id", id));
    return annotations;
  }

  /// Letters, digits and underscores, not starting with a digit: what every version accepts.
  private static String labelName(String name) {
    String safe = name.replaceAll("[^a-zA-Z0-9_]", "_");
    return safe.isEmpty() || Character.isDigit(safe.charAt(0)) ? "_" + safe : safe;
  }
}
