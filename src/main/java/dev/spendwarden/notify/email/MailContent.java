package dev.spendwarden.notify.email;

import dev.spendwarden.notify.Body;
import dev.spendwarden.notify.Figures;
import dev.spendwarden.notify.ForeignText;
import dev.spendwarden.notify.LastTold;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.notify.Payload;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a mail says, before it is text or HTML. Pure; made from the frozen body and what was told
/// before. Bounded, and free of control and invisible characters.
///
/// @param subject one line
/// @param paragraphs the summary, and lists of lines below their headings
/// @param rows figures, each with its name
/// @param footer which notification this is
record MailContent(
    String subject, List<Paragraph> paragraphs, List<Row> rows, List<Link> links, String footer) {

  private static final int LINE = 400;

  /// Of a group of alerts, how many are named.
  private static final int GROUP_SHOWN = 100;

  /// @param heading empty for none
  record Paragraph(String heading, List<String> lines) {}

  record Row(String name, String value) {}

  record Link(String name, String url) {}

  static MailContent of(Notification notification, Optional<LastTold> before) {
    Body body = Body.of(notification);
    Body alert = body.object("alert");
    Body action = body.object("action");
    if (!alert.isEmpty()) {
      return ofAlert(body, alert, before, notification);
    }
    if (!action.isEmpty()) {
      return ofAction(body, action, notification);
    }
    return ofNews(body, notification);
  }

  private static MailContent ofAlert(
      Body body, Body alert, Optional<LastTold> before, Notification notification) {
    String labels = labels(alert);
    String subject =
        word(alert)
            + ": "
            + alert.text("policy").orElse("?")
            + (labels.isEmpty() ? "" : " (" + labels + ")");
    var paragraphs = new ArrayList<Paragraph>();
    alert.text("summary").ifPresent(text -> paragraphs.add(paragraph("", List.of(text))));
    before.ifPresent(told -> {
      List<String> changes = told.changesTo(LastTold.of(body));
      if (!changes.isEmpty()) {
        paragraphs.add(paragraph("Since " + told.time(), changes));
      }
    });
    List<String> parts =
        body.objects("top").stream().limit(5).map(p -> part(p, unit(body))).toList();
    if (!parts.isEmpty()) {
      paragraphs.add(paragraph("Largest parts", parts));
    }
    return new MailContent(
        clean(subject, 150), paragraphs, rows(alert, body), links(body), footer(notification));
  }

  private static String word(Body alert) {
    String state = alert.text("state").orElse("");
    String word = state.equals("resolved") ? state : alert.text("severity").orElse("alert");
    return word.isEmpty() ? "" : Character.toUpperCase(word.charAt(0)) + word.substring(1);
  }

  private static List<Row> rows(Body alert, Body body) {
    Body budget = body.object("budget");
    Body forecast = budget.object("forecast");
    String unit = unit(body);
    var rows = new ArrayList<Row>();
    row(rows, "Severity", alert.text("severity"));
    row(rows, "Reason", alert.text("reason").map(reason -> reason.replace('_', ' ')));
    row(rows, "Rules", joined(alert.texts("rules")));
    Optional<String> limit = amount(budget, "limit");
    row(
        rows,
        "Spent",
        amount(budget, "spent")
            .map(spent -> spent + limit.map(text -> " of " + text).orElse("") + unit));
    row(rows, "Used", budget.number("used").map(Figures::percent));
    row(
        rows,
        "Burn",
        joined(
            budget.object("burn").asNumbers().entrySet().stream()
                .limit(6)
                .map(entry -> entry.getKey() + " " + Figures.times(entry.getValue()))
                .toList()));
    row(
        rows,
        "Forecast",
        amount(forecast, "p50")
            .map(middle ->
                middle
                    + unit
                    + amount(forecast, "p10")
                        .flatMap(low ->
                            amount(forecast, "p90").map(high -> " (" + low + " – " + high + ")"))
                        .orElse("")));
    row(rows, "Likely over", forecast.number("prob_over").map(Figures::percent));
    row(
        rows,
        "Runway",
        budget
            .number("runway_seconds")
            .map(seconds -> Figures.duration(Duration.ofSeconds(seconds.longValue()))));
    Body period = budget.object("period");
    row(
        rows,
        "Period",
        period
            .text("start")
            .filter(start -> Figures.isBounded(period))
            .flatMap(start ->
                period
                    .text("end")
                    .map(end ->
                        Figures.moment(start)
                            + " to "
                            + Figures.moment(end)
                            + period.text("zone").map(zone -> " (" + zone + ")").orElse(""))));
    row(
        rows,
        "Data",
        budget
            .text("data_state")
            .map(state ->
                state
                    + budget
                        .text("data_as_of")
                        .map(at -> ", as of " + Figures.moment(at))
                        .orElse("")));
    return rows;
  }

  private static MailContent ofAction(Body body, Body action, Notification notification) {
    String subject =
        "Action " + action.text("action").orElse("?") + ": " + action.text("state").orElse("?");
    var rows = new ArrayList<Row>();
    row(rows, "Policy", action.text("policy"));
    row(rows, "Mode", action.text("mode"));
    row(rows, "Labels", Optional.of(labels(action)).filter(text -> !text.isEmpty()));
    row(rows, "Targets", joined(action.texts("targets")));
    row(rows, "Due", action.text("due_at").map(Figures::moment));
    row(rows, "Decided by", action.text("decided_by"));
    row(rows, "Outcome", action.text("outcome"));
    return new MailContent(
        clean(subject, 150),
        action.text("reason").map(text -> paragraph("", List.of(text))).stream().toList(),
        rows,
        links(body),
        footer(notification));
  }

  /// A drill, a heartbeat, a group of alerts, or a kind of news this version does not know.
  private static MailContent ofNews(Body body, Notification notification) {
    List<Body> alerts = body.objects("alerts");
    String subject =
        switch (notification.type()) {
          case Payload.Drill.TYPE -> "Drill: " + notification.receiver();
          case Payload.Heartbeat.TYPE -> "Heartbeat: " + notification.receiver();
          default ->
              alerts.isEmpty()
                  ? notification.type() + ": " + notification.receiver()
                  : Math.max(alerts.size(), count(body)) + " alerts";
        };
    var paragraphs = new ArrayList<Paragraph>();
    body.text("summary").ifPresent(text -> paragraphs.add(paragraph("", List.of(text))));
    if (!alerts.isEmpty()) {
      paragraphs.add(
          paragraph(
              "Alerts", alerts.stream().limit(GROUP_SHOWN).map(MailContent::inGroup).toList()));
      int more = Math.max(alerts.size(), count(body)) - Math.min(alerts.size(), GROUP_SHOWN);
      if (more > 0) {
        paragraphs.add(paragraph("", List.of("… and " + more + " more")));
      }
    }
    return new MailContent(
        clean(subject, 150), paragraphs, List.of(), links(body), footer(notification));
  }

  /// Of all alerts of a group, those that are not listed included.
  private static int count(Body body) {
    Body group = body.object("group");
    return Stream.of("firing", "resolved")
        .flatMap(field -> group.number(field).stream())
        .mapToInt(BigDecimal::intValue)
        .sum();
  }

  /// An entry may be an alert, or hold one beside its budget.
  private static String inGroup(Body entry) {
    Body inner = entry.object("alert");
    Body alert = inner.isEmpty() ? entry : inner;
    return word(alert)
        + ": "
        + alert.text("policy").orElse("?")
        + alert.text("summary").map(text -> ", " + text).orElse("");
  }

  private static void row(List<Row> rows, String name, Optional<String> value) {
    value.ifPresent(text -> rows.add(new Row(name, clean(text, LINE))));
  }

  private static Paragraph paragraph(String heading, List<String> lines) {
    return new Paragraph(clean(heading, LINE), lines.stream().map(l -> clean(l, LINE)).toList());
  }

  private static Optional<String> joined(List<String> words) {
    return words.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", words));
  }

  private static String labels(Body holder) {
    Map<String, String> labels = holder.object("labels").asTexts();
    return labels.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + entry.getValue())
        .collect(Collectors.joining(", "));
  }

  private static String part(Body part, String unit) {
    String labels = labels(part);
    return (labels.isEmpty() ? "everything else" : labels)
        + ": "
        + amount(part, "spent").orElse("?")
        + unit
        + decimal(part, "change").map(change -> " (" + Figures.change(change) + ")").orElse("");
  }

  private static String unit(Body body) {
    return body.object("budget").text("unit").map(code -> " " + code).orElse("");
  }

  private static Optional<String> amount(Body holder, String field) {
    return decimal(holder, field).map(Figures::amount);
  }

  private static Optional<BigDecimal> decimal(Body holder, String field) {
    try {
      return holder.text(field).map(BigDecimal::new);
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static List<Link> links(Body body) {
    var links = new ArrayList<Link>();
    Body ours = body.object("links");
    link(links, "Budget", ours.text("budget"));
    link(links, "Explain", ours.text("explain"));
    link(links, "Runbook", body.object("alert").text("runbook"));
    return links;
  }

  /// Only addresses of the web, whole: others could be made to do something when followed.
  private static void link(List<Link> links, String name, Optional<String> url) {
    url.filter(MailContent::isWeb).ifPresent(address -> links.add(new Link(name, address)));
  }

  private static boolean isWeb(String url) {
    try {
      String scheme = new URI(url).getScheme();
      return "https".equalsIgnoreCase(scheme) || "http".equalsIgnoreCase(scheme);
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static String footer(Notification notification) {
    return clean(notification.type() + " · " + notification.id(), LINE);
  }

  private static String clean(String text, int max) {
    return ForeignText.forPeople(text, max);
  }

  String asText() {
    var out = new StringBuilder();
    for (Paragraph paragraph : paragraphs) {
      if (!paragraph.heading().isEmpty()) {
        out.append(paragraph.heading()).append(":\n");
      }
      String indent = paragraph.heading().isEmpty() ? "" : "  - ";
      paragraph.lines().forEach(line -> out.append(indent).append(line).append('\n'));
      out.append('\n');
    }
    rows.forEach(row -> out.append(row.name()).append(": ").append(row.value()).append('\n'));
    if (!links.isEmpty()) {
      out.append('\n');
      links.forEach(link -> out.append(link.name()).append(": ").append(link.url()).append('\n'));
    }
    return out.append("\n-- \n").append(footer).append('\n').toString();
  }

  /// Without scripts, pictures or anything that is fetched; what is foreign is escaped.
  String asHtml() {
    var out = new StringBuilder("<!doctype html>\n<html><body style=\"font-family:sans-serif\">\n");
    for (Paragraph paragraph : paragraphs) {
      if (paragraph.heading().isEmpty()) {
        paragraph.lines().forEach(line -> out.append(element("p", line)));
      } else {
        out.append(element("h3", paragraph.heading())).append("<ul>\n");
        paragraph.lines().forEach(line -> out.append(element("li", line)));
        out.append("</ul>\n");
      }
    }
    if (!rows.isEmpty()) {
      out.append("<table>\n");
      for (Row row : rows) {
        out.append("<tr><th align=\"left\">")
            .append(escape(row.name()))
            .append("</th><td>")
            .append(escape(row.value()))
            .append("</td></tr>\n");
      }
      out.append("</table>\n");
    }
    if (!links.isEmpty()) {
      out.append("<p>");
      for (Link link : links) {
        out.append("<a href=\"%s\">%s</a> ".formatted(escape(link.url()), escape(link.name())));
      }
      out.append("</p>\n");
    }
    return out.append("<p><small>")
        .append(escape(footer))
        .append("</small></p>\n</body></html>\n")
        .toString();
  }

  private static String element(String name, String text) {
    return "<" + name + ">" + escape(text) + "</" + name + ">\n";
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
