package dev.spendwarden.app;

import static dev.spendwarden.app.Deployments.START_LONGEST;
import static dev.spendwarden.app.Deployments.STOP_STEP_LONGEST;
import static dev.spendwarden.app.Deployments.await;

import dev.spendwarden.alert.Outcome;
import dev.spendwarden.app.config.Config;
import dev.spendwarden.app.config.Config.ReceiverConfig;
import dev.spendwarden.app.config.Config.SourceConfig;
import dev.spendwarden.metrics.Meters;
import dev.spendwarden.notify.Dispatch;
import dev.spendwarden.sources.SourceHealth;
import dev.spendwarden.sources.http.Egress;
import dev.spendwarden.sources.http.GuardedClient;
import dev.spendwarden.store.Database;
import dev.spendwarden.store.StoreException;
import dev.spendwarden.store.Tenure;
import dev.spendwarden.web.HttpVerticle;
import io.vertx.core.Deployable;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The running daemon: all parts made from one configuration, reloaded and stopped in order. Its
/// methods block and must not be called from an event loop.
public final class Daemon implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);

  private static final Duration LOOK_AT_FILES_EVERY = Duration.ofSeconds(1);

  private final DaemonClock clock;
  private final String version;
  private final Vertx vertx;
  private final Database store;

  /// The store as it may be used at any replica.
  private final Database database;

  private final Meters meters;
  private final GuardedClient http;
  private final StoreVerticle storeWatch;
  private final String storeDeployment;
  private final EvaluationVerticle evaluation;
  private final Enforcement enforcement;
  private final DeliveryWatch deliveries;
  private final PulseVerticle pulse;
  private final String pulseDeployment;
  private final String retentionDeployment;
  private final String evaluationDeployment;
  private final String actionDeployment;
  private final HttpVerticle web;
  private final String webDeployment;
  private final Deployments deployments;
  private final Sources sources;
  private final Receivers receivers;

  private final Reloader reloader;

  /// Under which sources and receivers run here; empty: another replica has them. Guarded by this.
  private Optional<Tenure> serving = Optional.empty();

  /// What the store said last. Used on the thread of the one that asks it.
  private Optional<Tenure> heard = Optional.empty();

  /// Written under this.
  private volatile boolean closed;

  private volatile Config config;
  private volatile Dispatch dispatch;
  private volatile Egress egress;

  private Daemon(
      Config config, Map<String, String> environment, DaemonClock clock, String version) {
    this.config = config;
    this.clock = clock;
    this.version = version;
    this.store = config.storage().address().open(clock);
    LOG.info("store_opened {}", store.describe());
    this.storeWatch = new StoreVerticle(store, this::storeSaid);
    this.database = new LeasedDatabase(store, storeWatch::lease);
    this.vertx = Vertx.vertx(vertxOptions());
    this.deployments = new Deployments(vertx);
    try {
      this.egress = Egress.parse(config.egressAllow());
      this.http = new GuardedClient(vertx, egress, version);
      this.meters = new Meters(version);
      meters.testClock(clock.isTest());
      this.reloader =
          new Reloader(
              config.file(), environment, () -> this.config, this::reload, meters::reloaded);
      this.evaluation =
          new EvaluationVerticle(
              config.policies(),
              Sources.terms(config),
              names(config),
              store,
              storeWatch::renew,
              clock,
              new DispatchMessenger(() -> dispatch, clock, meters, this::nudge),
              this::measured);
      this.deliveries =
          new DeliveryWatch(
              new DeliveryMeters(meters, database, this::tellPages), database, evaluation, clock);
      this.dispatch = dispatch(config);
      this.enforcement = enforcement(config);
      this.receivers = new Receivers(this, http, () -> egress);
      this.sources = new Sources(this, http);
      evaluation.plansActions(enforcement.planning());
      this.evaluationDeployment = begin(evaluation);
      this.serving = storeWatch.lease();
      this.web =
          new HttpVerticle(WebFront.listening(config.server()), new WebFront(this).context());
      this.webDeployment = listen(config.server());
      // Last: a daemon whose start fails has asked nobody and told nobody anything.
      this.actionDeployment = deploy(enforcement.verticle(), ThreadingModel.VIRTUAL_THREAD);
      runReceivers(config);
      runSources(config);
      this.storeDeployment = deploy(storeWatch, ThreadingModel.VIRTUAL_THREAD);
      this.pulse = new PulseVerticle(this, deliveries);
      this.pulseDeployment = deploy(pulse, ThreadingModel.VIRTUAL_THREAD);
      this.retentionDeployment =
          deploy(
              new RetentionVerticle(
                  database,
                  clock,
                  () -> this.config.storage().retention(),
                  () -> this.config.policies(),
                  this::leads),
              ThreadingModel.VIRTUAL_THREAD);
    } catch (RuntimeException e) {
      closeVertx();
      storeWatch.release();
      store.close();
      throw e;
    }
  }

  /// Reads back what is stored; a store that opens and cannot be read is refused like one that does
  /// not open.
  private String begin(EvaluationVerticle judging) {
    try {
      return deploy(judging, ThreadingModel.VIRTUAL_THREAD);
    } catch (IllegalStateException e) {
      throw e.getCause() instanceof StoreException unreadable ? unreadable : e;
    }
  }

  private String listen(Config.Server server) {
    try {
      return deploy(web, ThreadingModel.EVENT_LOOP);
    } catch (IllegalStateException e) {
      String why = e.getCause() == null ? e.getMessage() : e.getCause().getMessage();
      throw new IllegalStateException(
          "cannot listen on %s:%d (%s); stop what listens there, or change server.host, server.port or server.tls"
              .formatted(server.host(), server.port(), why),
          e);
    }
  }

  private void closeVertx() {
    try {
      await(vertx.close(), STOP_STEP_LONGEST, "vert.x");
    } catch (IllegalStateException e) {
      LOG.warn("stop_step_not_finished {}", e.getMessage());
    }
  }

  /// Looks for changed files where the configuration asks for it, on a timer that is re-armed when
  /// the look has ended.
  private void watchFiles() {
    vertx.setTimer(
        LOOK_AT_FILES_EVERY.toMillis(),
        ignored -> {
          if (config.watch()) {
            vertx
                .executeBlocking(() -> {
                  reloader.reloadIfChanged();
                  return true;
                })
                .onComplete(done -> watchFiles());
          } else {
            watchFiles();
          }
        });
  }

  /// Starts everything; returns when the HTTP side listens and the first look was taken.
  ///
  /// @param environment what `${NAME}` is replaced from when the configuration is loaded again
  /// @throws StoreException when the store cannot be opened or read
  /// @throws IllegalStateException when a part cannot be started (a port in use), with what to do
  public static Daemon start(
      Config config, Map<String, String> environment, DaemonClock clock, String version) {
    if (clock.isTest()) {
      LOG.warn(
          "test_clock_in_force now={} rate={}: dates, polls and timers are not real",
          clock.instant(),
          clock.rate());
    }
    var daemon = new Daemon(config, environment, clock, version);
    daemon.watchFiles();
    LOG.info(
        "ready address={}://{}:{} sources={} policies={} receivers={}",
        config.server().tls().isPresent() ? "https" : "http",
        config.server().host(),
        daemon.port(),
        config.sources().size(),
        config.policies().size(),
        config.receivers().size());
    return daemon;
  }

  public int port() {
    return web.actualPort();
  }

  /// Puts a configuration that was already checked in force: new policies at once, sources and
  /// receivers that changed are started anew, the others go on undisturbed. What only a restart can
  /// change (storage, address) stays as it is.
  public synchronized void reload(Config changed) {
    egress = Egress.parse(changed.egressAllow());
    http.allow(egress);
    config = changed;
    dispatch = dispatch(changed);
    enforcement.configure(changed);
    await(
        evaluation.replace(changed.policies(), Sources.terms(changed), names(changed)),
        START_LONGEST,
        "policies");
    runReceivers(changed);
    runSources(changed);
    LOG.info("configuration_reloaded policies={}", changed.policies().size());
  }

  Instant now() {
    return clock.instant();
  }

  /// Loads the configuration again, as SIGHUP asks for; what is wrong with it is in the log.
  public void reload() {
    var _ = reloader.reload();
  }

  Reloader reloader() {
    return reloader;
  }

  Config config() {
    return config;
  }

  Meters meters() {
    return meters;
  }

  /// The store itself, for what shows a lease of its own.
  Database store() {
    return store;
  }

  Database database() {
    return database;
  }

  Dispatch dispatch() {
    return dispatch;
  }

  EvaluationVerticle evaluation() {
    return evaluation;
  }

  /// Tells every receiver that what people say of an alert has changed.
  void noted(String alertId) {
    vertx.eventBus().publish(ReceiverVerticle.NOTED, alertId);
  }

  Enforcement enforcement() {
    return enforcement;
  }

  DeliveryWatch deliveries() {
    return deliveries;
  }

  Deployments deployments() {
    return deployments;
  }

  String version() {
    return version;
  }

  /// Tells every receiver to look into the outbox.
  void nudge() {
    vertx.eventBus().publish(ReceiverVerticle.NUDGE, "");
  }

  /// Has the receiver tried at once by somebody's hand, even if it had said that it was gone.
  void tryNow(String receiver) {
    vertx.eventBus().publish(ReceiverVerticle.ENABLE, receiver);
  }

  // Making the parts.

  private static VertxOptions vertxOptions() {
    // Files are read by ourselves: without a cache folder the daemon runs on a read-only root.
    var noCache =
        new FileSystemOptions().setClassPathResolvingEnabled(false).setFileCachingEnabled(false);
    return new VertxOptions().setEventLoopPoolSize(2).setFileSystemOptions(noCache);
  }

  private Enforcement enforcement(Config config) {
    return new Enforcement(
        new Enforcement.Parts(
            database,
            clock,
            meters,
            http,
            evaluation::snapshot,
            () -> RouteTree.of(this.config),
            () -> this.config.server().externalUrl(),
            this::nudge,
            this::leads),
        config);
  }

  private static List<String> names(Config config) {
    return config.receivers().stream().map(ReceiverConfig::name).toList();
  }

  private Dispatch dispatch(Config config) {
    return new Dispatch(
        RouteTree.of(config),
        new RuleSummaries(evaluation::factsDuringLook),
        config.server().externalUrl());
  }

  private void runSources(Config wanted) {
    sources.run(serving.isPresent() ? wanted.sources() : List.of());
    know(wanted);
  }

  private void runReceivers(Config wanted) {
    receivers.run(wanted, serving);
    know(wanted);
  }

  /// Whether this replica is the one that polls, judges, tells and acts, as far as it knows.
  boolean leads() {
    return storeWatch.lease().isPresent();
  }

  /// Every second, on the thread of the one that asks: must not block.
  private void storeSaid(StoreVerticle.Asked said) {
    if (closed) {
      return;
    }
    enforcement.noticed(said.enforcing());
    evaluation.leased(said.lease());
    if (!said.lease().equals(heard)) {
      heard = said.lease();
      Thread.startVirtualThread(this::followLease);
    }
  }

  /// Sources and receivers run where the lease is. A new term starts them anew: what was under way
  /// under the former one can no longer be written down.
  private synchronized void followLease() {
    if (closed) {
      return;
    }
    Optional<Tenure> now = storeWatch.lease();
    if (!now.map(Tenure::terms).equals(serving.map(Tenure::terms))) {
      LOG.info(
          now.isPresent() ? "lease_taken term={}" : "lease_lost term={}: only following",
          now.or(() -> serving).map(Tenure::terms).orElse(List.of()));
      sources.stop();
      receivers.stop();
      serving = now;
      runReceivers(config);
      runSources(config);
    }
    enforcement.look();
  }

  private void know(Config wanted) {
    meters.know(
        wanted.sources().stream().map(SourceConfig::name).toList(),
        wanted.receivers().stream().map(ReceiverConfig::name).toList());
    meters.backlog(
        serving.isPresent() ? database.read(ports -> ports.outbox().counts()) : List.of());
  }

  DaemonClock clock() {
    return clock;
  }

  List<SourceHealth> health() {
    return sources.health();
  }

  List<String> notReady() {
    var problems = new ArrayList<String>();
    if (!storeWatch.answers()) {
      problems.add("the store does not answer; see the log");
    }
    if (!evaluation.isWorking()) {
      problems.add("the evaluation cannot read or write the store; see the log");
    }
    return problems;
  }

  /// Tells the pages that are open that there is something new to fetch.
  private void tellPages() {
    vertx.eventBus().publish(HttpVerticle.CHANGED, "");
  }

  // What happens in a look.

  private void measured(Duration took, Outcome outcome) {
    meters.evaluated(took);
    tellPages();
    if (!outcome.transitions().isEmpty()) {
      meters.backlog(database.read(ports -> ports.outbox().counts()));
    }
  }

  // Starting and stopping verticles.

  private String deploy(Deployable verticle, ThreadingModel model) {
    return deployments.deploy(verticle, model);
  }

  /// Stops in order: no more requests, no more polls, no more judging, acting and telling, the
  /// lease and the store. What is in the outbox stays there and goes out after the next start.
  @Override
  public synchronized void close() {
    LOG.info("stopping");
    closed = true;
    deployments.undeploy(STOP_STEP_LONGEST, List.of(webDeployment));
    var pollers = new ArrayList<>(List.of(pulseDeployment, retentionDeployment));
    pollers.addAll(sources.deployments());
    deployments.undeploy(STOP_STEP_LONGEST, pollers);
    var workers = new ArrayList<>(receivers.deployments());
    workers.addAll(List.of(evaluationDeployment, actionDeployment));
    deployments.undeployAfterWork(workers);
    // Only now: what was under way could be written down while the lease was kept.
    deployments.undeploy(STOP_STEP_LONGEST, List.of(storeDeployment));
    http.close();
    closeVertx();
    storeWatch.release();
    store.close();
    meters.close();
    LOG.info("stopped");
  }
}
