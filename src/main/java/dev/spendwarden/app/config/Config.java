package dev.spendwarden.app.config;

import dev.spendwarden.notify.Hours;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.store.StorageAddress;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The configuration, checked, with its policies compiled.
///
/// @param file where it was read from; relative paths of policies and secrets are relative to its
///   folder
/// @param egressAllow networks as `address/prefix`
/// @param actions by name, in their order
public record Config(
    Path file,
    Server server,
    Storage storage,
    List<String> egressAllow,
    List<SourceConfig> sources,
    List<ReceiverConfig> receivers,
    Route route,
    Map<String, ActionConfig> actions,
    List<Policy> policies,
    Metrics metrics,
    Optional<Heartbeat> heartbeat,
    boolean watch) {

  /// @param token opens everything; without it changing calls are refused
  /// @param readToken opens what only reads; without it reading needs no token
  public record Server(
      String host,
      int port,
      Optional<Secret> token,
      Optional<Secret> readToken,
      Optional<Tls> tls,
      Optional<URI> externalUrl) {}

  /// The server's own certificate as PEM files.
  ///
  /// @param clientCaFile whose certificates clients must have; empty: they need none
  public record Tls(Path certFile, Secret key, Optional<Path> clientCaFile) {}

  /// @param url `jdbc:sqlite:…` (made absolute) or `jdbc:postgresql:…`
  public record Storage(
      String url, Optional<String> user, Optional<Secret> password, Duration retention) {

    /// Only for the one who opens it: it holds the password in plain.
    public StorageAddress address() {
      return new StorageAddress(url, user, password.map(Secret::reveal));
    }
  }

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

    /// @param balanceMeans `remaining`, `spent` or `ignore`
    /// @param api `v0.3` or `v0.4`, as told or as the base URL ends
    /// @param groupBy `user` or `project`: which cut v0.4 is asked for
    /// @param windowFrom day of the month (of the week, from Monday) on which the polled window
    ///   starts
    record Ionq(
        String organization,
        String balanceMeans,
        String api,
        String groupBy,
        WindowEvery windowEvery,
        int windowFrom)
        implements SourceSettings {}

    record Anthropic(boolean fineBurn) implements SourceSettings {}

    /// @param downloadHosts empty: GitHub's own
    /// @param keep dimensions by their words
    record Github(
        String enterprise,
        List<String> reports,
        Duration exportPollInterval,
        List<String> downloadHosts,
        List<String> keep)
        implements SourceSettings {}

    /// @param templates report types whose freshness is watched; empty: all
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
    /// @param appToken opens Socket Mode, over which presses of buttons come in
    /// @param approvers ids of Slack users who may decide about actions; empty: whoever sees them
    record Slack(
        Optional<String> channel,
        Optional<Secret> token,
        Optional<Secret> webhookUrl,
        Optional<Secret> appToken,
        List<String> approvers,
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

    /// @param resendDelay between two keep-alives of firing alerts
    record Alertmanager(Secret url, Duration resendDelay, Duration timeout, List<Duration> retry)
        implements Integration {}

    /// @param from an address, with or without a name; `to` likewise
    /// @param hello what the server is greeted as
    /// @param login never without TLS
    record Email(
        List<String> to,
        String from,
        String host,
        int port,
        String hello,
        Optional<Login> login,
        boolean requireTls,
        Duration timeout,
        List<Duration> retry)
        implements Integration {

      public record Login(String user, Secret password) {}
    }
  }

  /// A node of Alertmanager's tree.
  ///
  /// @param receiver inherited from the parent when left out; null only at a root without receivers
  /// @param match label to its allowed values; all must hold
  /// @param groupBy empty: inherited; the root's default is no grouping at all
  /// @param repeatInterval empty: inherited; the root's default is never
  /// @param hours its own; never inherited
  public record Route(
      @Nullable String receiver,
      Map<String, List<String>> match,
      Optional<List<String>> groupBy,
      Optional<Duration> groupWait,
      Optional<Duration> groupInterval,
      Optional<Duration> repeatInterval,
      Hours hours,
      boolean goOn,
      List<Route> routes) {}

  /// An entry of `actions:`; what a key means is known by the action's own package.
  ///
  /// @param type `ionq.cancel_jobs` and so on
  /// @param source empty for a webhook
  /// @param target which label names the target, as written (`labels.user`)
  /// @param atMost targets within `per`
  /// @param except targets never touched
  /// @param undo when it is taken back
  /// @param hours outside of which an `auto` action does not begin
  /// @param url of a webhook
  /// @param secret signs a webhook
  /// @param credential its own, never the source's; without one the action is inert
  /// @param product of a GitHub budget
  /// @param limits of a rate limit: `requests_per_minute` and so on, to what it is lowered to
  public record ActionConfig(
      String name,
      Type type,
      Optional<String> source,
      Mode mode,
      Optional<String> target,
      Optional<Integer> atMost,
      Optional<Duration> per,
      Duration grace,
      List<String> except,
      Undo undo,
      Hours hours,
      Optional<Secret> url,
      Optional<Secret> secret,
      Optional<Secret> credential,
      Optional<String> product,
      Map<String, BigDecimal> limits) {

    public ActionConfig {
      except = List.copyOf(except);
      limits = Map.copyOf(limits);
    }

    private static final String LABEL = "labels.";

    /// The label that `target` names.
    public Optional<String> targetLabel() {
      return target.map(t -> t.startsWith(LABEL) ? t.substring(LABEL.length()) : t);
    }

    /// Why it can never act; empty when it can.
    public Optional<String> whyInert() {
      if (type.provider().isPresent() && credential.isEmpty()) {
        return Optional.of("it has no credential of its own");
      }
      return Optional.empty();
    }

    public enum Type {
      IONQ_CANCEL_JOBS("ionq.cancel_jobs", SourceConfig.Type.IONQ),
      ANTHROPIC_DISABLE_KEYS("anthropic.disable_keys", SourceConfig.Type.ANTHROPIC),
      ANTHROPIC_RATE_LIMIT("anthropic.rate_limit", SourceConfig.Type.ANTHROPIC),
      GITHUB_SET_BUDGET("github.set_budget", SourceConfig.Type.GITHUB),
      WEBHOOK("webhook", null);

      private final String word;
      private final SourceConfig.@Nullable Type provider;

      Type(String word, SourceConfig.@Nullable Type provider) {
        this.word = word;
        this.provider = provider;
      }

      /// As in YAML.
      public String word() {
        return word;
      }

      /// The type of source it acts on; empty for a webhook.
      public Optional<SourceConfig.Type> provider() {
        return Optional.ofNullable(provider);
      }
    }

    public enum Mode {
      /// Records what it would do.
      DRY_RUN,
      /// Waits for a person.
      APPROVE,
      AUTO
    }

    public enum Undo {
      NEVER,
      PERIOD_END,
      /// When its limit is raised, and at the period's end.
      LIMIT_RAISED,
      /// Only by a person.
      MANUAL
    }
  }

  public record Metrics(int maxSeriesPerPolicy, boolean showPeople) {}

  public record Heartbeat(String receiver, Duration every) {}
}
