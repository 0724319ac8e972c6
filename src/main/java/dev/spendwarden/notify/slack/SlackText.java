package dev.spendwarden.notify.slack;

import dev.spendwarden.notify.ForeignText;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;

/// Foreign text and addresses in Slack's own notation. Pure.
final class SlackText {

  private SlackText() {}

  /// Escaped as Slack asks (`&`, `<`, `>`), so that no mention, link or channel can be smuggled in;
  /// without control and bidirectional characters; at most `max` characters after escaping.
  static String escape(String text, int max) {
    String clean = ForeignText.forPeople(text, max);
    var out = new StringBuilder(clean.length());
    for (int i = 0; i < clean.length(); ) {
      int point = clean.codePointAt(i);
      i += Character.charCount(point);
      String next = escape(point);
      int room = i < clean.length() ? 1 : 0;
      if (out.length() + next.length() + room > max) {
        return out.append('…').toString();
      }
      out.append(next);
    }
    return out.toString();
  }

  private static String escape(int point) {
    return switch (point) {
      case '&' -> "&amp;";
      case '<' -> "&lt;";
      case '>' -> "&gt;";
      default -> Character.toString(point);
    };
  }

  /// `<url|text>`, or nothing when the address is not an http one that fits in it whole.
  static Optional<String> link(String url, String text) {
    try {
      String scheme = new URI(url).getScheme();
      boolean web = "https".equalsIgnoreCase(scheme) || "http".equalsIgnoreCase(scheme);
      // A valid address holds no '<', '>' or '|'; '&' has to be escaped.
      return web
          ? Optional.of("<" + url.replace("&", "&amp;") + "|" + escape(text, 75) + ">")
          : Optional.empty();
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }
}
