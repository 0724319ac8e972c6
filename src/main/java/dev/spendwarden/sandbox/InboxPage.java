package dev.spendwarden.sandbox;

import dev.spendwarden.sandbox.SlackTwin.Message;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The inbox as a page: newest first, Slack messages as Slack would show them, the rest as
/// received. One file without scripts; everything that came from outside is escaped.
final class InboxPage {

  /// How many cards one page shows.
  private static final int SHOWN = 200;

  /// Stands for nothing in text, so it can mark a link while the rest is escaped.
  private static final String MARK = "\u0001";

  private static final Pattern LINK =
      Pattern.compile("<(https?://[^|>\\s" + MARK + "]+)\\|([^>" + MARK + "]+)>");
  private static final Pattern MARKED =
      Pattern.compile(MARK + "([^" + MARK + "]+)" + MARK + "([^" + MARK + "]+)" + MARK);
  private static final Pattern CODE = Pattern.compile("`([^`\\n]+)`");
  private static final Pattern BOLD = Pattern.compile("\\*([^*\\n]+)\\*");

  private static final String HEAD =
      """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8"><title>Sandbox inbox</title>
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark"><meta http-equiv="refresh" content="3">
      <style>
      :root { --page: #f6f7f9; --card: #fff; --ink: #1c2330; --soft: #5b6575; --line: #dde2ea;
              --accent: #3b5bdb; }
      @media (prefers-color-scheme: dark) {
        :root { --page: #12151b; --card: #1b2029; --ink: #e6e9ef; --soft: #9aa4b5;
                --line: #2c3442; --accent: #8da2fb; } }
      body { margin: 0; background: var(--page); color: var(--ink);
             font: 15px/1.5 system-ui, sans-serif; }
      main { max-width: 50rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
      h1 { font-size: 1.4rem; margin: 0 0 .25rem; } h2 { font-size: 1.05rem; margin: .25rem 0; }
      p { margin: .35rem 0; white-space: pre-wrap; overflow-wrap: anywhere; }
      .soft, summary { color: var(--soft); font-size: .85rem; }
      article { background: var(--card); border: 1px solid var(--line); border-radius: .6rem;
                padding: .8rem 1rem; margin: 1rem 0; }
      .to { color: var(--accent); font-weight: 600; }
      .fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(16rem, 1fr));
                gap: 0 1rem; }
      code { white-space: nowrap; letter-spacing: -.05em; color: var(--accent); }
      a { color: var(--accent); }
      .thread { border-left: 3px solid var(--line); padding-left: .9rem; margin-top: .6rem; }
      pre { overflow-x: auto; font-size: .82rem; margin: .4rem 0; white-space: pre-wrap;
            overflow-wrap: anywhere; }
      .buttons { display: flex; gap: .5rem; margin: .5rem 0; }
      button { font: inherit; padding: .2rem .7rem; border-radius: .4rem; cursor: pointer;
               border: 1px solid var(--line); background: var(--page); color: var(--ink); }
      img { max-width: 100%; border-radius: .4rem; }
      </style></head><body><main><h1>Sandbox inbox</h1>
      """;

  private record Card(Instant at, String html) {}

  private InboxPage() {}

  static String render(List<Inbox.Delivery> deliveries, List<Message> messages) {
    var cards = new ArrayList<Card>();
    for (Inbox.Delivery delivery : deliveries) {
      if (!delivery.receiver().startsWith("slack:")) {
        cards.add(new Card(delivery.at(), hook(delivery)));
      }
    }
    for (Message message : messages) {
      if (message.threadTs().isEmpty()) {
        List<Message> thread = SlackTwin.thread(messages, message.ts());
        Instant latest = thread.isEmpty() ? message.at() : thread.getLast().at();
        cards.add(new Card(latest, slack(message, thread)));
      }
    }
    cards.sort(Comparator.comparing(Card::at).reversed());
    var page = new StringBuilder(HEAD);
    page.append("<p class=\"soft\">")
        .append(cards.isEmpty() ? "Nothing has been delivered yet." : cards.size() + " delivered")
        .append(" · reloads by itself · <a href=\"/inbox.json\">as JSON</a></p>\n");
    cards.stream().limit(SHOWN).forEach(card -> page.append(card.html));
    return page.append("</main></body></html>\n").toString();
  }

