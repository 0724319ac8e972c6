package dev.spendwarden.notify.slack;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.spendwarden.notify.DeliveryResult;
import dev.spendwarden.notify.HttpAnswers;
import dev.spendwarden.notify.HttpPost;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.notify.Notifier;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// A Slack incoming webhook. It can neither edit nor reply, so every change is a message of its
/// own. A refusal is plain text (`no_service`, `invalid_payload`) and is kept in the error.
public final class SlackWebhookNotifier implements Notifier {

  private static final JsonFactory JSON = new JsonFactory();

  private final Settings settings;
  private final HttpPost http;
  private final InstantSource clock;

  public SlackWebhookNotifier(Settings settings, HttpPost http, InstantSource clock) {
    this.settings = settings;
    this.http = http;
    this.clock = clock;
  }

  /// @param url the whole address, which is a secret; asked for in every attempt
  /// @param timeout for one whole attempt
  public record Settings(Supplier<URI> url, Duration timeout) {}

  @Override
  public DeliveryResult send(Notification notification, Optional<String> memory) {
    byte[] body = json(SlackMessage.of(notification)).getBytes(StandardCharsets.UTF_8);
    Map<String, String> headers = Map.of("content-type", "application/json");
    HttpPost.Response response = http.post(settings.url().get(), headers, body, settings.timeout());
    return withText(HttpAnswers.classify(response, clock.instant()), response);
  }

  private static DeliveryResult withText(DeliveryResult result, HttpPost.Response response) {
    if (result instanceof DeliveryResult.Rejected(var error)
        && response instanceof HttpPost.Response.Status status
        && !status.text().isBlank()) {
      return new DeliveryResult.Rejected(error + ": " + status.text().strip());
    }
    return result;
  }

  private static String json(SlackMessage message) {
    var out = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("text", message.text());
      json.writeFieldName("blocks");
      json.writeRawValue(message.blocksJson());
      json.writeBooleanField("unfurl_links", false);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a string writer does not fail", e);
    }
    return out.toString();
  }
}
