package dev.spendwarden.notify.slack;

import static dev.spendwarden.notify.slack.SlackText.escape;

import dev.spendwarden.notify.Body;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// A group's message: how many of what, the most important alerts in a line each, and where all of
/// them are. Pure.
final class SlackGroup {

  private static final int LINES_MAX = 20;

  private SlackGroup() {}

  static SlackMessage of(Body body, String footer) {
    Body group = body.object("group");
    String labels =
        group.object("labels").asTexts().entrySet().stream()
            .map(label -> label.getKey() + "=" + label.getValue())
            .collect(Collectors.joining(", "));
    String title =
        sign(group, body.objects("alerts"))
            + " Alerts"
            + (labels.isEmpty() ? "" : ": " + escape(labels, 110));
    String summary = escape(body.text("summary").orElse(""), 600);
    List<Body> alerts = body.objects("alerts");
    var blocks = new Blocks().header(title).section(summary);
    int shown = Math.min(alerts.size(), LINES_MAX);
    for (int from = 0; from < shown; from += 5) {
      blocks =
          blocks.section(
              alerts.subList(from, Math.min(shown, from + 5)).stream()
                  .map(SlackGroup::line)
                  .collect(Collectors.joining("\n")));
    }
    int all = number(group, "firing") + number(group, "resolved");
    if (all > shown) {
      blocks = blocks.section("… and " + (all - shown) + " more");
    }
    return new SlackMessage(
        title + ". " + summary, blocks.section(links(body)).context(footer).toJson());
  }

  private static String sign(Body group, List<Body> alerts) {
    if (number(group, "firing") == 0) {
      return "🟢";
    }
    return alerts.isEmpty() ? "🔴" : SlackMessage.sign(alerts.getFirst().object("alert"));
  }

  private static String line(Body part) {
    Body alert = part.object("alert");
    return SlackMessage.sign(alert)
        + " *"
        + escape(alert.text("policy").orElse("?"), 80)
        + "* "
        + escape(alert.text("summary").orElse(""), 200);
  }

  private static int number(Body holder, String field) {
    return holder.number(field).map(value -> value.intValue()).orElse(0);
  }

  private static String links(Body body) {
    var links = new ArrayList<String>();
    Optional<String> alerts = body.object("links").text("alerts");
    alerts.flatMap(url -> SlackText.link(url, "All alerts")).ifPresent(links::add);
    return String.join(" · ", links);
  }
}
