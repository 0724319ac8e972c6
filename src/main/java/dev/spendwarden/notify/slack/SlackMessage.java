package dev.spendwarden.notify.slack;

import static dev.spendwarden.notify.slack.SlackText.escape;

import dev.spendwarden.notify.Body;
import dev.spendwarden.notify.Figures;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.notify.Payload;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// A notification as Slack shows it. Pure: made from the frozen body alone, so every attempt sends
/// the same. Everything in it that is not ours is escaped and bounded; all of it together stays
/// below the 12,000 characters at which Slack refuses a message whose blocks are each legal.
///
/// @param text what a phone's notification and a screen reader say
/// @param blocksJson the JSON array of Block Kit blocks
record SlackMessage(String text, String blocksJson) {

  /// What of the id is shown: enough to find the notification by.
  private static final int SHORT_ID = 16;

  private static final int BAR_CELLS = 20;

  /// The whole message: what `chat.postMessage` posts and `chat.update` puts in its place.
  static SlackMessage of(Notification notification) {
    Body body = Body.of(notification);
    if (!body.object("alert").isEmpty()) {
      return ofAlert(body, notification);
    }
    if (!body.object("group").isEmpty()) {
      return SlackGroup.of(body, footer(body, notification));
    }
    return body.object("action").isEmpty()
        ? ofDrill(body, notification)
        : ofAction(body, notification);
  }

  /// The line in the thread that tells one change.
  static SlackMessage change(Notification notification) {
    Body body = Body.of(notification);
    Body alert = body.object("alert");
    String what = "*" + changeWords(notification.type(), alert) + "* " + summary(alert);
    var blocks = new Blocks().section(what).context(footer(body, notification));
    return new SlackMessage(what, blocks.toJson());
  }

  private static SlackMessage ofAlert(Body body, Notification notification) {
    Body alert = body.object("alert");
    String title =
        sign(alert) + " " + word(alert) + ": " + escape(alert.text("policy").orElse("?"), 110);
    String summary = summary(alert);
    var blocks =
        new Blocks()
            .header(title)
            .section(summary)
            .fields(fields(alert, body.object("budget")))
            .section(top(body))
            .section(links(body))
            .context(footer(body, notification));
    return new SlackMessage(title + ". " + summary, blocks.toJson());
  }

  /// A drill or a heartbeat.
  private static SlackMessage ofDrill(Body body, Notification notification) {
    String sign =
        notification.type().equals(Payload.Heartbeat.TYPE) ? "💓 Heartbeat: " : "🧪 Drill: ";
    String title = sign + escape(notification.receiver(), 100);
    String summary = escape(body.text("summary").orElse("This is a drill."), 600);
    var blocks = new Blocks().header(title).section(summary).context(footer(body, notification));
    return new SlackMessage(title + ". " + summary, blocks.toJson());
  }

  private static SlackMessage ofAction(Body body, Notification notification) {
    Body action = body.object("action");
    String title =
        "🛠 Action "
            + escape(action.text("action").orElse("?"), 80)
            + ": "
            + escape(action.text("state").orElse("?"), 40);
    String reason = escape(action.text("reason").orElse(""), 600);
    var fields = new ArrayList<String>();
    field(fields, "Policy", action.text("policy").map(text -> escape(text, 200)));
    field(fields, "Mode", action.text("mode").map(text -> escape(text, 40)));
    field(fields, "Labels", labels(action));
    field(
        fields,
        "Targets",
        Optional.of(String.join(", ", action.texts("targets")))
            .filter(text -> !text.isEmpty())
            .map(text -> escape(text, 600)));
    field(fields, "Due", action.text("due_at").map(text -> escape(text, 40)));
    field(fields, "Decided by", action.text("decided_by").map(text -> escape(text, 100)));
    field(fields, "Outcome", action.text("outcome").map(text -> escape(text, 600)));
    var blocks =
        new Blocks()
            .header(title)
            .section(reason)
            .fields(fields)
            .section(links(body))
            .context(footer(body, notification));
    return new SlackMessage(title + ". " + reason, blocks.toJson());
  }

  private static String summary(Body alert) {
    return escape(alert.text("summary").orElse(""), 600);
  }

  /// The colour of the severity; green once it is over.
  static String sign(Body alert) {
    if (isResolved(alert)) {
      return "🟢";
    }
    return switch (alert.text("severity").orElse("")) {
      case "critical" -> "🔴";
      case "warning" -> "🟠";
      default -> "🔵";
    };
  }

  private static boolean isResolved(Body alert) {
    return alert.text("state").equals(Optional.of("resolved"));
  }

  private static String word(Body alert) {
    return isResolved(alert) ? "Resolved" : capital(alert.text("severity").orElse("Alert"));
  }

  private static String capital(String word) {
    return word.isEmpty() ? "" : Character.toUpperCase(word.charAt(0)) + word.substring(1);
  }

  private static String changeWords(String type, Body alert) {
    String severity = escape(alert.text("severity").orElse(""), 20);
    String from =
        alert
            .text("former_severity")
            .filter(former -> !former.equals(severity))
            .map(former -> " from " + escape(former, 20))
            .orElse("");
    return switch (type) {
      case "alert.escalated" -> "Escalated" + from + " to " + severity + ".";
      case "alert.deescalated" -> "Deescalated" + from + " to " + severity + ".";
      case "alert.updated" ->
          "Now firing: " + escape(String.join(", ", alert.texts("rules")), 300) + ".";
      case "alert.repeated" -> "Still firing (" + severity + ").";
      case "alert.late" -> "A late charge changed a closed period.";
      case "alert.resolved" ->
          "Resolved: "
              + escape(alert.text("reason").orElse("recovered").replace('_', ' '), 40)
              + ".";
      default -> "Firing (" + severity + ").";
    };
  }

