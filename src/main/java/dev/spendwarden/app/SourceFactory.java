package dev.spendwarden.app;

import dev.spendwarden.app.config.Config.SourceConfig;
import dev.spendwarden.app.config.Config.SourceSettings;
import dev.spendwarden.sources.Source;
import dev.spendwarden.sources.http.GuardedClient;
import dev.spendwarden.sources.ionq.IonqSettings;
import dev.spendwarden.sources.ionq.IonqSource;
import dev.spendwarden.sources.ionq.IonqWindow;
import java.util.Locale;

/// The registry of providers: which class polls which type of source.
final class SourceFactory {

  private final GuardedClient http;

  SourceFactory(GuardedClient http) {
    this.http = http;
  }

  Source create(SourceConfig config) {
    return switch (config.settings()) {
      case SourceSettings.Ionq ionq -> new IonqSource(settings(config, ionq), http);
      case SourceSettings.Anthropic _, SourceSettings.Github _, SourceSettings.Gcore _ ->
          throw new IllegalArgumentException(
              "source " + config.name() + ": this build cannot poll " + config.type());
    };
  }

  private static IonqSettings settings(SourceConfig config, SourceSettings.Ionq ionq) {
    return new IonqSettings(
        config.name(),
        config.baseUrl(),
        config.credential()::reveal,
        ionq.organization(),
        IonqSettings.BalanceMeans.valueOf(ionq.balanceMeans().toUpperCase(Locale.ROOT)),
        new IonqWindow(IonqWindow.Every.valueOf(ionq.windowEvery().name()), ionq.windowFrom()),
        config.timeout());
  }
}
