package dev.spendwarden.notify.slack;

import static dev.spendwarden.notify.slack.SlackText.escape;

import dev.spendwarden.notify.AlertNotes;
import dev.spendwarden.notify.Body;
import dev.spendwarden.notify.Figures;
import dev.spendwarden.notify.LastTold;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.notify.Payload;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A notification as Slack shows it. Pure: made from the frozen body and what is handed in beside
/// it, so every attempt sends the same. Everything in it that is not ours is escaped and bounded;
/// all of it together stays below the 12,000 characters at which Slack refuses a message whose
/// blocks are each legal.
///
/// @param text what a phone's notification and a screen reader say
/// @param blocksJson the JSON array of Block Kit blocks
record SlackMessage(String text, String blocksJson) {

  /// What of the id is shown: enough to find the notification by.
  private static final int SHORT_ID = 16;

  /// What a message shows beside its notification.
  ///
  /// @param before what this receiver was last told of the alert
  /// @param note what people have said of the alert by now
  /// @param buttons whether there are any: only where presses are heard
  /// @param verdict what somebody has decided of a proposed action, in plain text; it then has no
  ///   buttons any more
  record View(
      Optional<LastTold> before, AlertNotes.Note note, boolean buttons, Optional<String> verdict) {
    static final View PLAIN =
        new View(Optional.empty(), AlertNotes.Note.NONE, false, Optional.empty());
  }

  /// The message without anything beside it: all that an incoming webhook can show.
  static SlackMessage of(Notification notification) {
    return of(notification, View.PLAIN);
  }

  /// The whole message: what `chat.postMessage` posts and `chat.update` puts in its place.
  static SlackMessage of(Notification notification, View view) {
    Body body = Body.of(notification);
    if (!body.object("alert").isEmpty()) {
      return ofAlert(body, notification, view);
    }
    if (!body.object("group").isEmpty()) {
      return SlackGroup.of(body, footer(body, notification));
    }
    return body.object("action").isEmpty()
        ? ofNews(body, notification)
        : ofAction(body, notification, view);
  }

  /// The line in the thread that tells one change.
  static SlackMessage change(Notification notification, Optional<LastTold> before) {
    Body body = Body.of(notification);
    Body alert = body.object("alert");
    String what = "*" + changeWords(notification.type(), alert) + "* " + summary(alert);
    var blocks =
        new Blocks().section(what).section(since(before, body)).context(footer(body, notification));
    return new SlackMessage(what, blocks.toJson());
  }

  private static SlackMessage ofAlert(Body body, Notification notification, View view) {
    Body alert = body.object("alert");
    String title = title(alert);
    String summary = summary(alert);
    List<Blocks.Button> buttons = view.buttons() ? Buttons.ofAlert(alert, view.note()) : List.of();
    var blocks =
        new Blocks()
            .header(title)
            .section(summary)
            .fields(BudgetText.fields(alert, body.object("budget")))
            .section(since(view.before(), body))
            .section(BudgetText.top(body))
            .section(links(body))
            .section(noted(view.note()))
            .buttons(Buttons.blockId(notification), buttons)
            .context(footer(body, notification));
    return new SlackMessage(title + ". " + summary, blocks.toJson());
  }

  private static String title(Body alert) {
    return sign(alert) + " " + word(alert) + ": " + escape(alert.text("policy").orElse("?"), 110);
  }

  /// What has changed since this receiver was last told, where anything has.
  private static String since(Optional<LastTold> before, Body body) {
    if (before.isEmpty()) {
      return "";
    }
    List<String> changes = before.get().changesTo(LastTold.of(body));
    if (changes.isEmpty()) {
      return "";
    }
    return "*Since "
        + escape(Figures.moment(before.get().time()), 40)
        + "*\n"
        + escape(String.join(" · ", changes), 600);
  }

  private static String noted(AlertNotes.Note note) {
    var lines = new ArrayList<String>();
    note.ackedBy().ifPresent(who -> lines.add("👀 Acknowledged by " + escape(who, 100)));
    note.quietUntil()
        .filter(until -> until.isBefore(Instant.MAX))
        .ifPresent(until ->
            lines.add("🔕 Silenced until " + escape(Figures.moment(until.toString()), 40)));
    return String.join("\n", lines);
  }

  /// A drill, a heartbeat, or a kind of news this version does not know.
  private static SlackMessage ofNews(Body body, Notification notification) {
    String sign =
        switch (notification.type()) {
          case Payload.Heartbeat.TYPE -> "💓 Heartbeat: ";
          case Payload.Drill.TYPE -> "🧪 Drill: ";
          default -> "🔔 " + escape(notification.type(), 40) + ": ";
        };
    String title = sign + escape(notification.receiver(), 90);
    String summary = escape(body.text("summary").orElse("This has no text."), 600);
    var blocks = new Blocks().header(title).section(summary).context(footer(body, notification));
    return new SlackMessage(title + ". " + summary, blocks.toJson());
  }

  private static SlackMessage ofAction(Body body, Notification notification, View view) {
    Body action = body.object("action");
    String title =
        "🛠 Action "
            + escape(action.text("action").orElse("?"), 80)
            + ": "
            + escape(action.text("state").orElse("?"), 40);
    String reason = escape(action.text("reason").orElse(""), 600);
    var fields = new ArrayList<String>();
    BudgetText.field(fields, "Policy", action.text("policy").map(text -> escape(text, 200)));
    BudgetText.field(fields, "Mode", action.text("mode").map(text -> escape(text, 40)));
    BudgetText.field(fields, "Labels", BudgetText.labels(action));
    BudgetText.field(
        fields,
        "Targets",
        Optional.of(String.join(", ", action.texts("targets")))
            .filter(text -> !text.isEmpty())
            .map(text -> escape(text, 600)));
    BudgetText.field(
        fields, "Due", action.text("due_at").map(Figures::moment).map(text -> escape(text, 40)));
    BudgetText.field(
        fields, "Decided by", action.text("decided_by").map(text -> escape(text, 100)));
    BudgetText.field(fields, "Outcome", action.text("outcome").map(text -> escape(text, 600)));
    boolean open = view.buttons() && view.verdict().isEmpty();
    var blocks =
        new Blocks()
            .header(title)
            .section(reason)
            .fields(fields)
            .section(links(body))
            .section(view.verdict().map(text -> "⚖️ " + escape(text, 300)).orElse(""))
            .buttons(Buttons.blockId(notification), open ? Buttons.ofAction(action) : List.of())
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

  static boolean isResolved(Body alert) {
    return alert.text("state").equals(Optional.of("resolved"));
  }

  private static String word(Body alert) {
    return isResolved(alert) ? "Resolved" : capital(alert.text("severity").orElse("Alert"));
  }

  private static String capital(String word) {
    return word.isEmpty()
        ? ""
        : Character.toUpperCase(word.charAt(0)) + escape(word.substring(1), 20);
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
        + escape(body.text("time").map(Figures::moment).orElse(""), 40)
        + " · "
        + escape(id.substring(0, Math.min(id.length(), SHORT_ID)), SHORT_ID);
  }
}
