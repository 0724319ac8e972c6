package dev.spendwarden.app.config;

import dev.spendwarden.app.config.Config.Integration;
import dev.spendwarden.app.config.Config.ReceiverConfig;
import dev.spendwarden.policy.yaml.Vocabulary;
import dev.spendwarden.policy.yaml.YamlMapping;
import dev.spendwarden.policy.yaml.YamlValue;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads `receivers`.
final class ReceiverReader {

  private static final List<String> WAYS = List.of("slack", "webhook", "alertmanager", "email");

  private static final URI SLACK = URI.create("https://slack.com/api/");

  private static final Duration TIMEOUT = Duration.ofSeconds(15);

  /// As Prometheus does by default.
  private static final Duration RESEND_DELAY = Duration.ofMinutes(1);

  private static final List<Duration> RETRY =
      List.of(
          Duration.ofSeconds(5),
          Duration.ofMinutes(5),
          Duration.ofMinutes(30),
          Duration.ofHours(2));

  private static final Duration SHORTEST = Duration.ofMillis(1);

  private final SecretReader secrets;
  private final Egress egress;
  private final Names names = new Names("receiver");

  ReceiverReader(SecretReader secrets, Egress egress) {
    this.secrets = secrets;
    this.egress = egress;
  }

  Names names() {
    return names;
  }

  List<ReceiverConfig> read(YamlMapping file) {
    var receivers = new ArrayList<ReceiverConfig>();
    for (YamlMapping item : file.mappings("receivers")) {
      int before = item.problems().errorCount();
      String name = names.read(item);
      Optional<Integration> integration = readIntegration(item);
      item.finish();
      if (integration.isPresent() && item.problems().errorCount() == before) {
        receivers.add(new ReceiverConfig(name, integration.get()));
      }
    }
    return receivers;
  }

  private Optional<Integration> readIntegration(YamlMapping item) {
    Optional<YamlMapping> slack = item.mapping("slack");
    Optional<YamlMapping> webhook = item.mapping("webhook");
    Optional<YamlMapping> alertmanager = item.mapping("alertmanager");
    Optional<YamlMapping> email = item.mapping("email");
    List<String> given = WAYS.stream().filter(item::has).toList();
    if (given.size() != 1) {
      item.problems()
          .error(
              item.place(),
              "a receiver has exactly one of "
                  + String.join(", ", WAYS)
                  + (given.isEmpty() ? "" : ", not " + String.join(" and ", given)));
    }
    // All of them are read, for the problems inside.
    Optional<Integration> first = slack.flatMap(this::readSlack);
    Optional<Integration> second = webhook.flatMap(this::readWebhook);
    Optional<Integration> third = alertmanager.flatMap(this::readAlertmanager);
    Optional<Integration> fourth = email.flatMap(new EmailReader(secrets, egress)::read);
    return first.or(() -> second).or(() -> third).or(() -> fourth);
  }

  private Optional<Integration> readSlack(YamlMapping slack) {
    Optional<String> channel = slack.text("channel");
    Optional<Secret> token = secrets.read(slack, "token");
    Optional<Secret> webhookUrl = secrets.read(slack, "webhook_url");
    checkHiddenUrl(slack, "webhook_url", webhookUrl);
    Optional<Secret> appToken = secrets.read(slack, "app_token");
    List<String> approvers = approvers(slack);
    URI baseUrl = slack.find("base_url").flatMap(egress::readUrl).orElse(SLACK);
    Duration timeout = timeout(slack);
    List<Duration> retry = retry(slack);
    slack.finish();
    boolean bot = slack.has("token") || slack.has("token_file");
    boolean hook = slack.has("webhook_url") || slack.has("webhook_url_file");
    if (bot == hook) {
      slack
          .problems()
          .error(
              slack.place(),
              "slack needs either 'token' (a bot) or 'webhook_url' (an incoming webhook)");
    }
    if (bot && !slack.has("channel")) {
      slack.problems().error(slack.place(), "'channel' is missing: a bot posts to a channel");
    }
    if (hook && !bot && slack.has("channel")) {
      slack
          .problems()
          .error(
              slack.placeOf("channel"), "an incoming webhook has its own channel; leave this out");
    }
    boolean app = slack.has("app_token") || slack.has("app_token_file");
    if (app && !bot) {
      slack
          .problems()
          .error(slack.place(), "'app_token' needs 'token': buttons are on messages of a bot");
    }
    if (slack.has("approvers") && !app) {
      slack
          .problems()
          .error(
              slack.placeOf("approvers"),
              "'approvers' needs 'app_token': without it there are no buttons");
    }
    return Optional.of(
        new Integration.Slack(
            channel, token, webhookUrl, appToken, approvers, baseUrl, timeout, retry));
  }

