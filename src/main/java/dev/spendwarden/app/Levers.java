package dev.spendwarden.app;

import dev.spendwarden.app.config.Config;
import dev.spendwarden.app.config.Config.ActionConfig;
import dev.spendwarden.app.config.Config.SourceConfig;
import dev.spendwarden.app.config.Config.SourceSettings;
import dev.spendwarden.app.config.Secret;
import dev.spendwarden.enforce.ActionSpec;
import dev.spendwarden.enforce.Lever;
import dev.spendwarden.enforce.ProviderApi;
import dev.spendwarden.enforce.anthropic.DisableKeys;
import dev.spendwarden.enforce.anthropic.ThrottleWorkspace;
import dev.spendwarden.enforce.github.SetBudget;
import dev.spendwarden.enforce.ionq.CancelJobs;
import dev.spendwarden.enforce.webhook.CallWebhook;
import dev.spendwarden.notify.webhook.StandardWebhooks;
import dev.spendwarden.sources.http.Ask.Credential.Header;
import dev.spendwarden.sources.http.GuardedClient;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// The registry of levers: which class acts for which type of action, and what makes one inert.
final class Levers {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final GuardedClient http;
  private final InstantSource clock;

  /// @param lever empty: inert
  record Configured(ActionSpec spec, Optional<Lever> lever) {}

  Levers(GuardedClient http, InstantSource clock) {
    this.http = http;
    this.clock = clock;
  }

  /// Every configured action by its name.
  Map<String, Configured> of(Config config) {
    var sources = new HashMap<String, SourceConfig>();
    config.sources().forEach(source -> sources.put(source.name(), source));
    var all = new HashMap<String, Configured>();
    config
        .actions()
        .forEach((name, action) -> {
          Optional<SourceConfig> source = action.source().map(sources::get);
          Optional<String> inert = action.whyInert();
          Optional<Lever> lever =
              inert.isPresent() ? Optional.empty() : Optional.of(lever(action, source));
          all.put(name, new Configured(spec(action, inert), lever));
        });
    return all;
  }

  private static ActionSpec spec(ActionConfig action, Optional<String> inert) {
    return new ActionSpec(
        action.name(),
        action.type().word(),
        ActionSpec.Mode.valueOf(action.mode().name()),
        action.targetLabel(),
        action.atMost(),
        action.per().orElse(ActionSpec.PER_DEFAULT),
        action.grace(),
        new HashSet<>(action.except()),
        ActionSpec.Undo.valueOf(action.undo().name()),
        action.hours()::muteUntil,
        inert);
  }

  private Lever lever(ActionConfig action, Optional<SourceConfig> source) {
    return switch (action.type()) {
      case IONQ_CANCEL_JOBS ->
          new CancelJobs(
              api(action, source.orElseThrow(), Levers::ionqKey, Map.of()),
              action.targetLabel().equals(Optional.of("project"))
                  ? CancelJobs.Whose.PROJECT
                  : CancelJobs.Whose.USER);
      case ANTHROPIC_DISABLE_KEYS -> new DisableKeys(anthropic(action, source.orElseThrow()));
      case ANTHROPIC_RATE_LIMIT ->
          new ThrottleWorkspace(anthropic(action, source.orElseThrow()), action.limits());
      case GITHUB_SET_BUDGET -> github(action, source.orElseThrow());
      case WEBHOOK -> webhook(action);
    };
  }

  private static Header ionqKey(String key) {
    return new Header("authorization", "apiKey " + key);
  }

  private ProviderApi anthropic(ActionConfig action, SourceConfig source) {
    return api(
        action,
        source,
        key -> new Header("x-api-key", key),
        Map.of("anthropic-version", "2023-06-01"));
  }

  private Lever github(ActionConfig action, SourceConfig source) {
    String enterprise =
        source.settings() instanceof SourceSettings.Github github ? github.enterprise() : "";
    ProviderApi api =
        api(
            action,
            source,
            token -> new Header("authorization", "Bearer " + token),
            Map.of("accept", "application/vnd.github+json", "x-github-api-version", "2022-11-28"));
    SetBudget.Scope scope =
        switch (action.targetLabel().orElse("")) {
          case "organization" -> SetBudget.Scope.ORGANIZATION;
          case "repository" -> SetBudget.Scope.REPOSITORY;
          case "cost_center" -> SetBudget.Scope.COST_CENTER;
          default -> SetBudget.Scope.ENTERPRISE;
        };
    return new SetBudget(api, enterprise, action.product().orElseThrow(), scope);
  }

  private Lever webhook(ActionConfig action) {
    Secret url = action.url().orElseThrow();
    return new CallWebhook(
        http,
        () -> URI.create(url.reveal()),
        (id, body) ->
            StandardWebhooks.headers(
                id, clock.instant(), body, action.secret().map(Secret::reveal).stream().toList()),
        TIMEOUT);
  }

  private ProviderApi api(
      ActionConfig action,
      SourceConfig source,
      Function<String, Header> credential,
      Map<String, String> headers) {
    Secret secret = action.credential().orElseThrow();
    return new ProviderApi(
        http, source.baseUrl(), () -> credential.apply(secret.reveal()), headers, TIMEOUT);
  }
}
