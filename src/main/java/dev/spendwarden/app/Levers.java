package dev.spendwarden.app;

import dev.spendwarden.app.config.Config;
import dev.spendwarden.app.config.Config.ActionConfig;
import dev.spendwarden.app.config.Config.SourceConfig;
import dev.spendwarden.app.config.Secret;
import dev.spendwarden.enforce.ActionSpec;
import dev.spendwarden.enforce.Lever;
import dev.spendwarden.enforce.ProviderApi;
import dev.spendwarden.enforce.ionq.CancelJobs;
import dev.spendwarden.sources.http.Ask.Credential.Header;
import dev.spendwarden.sources.http.GuardedClient;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// The registry of levers: which class acts for which type of action, and what makes one inert.
final class Levers {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final GuardedClient http;

  /// @param lever empty: inert
  record Configured(ActionSpec spec, Optional<Lever> lever) {}

  Levers(GuardedClient http) {
    this.http = http;
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
        inert);
  }

  private Lever lever(ActionConfig action, Optional<SourceConfig> source) {
    return switch (action.type()) {
      case IONQ_CANCEL_JOBS ->
          new CancelJobs(
              api(
                  action,
                  source.orElseThrow(),
                  key -> new Header("authorization", "apiKey " + key),
                  Map.of()),
              action.targetLabel().equals(Optional.of("project"))
                  ? CancelJobs.Whose.PROJECT
                  : CancelJobs.Whose.USER);
      case ANTHROPIC_DISABLE_KEYS, GITHUB_SET_BUDGET, WEBHOOK ->
          throw new IllegalArgumentException("not yet");
    };
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