  /// Names can be changed by whoever bears them; ids cannot.
  private static List<String> approvers(YamlMapping slack) {
    var approvers = new ArrayList<String>();
    for (YamlValue value : slack.find("approvers").map(YamlValue::oneOrMore).orElse(List.of())) {
      Optional<String> id = value.text();
      if (id.isPresent() && !id.get().matches("[UW][A-Z0-9]{2,30}")) {
        value.error("an approver is the id of a Slack user, such as U012ABCDEF");
      }
      id.ifPresent(approvers::add);
    }
    return approvers;
  }

  private Optional<Integration> readWebhook(YamlMapping webhook) {
    Optional<Secret> url = readTarget(webhook);
    List<Secret> keys = secrets.readRotating(webhook, "secret");
    var format =
        webhook.choice(
            "format",
            Vocabulary.of(Integration.Webhook.Format.class),
            Integration.Webhook.Format.STANDARD);
    Duration timeout = timeout(webhook);
    List<Duration> retry = retry(webhook);
    webhook.finish();
    return url.map(to -> new Integration.Webhook(to, keys, format, timeout, retry));
  }

  private Optional<Integration> readAlertmanager(YamlMapping alertmanager) {
    Optional<Secret> url = readTarget(alertmanager);
    Duration resend =
        alertmanager.duration(
            "resend_delay", RESEND_DELAY, Duration.ofSeconds(1), Duration.ofHours(1));
    Duration timeout = timeout(alertmanager);
    List<Duration> retry = retry(alertmanager);
    alertmanager.finish();
    return url.map(to -> new Integration.Alertmanager(to, resend, timeout, retry));
  }

  /// `url`, which may stand in plain, or `url_file`.
  Optional<Secret> readTarget(YamlMapping mapping) {
    if (mapping.has("url_file") || !mapping.has("url")) {
      Optional<Secret> url = secrets.require(mapping, "url");
      checkHiddenUrl(mapping, "url", url);
      return url;
    }
    YamlValue value = mapping.find("url").orElseThrow();
    mapping.find("url_file");
    Optional<String> text = value.text();
    return text.isPresent() && egress.accepts(value, text.get())
        ? Optional.of(Secret.of(text.get()))
        : Optional.empty();
  }

  private void checkHiddenUrl(YamlMapping mapping, String key, Optional<Secret> url) {
    mapping
        .find(key)
        .or(() -> mapping.find(key + "_file"))
        .ifPresent(at -> url.ifPresent(secret -> egress.accepts(at, secret.reveal())));
  }

  static Duration timeout(YamlMapping mapping) {
    return mapping.duration("timeout", TIMEOUT, SHORTEST, Duration.ofMinutes(10));
  }

  static List<Duration> retry(YamlMapping mapping) {
    Optional<YamlValue> value = mapping.find("retry");
    if (value.isEmpty()) {
      return RETRY;
    }
    Optional<List<YamlValue>> steps = value.get().list();
    if (steps.isPresent() && steps.get().isEmpty()) {
      value.get().error("'retry' needs at least one step");
    }
    var retry = new ArrayList<Duration>();
    for (YamlValue step : steps.orElse(List.of())) {
      step.duration(SHORTEST, Duration.ofDays(3)).ifPresent(retry::add);
    }
    return List.copyOf(retry);
  }
}
