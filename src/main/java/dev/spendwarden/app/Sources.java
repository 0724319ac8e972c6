package dev.spendwarden.app;

import static dev.spendwarden.app.Deployments.START_LONGEST;
import static dev.spendwarden.app.Deployments.await;

import dev.spendwarden.app.config.Config;
import dev.spendwarden.app.config.Config.SourceConfig;
import dev.spendwarden.charge.Charge;
import dev.spendwarden.policy.SourceTerms;
import dev.spendwarden.sources.SourceHealth;
import dev.spendwarden.sources.http.GuardedClient;
import io.vertx.core.ThreadingModel;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Everything that polls: a verticle for each source. Its methods block and are called by one
/// thread at a time, but [#health()].
final class Sources {

  private final Daemon daemon;
  private final GuardedClient http;
  private final Map<String, Running<SourceVerticle, SourceConfig>> running = new LinkedHashMap<>();

  /// Those that run, for other threads: replaced whole.
  private volatile List<SourceVerticle> polling = List.of();

  Sources(Daemon daemon, GuardedClient http) {
    this.daemon = daemon;
    this.http = http;
  }

  static List<SourceTerms> terms(Config config) {
    return config.sources().stream()
        .map(s ->
            new SourceTerms(s.name(), s.maxAge(), SourceFactory.estimates(s), s.pollInterval()))
        .toList();
  }

  /// Starts what is new or configured otherwise and stops what is gone; the others go on
  /// undisturbed.
  void run(Collection<SourceConfig> here) {
    var wanted = new LinkedHashMap<String, SourceConfig>();
    here.forEach(source -> wanted.put(source.name(), source));
    daemon.deployments().stopUnwanted(running, wanted);
    var factory = new SourceFactory(http, daemon.database(), this::knownCharges);
    for (SourceConfig source : wanted.values()) {
      if (!running.containsKey(source.name())) {
        running.put(source.name(), start(source, factory));
      }
    }
    polling = running.values().stream().map(Running::verticle).toList();
  }

  void stop() {
    run(List.of());
  }

  private Running<SourceVerticle, SourceConfig> start(SourceConfig source, SourceFactory factory) {
    var verticle =
        new SourceVerticle(
            factory.create(source),
            source.type().name().toLowerCase(Locale.ROOT),
            source.pollInterval(),
            this::earliestNeeded,
            daemon.evaluation(),
            daemon.clock(),
            daemon.meters()::polled);
    return new Running<>(
        verticle, source, daemon.deployments().deploy(verticle, ThreadingModel.VIRTUAL_THREAD));
  }

  /// Of everything that runs here.
  List<String> deployments() {
    return running.values().stream().map(Running::deployment).toList();
  }

  /// How those that run here stand; any thread may ask.
  List<SourceHealth> health() {
    return polling.stream().map(SourceVerticle::health).toList();
  }

  private List<Charge> knownCharges(String source, Instant from) {
    return await(
        daemon.evaluation().ask(known -> known.charges(source, from)),
        START_LONGEST,
        "charges of " + source);
  }

  private Instant earliestNeeded() {
    return EarliestNeeded.of(daemon.config().policies(), daemon.now());
  }
}
