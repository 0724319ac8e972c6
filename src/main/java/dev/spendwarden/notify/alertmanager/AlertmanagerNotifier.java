package dev.spendwarden.notify.alertmanager;

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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// Pushes alerts to one Alertmanager by `POST /api/v2/alerts`. A firing alert is given an end four
/// rounds of keep-alives ahead, as Prometheus does: three of them may be lost. So an alert ends
/// there with its resolve, or some minutes after this daemon has gone for good.
///
/// A keep-alive is no notification: it is made from the newest one that Alertmanager took, changes
/// nothing but the alert's end, and is neither kept nor counted nor seen by anybody.
public final class AlertmanagerNotifier implements Notifier {

  private static final int ROUNDS_AHEAD = 4;

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
  /// @param resendDelay between two keep-alives
  public record Settings(Supplier<URI> url, Duration timeout, Duration resendDelay) {}

  @Override
  public DeliveryResult send(Notification notification, Optional<String> memory) {
    return post(AlertmanagerAlerts.render(notification, firingUntil()));
  }

  @Override
  public Optional<Duration> keepsAliveEvery() {
    return Optional.of(settings.resendDelay());
  }

  @Override
  public DeliveryResult keepAlive(List<Notification> firing) {
    return post(AlertmanagerAlerts.keepAlive(firing, firingUntil()));
  }

  private Instant firingUntil() {
    return clock.instant().plus(settings.resendDelay().multipliedBy(ROUNDS_AHEAD));
  }

  private DeliveryResult post(String alerts) {
    byte[] body = alerts.getBytes(StandardCharsets.UTF_8);
    Map<String, String> headers = Map.of("content-type", "application/json");
    String base = settings.url().get().toString().replaceAll("/+$", "");
    HttpPost.Response response =
        http.post(URI.create(base + "/api/v2/alerts"), headers, body, settings.timeout());
    return HttpAnswers.classify(response, clock.instant());
  }
}
