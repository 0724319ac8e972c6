package dev.spendwarden.notify.email;

import jakarta.mail.internet.MimeUtility;
import java.io.UnsupportedEncodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A mail as it goes over the wire: headers, then the same content as text and as HTML. Pure and
/// deterministic: its date is the event's, its id and the boundary come from the notification, so
/// every attempt sends the same bytes. Bodies are base64: no line of them can be taken for a
/// header, a boundary or the end.
///
/// @param id without angle brackets
/// @param thread the id of the first mail about this alert; empty for that one
record MailMessage(
    String id,
    Optional<String> thread,
    Instant date,
    String from,
    List<String> to,
    String type,
    MailContent content) {

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private static final Base64.Encoder LINES =
      Base64.getMimeEncoder(76, "\r\n".getBytes(StandardCharsets.US_ASCII));

  byte[] toBytes() {
    String boundary = "=_" + id.replaceAll("[^A-Za-z0-9]", "_");
    var out = new StringBuilder();
    header(out, "Date", DATE.format(date));
    header(out, "From", from);
    header(out, "To", String.join(",\r\n ", to));
    header(out, "Message-ID", "<" + id + ">");
    thread.ifPresent(first -> {
      header(out, "In-Reply-To", "<" + first + ">");
      header(out, "References", "<" + first + ">");
    });
    header(out, "Subject", encoded(content.subject()));
    header(out, "Auto-Submitted", "auto-generated");
    header(out, "X-Spendwarden-Type", type.replaceAll("[^A-Za-z0-9._-]", ""));
    header(out, "MIME-Version", "1.0");
    header(out, "Content-Type", "multipart/alternative;\r\n boundary=\"" + boundary + "\"");
    out.append("\r\n");
    part(out, boundary, "text/plain", content.asText());
    part(out, boundary, "text/html", content.asHtml());
    out.append("--").append(boundary).append("--\r\n");
    return out.toString().getBytes(StandardCharsets.US_ASCII);
  }

  private static void header(StringBuilder out, String name, String value) {
    out.append(name).append(": ").append(value).append("\r\n");
  }

  private static void part(StringBuilder out, String boundary, String type, String text) {
    out.append("--").append(boundary).append("\r\n");
    header(out, "Content-Type", type + "; charset=UTF-8");
    header(out, "Content-Transfer-Encoding", "base64");
    out.append("\r\n");
    out.append(LINES.encodeToString(text.getBytes(StandardCharsets.UTF_8))).append("\r\n");
  }

  /// Foreign text without control characters comes in; printable ASCII goes out, folded.
  private static String encoded(String subject) {
    try {
      return MimeUtility.fold("Subject: ".length(), MimeUtility.encodeText(subject, "UTF-8", "B"));
    } catch (UnsupportedEncodingException e) {
      throw new IllegalStateException("every Java knows UTF-8", e);
    }
  }
}
