package dev.spendwarden.app.config;

import dev.spendwarden.policy.Policy;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The configuration, checked, with its policies compiled.
///
/// @param file where it was read from; relative paths inside are relative to its folder
public record Config(
    Path file,
    Server server,
    Storage storage,
    List<String> egressAllow,
    List<SourceConfig> sources,
    List<ReceiverConfig> receivers,
    Route route,
    List<Policy> policies,
    Metrics metrics,
    Optional<Heartbeat> heartbeat,
    boolean watch) {

  public record Server(String host, int port, Optional<Secret> token, Optional<URI> externalUrl) {}

  /// @param url `jdbc:sqlite:…` (made absolute) or `jdbc:postgresql:…`
  public record Storage(
      String url, Optional<String> user, Optional<Secret> password, Duration retention) {}

  /// What all sources have in common; `settings` holds what only the type knows.
  ///
  /// @param credential the `api_key`, `admin_key` or `token`
  /// @param maxAge older data than this is stale
  public record SourceConfig(
      String name,
      Type type,
      URI baseUrl,
      Secret credential,
      Duration pollInterval,
      Duration timeout,
      Duration maxAge,
      SourceSettings settings) {
    public enum Type {
      IONQ,
      ANTHROPIC,
      GITHUB,
      GCORE
    }
  }

  /// What only one type of source can be told.
  public sealed interface SourceSettings {

    /// @param windowFrom day of the month on which the polled window starts
    record Ionq(
        String organization,
        String balanceMeans,
        String api,
        WindowEvery windowEvery,
        int windowFrom)
        implements SourceSettings {}

    record Anthropic(boolean fineBurn) implements SourceSettings {}

    record Github(
        String enterprise,
        List<String> reports,
        Duration exportPollInterval,
        List<String> downloadHosts,
        List<String> keep)
        implements SourceSettings {}

    record Gcore(boolean expenses, List<String> templates) implements SourceSettings {}

    enum WindowEvery {
      DAY,
      WEEK,
      MONTH,
      QUARTER,
      YEAR
    }
  }

  /// One receiver: a name and exactly one way.
  public record ReceiverConfig(String name, Integration integration) {}

  public sealed interface Integration {

    /// @param token a bot token; exactly one of `token` and `webhookUrl` is there
    record Slack(
        Optional<String> channel,
        Optional<Secret> token,
        Optional<Secret> webhookUrl,
        Optional<Secret> appToken,
        URI baseUrl,
        Duration timeout,
        List<Duration> retry)
        implements Integration {}

    /// @param secrets signing secrets, newest first; two while one is being rotated
    record Webhook(
        Secret url, List<Secret> secrets, Format format, Duration timeout, List<Duration> retry)
        implements Integration {
      public enum Format {
        STANDARD,
        ALERTMANAGER,
        CLOUDEVENTS
      }
    }

    record Alertmanager(Secret url, Duration timeout, List<Duration> retry)
        implements Integration {}
  }

  /// A node of Alertmanager's tree.
  ///
  /// @param receiver inherited from the parent when left out; null only at a root without receivers
  /// @param match label to its allowed values; all must hold
  /// @param repeatInterval empty: inherited; the root's default is never
  public record Route(
      @Nullable String receiver,
      Map<String, List<String>> match,
      List<String> groupBy,
      Optional<Duration> groupWait,
      Optional<Duration> groupInterval,
      Optional<Duration> repeatInterval,
      boolean goOn,
      List<Route> routes) {}

  public record Metrics(int maxSeriesPerPolicy, boolean showPeople) {}

  public record Heartbeat(String receiver, Duration every) {}
}