  private static String hook(Inbox.Delivery delivery) {
    Map<String, @Nullable Object> body =
        Json.asObject(Json.parse(delivery.body()).orElse(delivery.body()));
    Map<String, @Nullable Object> alert = Json.asObject(body.get("alert"));
    var html = new StringBuilder("<article>");
    html.append(heading(delivery.receiver(), delivery.at(), Json.text(body, "type")));
    if (!alert.isEmpty()) {
      html.append("<h2>").append(escape(Json.text(alert, "policy"))).append("</h2><p>");
      html.append(escape(Json.text(alert, "summary"))).append("</p>");
    }
    html.append("<details><summary>as received</summary><pre>");
    delivery
        .headers()
        .forEach((name, value) -> html.append(escape(name + ": " + value)).append('\n'));
    return html.append('\n')
        .append(escape(delivery.body()))
        .append("</pre></details></article>\n")
        .toString();
  }

  private static String slack(Message message, List<Message> thread) {
    var html = new StringBuilder("<article>");
    String edited = message.edits() == 0 ? "" : "edited " + message.edits() + "×";
    html.append(heading("slack:" + message.channel(), message.at(), edited));
    html.append(content(message));
    if (!thread.isEmpty()) {
      html.append("<div class=\"thread\">");
      for (Message reply : thread) {
        html.append("<div class=\"soft\">").append(time(reply.at())).append("</div>");
        html.append(content(reply));
      }
      html.append("</div>");
    }
    return html.append("</article>\n").toString();
  }

  private static String heading(String receiver, Instant at, String note) {
    return "<div><span class=\"to\">%s</span> <span class=\"soft\">%s %s</span></div>"
        .formatted(escape(receiver), time(at), escape(note));
  }

  private static String content(Message message) {
    var html = new StringBuilder();
    if (message.blocks().isEmpty()) {
      html.append(paragraph(message.text()));
    }
    for (Object item : message.blocks()) {
      Map<String, @Nullable Object> block = Json.asObject(item);
      html.append(
          Json.text(block, "type").equals("actions") ? buttons(message, block) : block(block));
    }
    for (String file : message.files()) {
      html.append("<img alt=\"shared file\" src=\"/slack/files/")
          .append(escape(file))
          .append("\">");
    }
    return html.toString();
  }

  private static String block(Map<String, @Nullable Object> block) {
    var html = new StringBuilder();
    String text = Json.text(Json.asObject(block.get("text")), "text");
    if (Json.text(block, "type").equals("header")) {
      return html.append("<h2>").append(escape(text)).append("</h2>").toString();
    }
    if (!text.isEmpty()) {
      html.append(paragraph(text));
    }
    html.append(texts("fields", Json.asArray(block.get("fields"))));
    html.append(texts("soft", Json.asArray(block.get("elements"))));
    return html.toString();
  }

  /// Each button is a form of its own: the page has no scripts.
  private static String buttons(Message message, Map<String, @Nullable Object> block) {
    var html = new StringBuilder("<div class=\"buttons\">");
    for (Object element : Json.asArray(block.get("elements"))) {
      Map<String, @Nullable Object> button = Json.asObject(element);
      html.append(
          """
          <form method="post" action="/slack/press"><input type="hidden" name="ts" value="%s">\
          <button name="action" value="%s">%s</button></form>
          """
              .formatted(
                  escape(message.ts()),
                  escape(Json.text(button, "action_id")),
                  escape(Json.text(Json.asObject(button.get("text")), "text"))));
    }
    return html.append("</div>").toString();
  }

  private static String texts(String style, List<@Nullable Object> elements) {
    var html = new StringBuilder();
    for (Object element : elements) {
      Object text = Json.asObject(element).get("text");
      String words = text instanceof Map ? Json.text(Json.asObject(text), "text") : "" + text;
      html.append(text == null ? "" : paragraph(words));
    }
    return html.isEmpty() ? "" : "<div class=\"%s\">%s</div>".formatted(style, html);
  }

  /// Slack's mrkdwn as far as messages of ours use it. Links are written `<address|words>`; they
  /// are marked before everything is escaped, so that no escaped text can pass for one.
  private static String paragraph(String mrkdwn) {
    String plain =
        LINK.matcher(mrkdwn.replace(MARK, "")).replaceAll(MARK + "$1" + MARK + "$2" + MARK);
    plain = plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    String html = BOLD.matcher(escape(plain)).replaceAll("<b>$1</b>");
    html = CODE.matcher(html).replaceAll("<code>$1</code>");
    return "<p>" + MARKED.matcher(html).replaceAll("<a href=\"$1\">$2</a>") + "</p>";
  }

  private static String time(Instant at) {
    return at.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
