package dev.spendwarden.app;

import static dev.spendwarden.app.Deployments.START_LONGEST;
import static dev.spendwarden.app.Deployments.await;

import dev.spendwarden.app.config.Config;
import dev.spendwarden.app.config.Config.SourceConfig;
import dev.spendwarden.charge.Charge;
import dev.spendwarden.ledger.SourceStatus;
import dev.spendwarden.policy.SourceTerms;
import dev.spendwarden.sources.FailureReason;
import dev.spendwarden.sources.SourceHealth;
import dev.spendwarden.sources.http.GuardedClient;
import io.vertx.core.ThreadingModel;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Everything that polls: a verticle for each source of the shards that are judged here. Its
/// methods block and are called by one thread at a time, but those that ask.
final class Sources {

  private final Daemon daemon;
  private final GuardedClient http;
  private final Map<String, Running<SourceVerticle, Leased<SourceConfig>>> running =
      new LinkedHashMap<>();

  /// Those that run, for other threads: replaced whole.
  private volatile List<SourceVerticle> polling = List.of();

  Sources(Daemon daemon, GuardedClient http) {
    this.daemon = daemon;
    this.http = http;
  }

  static List<SourceTerms> terms(Config config) {
    return config.sources().stream().map(Sources::terms).toList();
  }

  private static SourceTerms terms(SourceConfig source) {
    return new SourceTerms(
        source.name(), source.maxAge(), SourceFactory.estimates(source), source.pollInterval());
  }

  /// Starts what is new, configured otherwise or held under another term, and stops what is gone;
  /// the others go on undisturbed.
  ///
  /// @param leasesOf what must be held to poll a source
  void run(Config config, Function<String, List<String>> leasesOf) {
    var wanted = new LinkedHashMap<String, Leased<SourceConfig>>();
    for (SourceConfig source : config.sources()) {
      daemon
          .tenures()
          .of(leasesOf.apply(source.name()))
          .ifPresent(tenure -> wanted.put(source.name(), Leased.of(source, tenure)));
    }
    daemon.deployments().stopUnwanted(running, wanted);
    wanted.forEach((name, source) -> {
      if (!running.containsKey(name)) {
        running.put(name, start(source));
      }
    });
    polling = running.values().stream().map(Running::verticle).toList();
  }

  private Running<SourceVerticle, Leased<SourceConfig>> start(Leased<SourceConfig> leased) {
    SourceConfig source = leased.config();
    EvaluationVerticle judging = daemon.shards().ofSource(source.name());
    var factory =
        new SourceFactory(
            http,
            daemon.tenures().under(leased.names()),
            (name, from) -> knownCharges(judging, name, from));
    var verticle =
        new SourceVerticle(
            factory.create(source),
            typeOf(source),
            source.pollInterval(),
            this::earliestNeeded,
            judging,
            daemon.clock(),
            daemon.meters()::polled);
    return new Running<>(
        verticle, leased, daemon.deployments().deploy(verticle, ThreadingModel.VIRTUAL_THREAD));
  }

  private static String typeOf(SourceConfig source) {
    return source.type().name().toLowerCase(Locale.ROOT);
  }

  /// Of everything that runs here.
  List<String> deployments() {
    return running.values().stream().map(Running::deployment).toList();
  }

  /// How those that run here stand; any thread may ask.
  List<SourceHealth> healthHere() {
    return polling.stream().map(SourceVerticle::health).toList();
  }

  /// How all stand, those that another replica polls by what is stored of them; any thread may ask.
  List<SourceHealth> health() {
    Map<String, SourceHealth> here =
        healthHere().stream().collect(Collectors.toMap(SourceHealth::name, health -> health));
    Map<String, SourceStatus> stored =
        daemon.shards().snapshot().sources().stream()
            .collect(Collectors.toMap(SourceStatus::source, status -> status));
    var all = new ArrayList<SourceHealth>();
    for (SourceConfig source : daemon.config().sources()) {
      SourceHealth own = here.get(source.name());
      SourceStatus status = stored.getOrDefault(source.name(), SourceStatus.unknown(source.name()));
      all.add(own == null ? elsewhere(source, status) : own);
    }
    return all;
  }

  /// What is stored says when the newest good answer was asked for, and whether polls fail since.
  private static SourceHealth elsewhere(SourceConfig source, SourceStatus status) {
    Optional<FailureReason> failure = status.failure().flatMap(Sources::reason);
    return new SourceHealth(
        source.name(),
        typeOf(source),
        failure,
        status.dataAsOf().isEmpty() && failure.isEmpty() ? "not polled yet" : "",
        status.dataAsOf(),
        status.dataAsOf(),
        failure.isEmpty() ? status.dataAsOf() : Optional.empty(),
        status.dataAsOf().filter(at -> failure.isEmpty()).map(at -> at.plus(source.pollInterval())),
        Duration.ZERO);
  }

  private static Optional<FailureReason> reason(String word) {
    return Arrays.stream(FailureReason.values())
        .filter(reason -> reason.word().equals(word))
        .findFirst();
  }

  private static List<Charge> knownCharges(
      EvaluationVerticle judging, String source, Instant from) {
    return await(
        judging.ask(known -> known.charges(source, from)), START_LONGEST, "charges of " + source);
  }

  private Instant earliestNeeded() {
    return EarliestNeeded.of(daemon.config().policies(), daemon.now());
  }
}
