package dev.spendwarden.notify.alertmanager;

import dev.spendwarden.notify.DeliveryResult;
import dev.spendwarden.notify.HttpAnswers;
import dev.spendwarden.notify.HttpPost;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.notify.Notifier;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// Pushes alerts to one Alertmanager by `POST /api/v2/alerts`. An alert keeps firing there until
/// its resolve or, should that never come, its budget's period ends: alerts are not sent again to
/// be kept alive.
public final class AlertmanagerNotifier implements Notifier {

  private final Settings settings;
  private final HttpPost http;
  private final InstantSource clock;

  public AlertmanagerNotifier(Settings settings, HttpPost http, InstantSource clock) {
    this.settings = settings;
    this.http = http;
    this.clock = clock;
  }

  /// @param url Alertmanager's own, without `/api/v2/alerts`; asked for in every attempt
  /// @param timeout for one whole attempt
  /// @param version of Spendwarden, for `User-Agent`
  public record Settings(Supplier<URI> url, Duration timeout, String version) {}

  @Override
  public DeliveryResult send(Notification notification, Optional<String> memory) {
    byte[] body = AlertmanagerAlerts.render(notification).getBytes(StandardCharsets.UTF_8);
    Map<String, String> headers =
        Map.of(
            "content-type", "application/json", "user-agent", "Spendwarden/" + settings.version());
    String base = settings.url().get().toString().replaceAll("/+$", "");
    HttpPost.Response response =
        http.post(URI.create(base + "/api/v2/alerts"), headers, body, settings.timeout());
    return HttpAnswers.classify(response, clock.instant());
  }
}
