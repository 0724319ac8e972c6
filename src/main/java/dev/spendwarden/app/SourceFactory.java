package dev.spendwarden.app;

import dev.spendwarden.app.config.Config.SourceConfig;
import dev.spendwarden.app.config.Config.SourceSettings;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.sources.KnownCharges;
import dev.spendwarden.sources.Source;
import dev.spendwarden.sources.anthropic.AnthropicSettings;
import dev.spendwarden.sources.anthropic.AnthropicSource;
import dev.spendwarden.sources.gcore.GcoreSettings;
import dev.spendwarden.sources.gcore.GcoreSource;
import dev.spendwarden.sources.github.GithubSettings;
import dev.spendwarden.sources.github.GithubSource;
import dev.spendwarden.sources.github.ReportType;
import dev.spendwarden.sources.http.GuardedClient;
import dev.spendwarden.sources.ionq.IonqSettings;
import dev.spendwarden.sources.ionq.IonqSource;
import dev.spendwarden.sources.ionq.IonqUsageSource;
import dev.spendwarden.sources.ionq.IonqWindow;
import dev.spendwarden.store.Database;
import java.util.Locale;
import java.util.Set;

/// The registry of providers: which class polls which type of source.
final class SourceFactory {

  private final GuardedClient http;
  private final Database database;
  private final KnownCharges known;

  /// @param database where sources remember what they asked for
  /// @param known what the ledger holds already
  SourceFactory(GuardedClient http, Database database, KnownCharges known) {
    this.http = http;
    this.database = database;
    this.known = known;
  }

  Source create(SourceConfig config) {
    return switch (config.settings()) {
      case SourceSettings.Ionq ionq -> ionq(config, ionq);
      case SourceSettings.Anthropic anthropic ->
          new AnthropicSource(settings(config, anthropic), http);
      case SourceSettings.Gcore gcore -> new GcoreSource(settings(config, gcore), http);
      case SourceSettings.Github github ->
          new GithubSource(settings(config, github), new StoredExports(database), http);
    };
  }

  private Source ionq(SourceConfig config, SourceSettings.Ionq ionq) {
    IonqSettings settings = settings(config, ionq);
    return ionq.api().equals("v0.4")
        ? new IonqUsageSource(
            settings,
            IonqUsageSource.GroupBy.valueOf(ionq.groupBy().toUpperCase(Locale.ROOT)),
            http,
            known)
        : new IonqSource(settings, http);
  }

  private static GcoreSettings settings(SourceConfig config, SourceSettings.Gcore gcore) {
    return new GcoreSettings(
        config.name(),
        config.baseUrl(),
        config.credential()::reveal,
        gcore.expenses(),
        Set.copyOf(gcore.templates()),
        config.timeout());
  }

  /// Whether the source's readings hold estimates of what was spent inside the day.
  static boolean estimates(SourceConfig config) {
    return config.settings() instanceof SourceSettings.Anthropic anthropic && anthropic.fineBurn();
  }

  private AnthropicSettings settings(SourceConfig config, SourceSettings.Anthropic anthropic) {
    return new AnthropicSettings(
        config.name(),
        config.baseUrl(),
        config.credential()::reveal,
        anthropic.fineBurn(),
        config.timeout());
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

  private static GithubSettings settings(SourceConfig config, SourceSettings.Github github) {
    return new GithubSettings(
        config.name(),
        config.baseUrl(),
        config.credential()::reveal,
        github.enterprise(),
        github.reports().stream().map(word -> ReportType.parse(word).orElseThrow()).toList(),
        github.exportPollInterval(),
        github.downloadHosts(),
        github.keep().stream().map(word -> Dimension.parse(word).orElseThrow()).toList(),
        config.timeout());
  }
}
