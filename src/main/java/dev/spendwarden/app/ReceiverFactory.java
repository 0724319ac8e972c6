package dev.spendwarden.app;

import dev.spendwarden.app.config.Config.Integration;
import dev.spendwarden.app.config.Config.ReceiverConfig;
import dev.spendwarden.app.config.Secret;
import dev.spendwarden.notify.AlertNotes;
import dev.spendwarden.notify.BudgetPictures;
import dev.spendwarden.notify.HttpPost;
import dev.spendwarden.notify.Notifier;
import dev.spendwarden.notify.RetryPolicy;
import dev.spendwarden.notify.alertmanager.AlertmanagerNotifier;
import dev.spendwarden.notify.email.EmailNotifier;
import dev.spendwarden.notify.slack.PressDesk;
import dev.spendwarden.notify.slack.SlackNotifier;
import dev.spendwarden.notify.slack.SlackPresses;
import dev.spendwarden.notify.slack.SlackWebhookNotifier;
import dev.spendwarden.notify.webhook.BodyFormat;
import dev.spendwarden.notify.webhook.WebhookNotifier;
import dev.spendwarden.sources.http.Egress;
import dev.spendwarden.sources.http.GuardedClient;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocketFactory;
import okhttp3.Dns;
import okhttp3.OkHttpClient;

/// The registry of ways to tell: which class serves which integration, and how it retries.
final class ReceiverFactory {

  private final HttpPost http;
  private final Supplier<Egress> egress;
  private final InstantSource clock;
  private final String version;
  private final Sights sights;

  /// What messages show beside their notification.
  record Sights(AlertNotes notes, BudgetPictures pictures) {}

  ReceiverFactory(
      HttpPost http, Supplier<Egress> egress, InstantSource clock, String version, Sights sights) {
    this.sights = sights;
    this.http = http;
    this.egress = egress;
    this.clock = clock;
    this.version = version;
  }

  Notifier create(ReceiverConfig config) {
    return switch (config.integration()) {
      case Integration.Webhook webhook ->
          new WebhookNotifier(
              new WebhookNotifier.Settings(
                  url(webhook.url()),
                  () -> webhook.secrets().stream().map(Secret::reveal).toList(),
                  BodyFormat.valueOf(webhook.format().name()),
                  webhook.timeout()),
              http,
              clock);
      case Integration.Slack slack -> slack(slack);
      case Integration.Alertmanager alertmanager ->
          new AlertmanagerNotifier(
              new AlertmanagerNotifier.Settings(
                  url(alertmanager.url()), alertmanager.timeout(), alertmanager.resendDelay()),
              http,
              clock);
      case Integration.Email email -> email(email);
    };
  }

  private Notifier slack(Integration.Slack slack) {
    if (slack.webhookUrl().isPresent()) {
      return new SlackWebhookNotifier(
          new SlackWebhookNotifier.Settings(url(slack.webhookUrl().get()), slack.timeout()),
          http,
          clock);
    }
    return new SlackNotifier(
        new SlackNotifier.Settings(
            slack.channel().orElseThrow(),
            slack.token().orElseThrow()::reveal,
            slack.baseUrl(),
            slack.timeout(),
            slack.appToken().isPresent()),
        guardedOkHttp(),
        http,
        sights.notes(),
        sights.pictures(),
        clock);
  }

  /// From one attempt to the next: Slack takes one message a second in a channel.
  Duration pace(ReceiverConfig config) {
    return switch (config.integration()) {
      case Integration.Slack _ -> Duration.ofSeconds(1);
      case Integration.Webhook _, Integration.Alertmanager _, Integration.Email _ -> Duration.ZERO;
    };
  }

  private Notifier email(Integration.Email email) {
    return new EmailNotifier(
        new EmailNotifier.Settings(
            email.from(),
            email.to(),
            email.host(),
            email.port(),
            email.hello(),
            email
                .login()
                .map(login -> new EmailNotifier.Login(login.user(), login.password()::reveal)),
            email.requireTls(),
            email.timeout()),
        new GuardedDial(egress),
        (SSLSocketFactory) SSLSocketFactory.getDefault());
  }

  /// Who hears what is pressed below the messages of a Slack app.
  ///
  /// @param slack with a bot and an app token
  SlackPresses presses(Integration.Slack slack, PressDesk desk) {
    return new SlackPresses(
        new SlackPresses.Settings(
            slack.token().orElseThrow()::reveal,
            slack.appToken().orElseThrow()::reveal,
            slack.baseUrl(),
            Set.copyOf(slack.approvers()),
            slack.timeout()),
        guardedOkHttp(),
        desk,
        clock);
  }

  private OkHttpClient guardedOkHttp() {
    return new OkHttpClient.Builder()
        .dns(new GuardedDns(egress))
        .addInterceptor(chain ->
            chain.proceed(
                chain
                    .request()
                    .newBuilder()
                    .header("User-Agent", GuardedClient.userAgent(version))
                    .build()))
        .build();
  }

  RetryPolicy retries(ReceiverConfig config) {
    List<Duration> delays =
        switch (config.integration()) {
          case Integration.Webhook webhook -> webhook.retry();
          case Integration.Slack slack -> slack.retry();
          case Integration.Alertmanager alertmanager -> alertmanager.retry();
          case Integration.Email email -> email.retry();
        };
    return RetryPolicy.of(delays);
  }

  private static Supplier<URI> url(Secret url) {
    return () -> URI.create(url.reveal());
  }

  /// Slack's own client connects to what this resolves: addresses that are not opened are left out
  /// before it sees them.
  private record GuardedDns(Supplier<Egress> egress) implements Dns {
    @Override
    public List<InetAddress> lookup(String host) throws UnknownHostException {
      List<InetAddress> permitted =
          Dns.SYSTEM.lookup(host).stream().filter(egress.get()::permits).toList();
      if (permitted.isEmpty()) {
        throw new UnknownHostException(
            host + " has no address that may be connected to; egress.allow opens private ones");
      }
      return permitted;
    }
  }
}
