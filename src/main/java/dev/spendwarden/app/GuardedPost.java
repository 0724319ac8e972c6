package dev.spendwarden.app;

import dev.spendwarden.notify.HttpPost;
import dev.spendwarden.sources.http.Answer;
import dev.spendwarden.sources.http.Ask;
import dev.spendwarden.sources.http.GuardedClient;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/// Receivers' posts through the same guarded client that polls the providers.
final class GuardedPost implements HttpPost {

  /// Of a receiver's answer only the start is of any use, in an error message. However long the
  /// page is that comes with a 2xx, the receiver has taken the message: sending it again would tell
  /// it twice.
  private static final long MAX_ANSWER_BYTES = 64 * 1024;

  private static final int TEXT_CHARS = 300;

  private final GuardedClient http;

  GuardedPost(GuardedClient http) {
    this.http = http;
  }

  @Override
  public Response post(URI url, Map<String, String> headers, byte[] body, Duration timeout) {
    return switch (http.sendForStatus(Ask.post(url, headers, body, timeout, MAX_ANSWER_BYTES))) {
      case Answer.Ok answer -> {
        String text = answer.text();
        yield new Response.Status(
            answer.status(),
            byLowerCaseName(answer),
            text.substring(0, Math.min(TEXT_CHARS, text.length())));
      }
      case Answer.Failed failed -> new Response.NoAnswer(failed.reason().word(), failed.detail());
    };
  }

  private static Map<String, String> byLowerCaseName(Answer.Ok answer) {
    var headers = new HashMap<String, String>();
    answer.headers().first("retry-after").ifPresent(value -> headers.put("retry-after", value));
    answer.headers().first("content-type").ifPresent(value -> headers.put("content-type", value));
    return headers;
  }
}