  private static List<String> fields(Body alert, Body budget) {
    String unit = budget.text("unit").map(code -> " " + escape(code, 64)).orElse("");
    var fields = new ArrayList<String>();
    field(fields, "Spent", spent(budget, unit));
    field(
        fields, "Used", budget.number("used").map(used -> bar(used) + " " + Figures.percent(used)));
    field(fields, "Burn", burn(budget));
    field(fields, "Forecast", forecast(budget.object("forecast"), unit));
    field(
        fields,
        "Runway",
        budget
            .number("runway_seconds")
            .map(seconds -> Figures.duration(Duration.ofSeconds(seconds.longValue()))));
    field(fields, "Period", period(budget.object("period")));
    field(fields, "Labels", labels(alert));
    field(
        fields,
        "Rules",
        Optional.of(String.join(", ", alert.texts("rules")))
            .filter(text -> !text.isEmpty())
            .map(text -> escape(text, 400)));
    field(
        fields,
        "Data",
        budget
            .text("data_state")
            .map(state ->
                escape(state, 20)
                    + budget.text("data_as_of").map(at -> ", as of " + escape(at, 40)).orElse("")));
    return fields;
  }

  private static void field(List<String> fields, String title, Optional<String> value) {
    value.ifPresent(text -> fields.add("*" + title + "*\n" + text));
  }

  private static Optional<String> spent(Body budget, String unit) {
    Optional<String> limit = budget.text("limit").flatMap(SlackMessage::amount);
    return budget
        .text("spent")
        .flatMap(SlackMessage::amount)
        .map(spent -> spent + limit.map(text -> " of " + text).orElse("") + unit);
  }

  private static String bar(BigDecimal used) {
    int full =
        used.multiply(BigDecimal.valueOf(BAR_CELLS))
            .min(BigDecimal.valueOf(BAR_CELLS))
            .max(BigDecimal.ZERO)
            .intValue();
    return "`" + "█".repeat(full) + "░".repeat(BAR_CELLS - full) + "`";
  }

  private static Optional<String> burn(Body budget) {
    String text =
        budget.object("burn").asNumbers().entrySet().stream()
            .limit(6)
            .map(entry -> escape(entry.getKey(), 10) + " " + Figures.times(entry.getValue()))
            .collect(Collectors.joining(" · "));
    return text.isEmpty() ? Optional.empty() : Optional.of(text);
  }

  private static Optional<String> forecast(Body forecast, String unit) {
    Function<String, Optional<String>> part =
        name -> forecast.text(name).flatMap(SlackMessage::amount);
    return part.apply("p50")
        .map(middle ->
            middle
                + unit
                + range(part.apply("p10"), part.apply("p90"))
                + forecast
                    .number("prob_over")
                    .map(over -> "\n" + Figures.percent(over) + " likely over the limit")
                    .orElse(""));
  }

  private static String range(Optional<String> low, Optional<String> high) {
    return low.isPresent() && high.isPresent() ? " (" + low.get() + " – " + high.get() + ")" : "";
  }

  private static Optional<String> period(Body period) {
    Optional<String> end = period.text("end").map(text -> escape(text, 40));
    return period
        .text("start")
        .map(start ->
            escape(start, 40)
                + end.map(text -> " to " + text).orElse("")
                + period.text("zone").map(zone -> " (" + escape(zone, 60) + ")").orElse(""));
  }

  private static Optional<String> labels(Body holder) {
    Map<String, String> labels = holder.object("labels").asTexts();
    return labels.isEmpty() ? Optional.empty() : Optional.of(escape(joined(labels), 800));
  }

  private static String joined(Map<String, String> labels) {
    return labels.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + entry.getValue())
        .collect(Collectors.joining(", "));
  }

  private static String top(Body body) {
    String unit = body.object("budget").text("unit").map(u -> " " + escape(u, 64)).orElse("");
    String lines =
        body.objects("top").stream()
            .limit(5)
            .map(part -> topLine(part, unit))
            .collect(Collectors.joining("\n"));
    return lines.isEmpty() ? "" : "*Largest parts*\n" + lines;
  }

  private static String topLine(Body part, String unit) {
    String labels = joined(part.object("labels").asTexts());
    return "• "
        + escape(labels.isEmpty() ? "everything else" : labels, 250)
        + ": "
        + part.text("spent").flatMap(SlackMessage::amount).orElse("?")
        + unit
        + part.text("change")
            .flatMap(SlackMessage::decimal)
            .map(change -> " (" + escape(Figures.change(change), 60) + ")")
            .orElse("");
  }

  private static String links(Body body) {
    var links = new ArrayList<String>();
    Body ours = body.object("links");
    ours.text("budget").flatMap(url -> SlackText.link(url, "Budget")).ifPresent(links::add);
    ours.text("explain").flatMap(url -> SlackText.link(url, "Explain")).ifPresent(links::add);
    body.object("alert")
        .text("runbook")
        .flatMap(url -> SlackText.link(url, "Runbook"))
        .ifPresent(links::add);
    return String.join(" · ", links);
  }

  private static String footer(Body body, Notification notification) {
    String id = notification.id();
    return escape(notification.type(), 40)
        + " · "
        + escape(body.text("time").orElse(""), 40)
        + " · "
        + escape(id.substring(0, Math.min(id.length(), SHORT_ID)), SHORT_ID);
  }

  private static Optional<String> amount(String text) {
    return decimal(text).map(value -> escape(Figures.amount(value), 60));
  }

  private static Optional<BigDecimal> decimal(String text) {
    try {
      return Optional.of(new BigDecimal(text));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
