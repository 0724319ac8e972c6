package dev.spendwarden.notify.webhook;

import dev.spendwarden.notify.DeliveryResult;
import dev.spendwarden.notify.HttpAnswers;
import dev.spendwarden.notify.HttpPost;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.notify.Notifier;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// Posts a notification to an address, signed by Standard Webhooks. Id and body are the same in
/// every attempt; the timestamp is the attempt's. Without a secret there is no `webhook-signature`.
public final class WebhookNotifier implements Notifier {

  private final Settings settings;
  private final HttpPost http;
  private final InstantSource clock;

  public WebhookNotifier(Settings settings, HttpPost http, InstantSource clock) {
    this.settings = settings;
    this.http = http;
    this.clock = clock;
  }

  /// @param url asked for in every attempt, so that a rotated file takes effect; may throw when it
  ///   cannot be read
  /// @param secrets likewise: `whsec_` and base64, newest first; one signature for each, so that
  ///   receivers can change over. Empty: not signed
  /// @param timeout for one whole attempt
  public record Settings(
      Supplier<URI> url, Supplier<List<String>> secrets, BodyFormat format, Duration timeout) {}

  @Override
  public DeliveryResult send(Notification notification, Optional<String> memory) {
    byte[] body = settings.format().render(notification).getBytes(StandardCharsets.UTF_8);
    List<String> secrets = settings.secrets().get();
    Map<String, String> headers;
    try {
      headers = headers(notification, body, secrets);
    } catch (IllegalArgumentException e) {
      // A bad secret is ours to mend; until then nothing is lost.
      return new DeliveryResult.Retry(StandardWebhooks.BAD_SECRET, Optional.empty());
    }
    HttpPost.Response response = http.post(settings.url().get(), headers, body, settings.timeout());
    return HttpAnswers.classify(response, clock.instant());
  }

  private Map<String, String> headers(
      Notification notification, byte[] body, List<String> secrets) {
    Instant now = clock.instant();
    var headers = new LinkedHashMap<String, String>();
    headers.put("content-type", settings.format().contentType());
    headers.putAll(StandardWebhooks.headers(notification.id(), now, body, secrets));
    return headers;
  }
}
