package dev.spendwarden.app;

import static dev.spendwarden.app.Deployments.STOP_STEP_LONGEST;
import static dev.spendwarden.app.Deployments.await;

import dev.spendwarden.alert.Outcome;
import dev.spendwarden.app.config.Config;
import dev.spendwarden.app.config.Config.ReceiverConfig;
import dev.spendwarden.app.config.Config.SourceConfig;
import dev.spendwarden.metrics.Meters;
import dev.spendwarden.notify.Dispatch;
import dev.spendwarden.policy.Shard;
import dev.spendwarden.sources.http.Egress;
import dev.spendwarden.sources.http.GuardedClient;
import dev.spendwarden.store.Database;
import dev.spendwarden.store.StoreException;
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
import java.util.Set;
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

  private final Tenures tenures;
  private final Meters meters;
  private final GuardedClient http;
  private final StoreVerticle storeWatch;
  private final String storeDeployment;
  private final Shards shards;
  private final Enforcement enforcement;
  private final DeliveryWatch deliveries;
  private final PulseVerticle pulse;
  private final String outboxDeployment;
  private final String pulseDeployment;
  private final String retentionDeployment;
  private final String actionDeployment;
  private final HttpVerticle web;
  private final String webDeployment;
  private final Deployments deployments;
  private final Sources sources;
  private final Receivers receivers;

  private final Reloader reloader;

  /// What the store said last of what is held here. Used on the thread of the one that asks it.
  private Map<String, Long> heard = Map.of();

  /// Written under this.
  private volatile boolean closed;

  private volatile Config config;
  private final CurrentDispatch dispatch =
      new CurrentDispatch(this::config, (policy, labels, at) -> Optional.empty());
  private volatile Egress egress;

  private Daemon(
      Config config, Map<String, String> environment, DaemonClock clock, String version) {
    this.config = config;
    this.clock = clock;
    this.version = version;
    this.store = config.storage().address().open(clock);
    LOG.info("store_opened {}", store.describe());
    this.tenures = new Tenures(store);
    this.storeWatch = new StoreVerticle(store, tenures, this::storeSaid);
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
      this.shards = new Shards(this, tenures);
      this.deliveries =
          new DeliveryWatch(
              new DeliveryMeters(this::countBacklog, meters, this::tellPages, System::nanoTime),
              tenures.beside(LeaseNames.HOUSE),
              shards,
              clock);
      this.enforcement = enforcement(config);
      this.receivers = new Receivers(this, http, () -> egress);
      this.sources = new Sources(this, http);
      List<Shard> cut = Shards.of(config, store.isShared());
      share(config, cut);
      tenures.ask();
      shards.run(config, cut);
      this.web =
          new HttpVerticle(WebFront.listening(config.server()), new WebFront(this).context());
      this.webDeployment = listen(config.server());
      // Last: a daemon whose start fails has asked nobody and told nobody anything.
      this.actionDeployment = deploy(enforcement.verticle(), ThreadingModel.VIRTUAL_THREAD);
      serve();
      this.heard = tenures.terms();
      this.storeDeployment = deploy(storeWatch, ThreadingModel.VIRTUAL_THREAD);
      this.outboxDeployment =
          deploy(new OutboxVerticle(tenures, receivers), ThreadingModel.VIRTUAL_THREAD);
      this.pulse = new PulseVerticle(this, deliveries);
      this.pulseDeployment = deploy(pulse, ThreadingModel.VIRTUAL_THREAD);
      this.retentionDeployment =
          deploy(
              new RetentionVerticle(
                  tenures.under(LeaseNames.HOUSE),
                  clock,
                  () -> this.config.storage().retention(),
                  () -> this.config.policies(),
                  () -> shards.rest().leads()),
              ThreadingModel.VIRTUAL_THREAD);
    } catch (RuntimeException e) {
      closeVertx();
      tenures.leave();
      store.close();
      throw e;
    }
  }

  /// An evaluation for a shard, to be run by [Shards].
  EvaluationVerticle evaluation(Restoring restoring) {
    var verticle =
        new EvaluationVerticle(
            restoring,
            store,
            tenures::renewed,
            clock,
            facts ->
                new DispatchMessenger(
                    new CurrentDispatch(this::config, facts), clock, meters, this::nudge),
            shards,
            this::measured);
    verticle.plansActions(enforcement.planning(LeaseNames.of(restoring.shard())));
    return verticle;
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
    List<Shard> cut = Shards.of(changed, store.isShared());
    share(changed, cut);
    try {
      tenures.ask();
    } catch (StoreException e) {
      share(config, Shards.of(config, store.isShared()));
      throw e;
    }
    // Those that come to be judged elsewhere poll again when that judges.
    sources.run(config, source -> shards.leasesAfter(cut, source));
    config = changed;
    enforcement.configure(changed);
    shards.run(changed, cut);
    serve();
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

  /// The store itself; what only one replica may write shows its leases ([Tenures#under]).
  Database store() {
    return store;
  }

  Tenures tenures() {
    return tenures;
  }

  Dispatch dispatch() {
    return dispatch.get();
  }

  Shards shards() {
    return shards;
  }

  Sources sources() {
    return sources;
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
            store,
            tenures,
            shards::leasesOf,
            clock,
            meters,
            http,
            shards::snapshot,
            () -> RouteTree.of(this.config),
            () -> this.config.server().externalUrl(),
            this::nudge,
            shards::policiesHere),
        config);
  }

  /// Says what there is to be held, and with whom this replica shares it.
  private void share(Config wanted, List<Shard> cut) {
    tenures.plan(Shards.plan(wanted, cut));
  }

  /// Every second, on the thread of the one that asks.
  private void storeSaid(boolean enforcing) {
    if (closed) {
      return;
    }
    enforcement.noticed(enforcing);
    shards.leased();
    if (tenures.areOthers()) {
      enforcement.lookAround();
      enforcement.look();
    }
    Map<String, Long> now = tenures.terms();
    if (!now.equals(heard)) {
      heard = now;
      Thread.startVirtualThread(this::follow);
    }
  }

  private synchronized void follow() {
    if (closed) {
      return;
    }
    try {
      LOG.info("leases_changed terms={}", tenures.terms());
      serve();
    } catch (RuntimeException e) {
      LOG.warn("leases_not_followed: trying again", e);
      heard = Map.of();
    }
  }

  /// Runs what is to be run here, and lets go of what is another's when the work on it has ended. A
  /// new term starts it anew: what was under way under the former one can no longer be written
  /// down.
  private synchronized void serve() {
    Set<String> going = tenures.surplus();
    receivers.run(config);
    sources.run(config, source -> LeaseNames.of(shards.ofSource(source).shard()));
    // What has come to be this one's again meanwhile may have been begun again.
    going.retainAll(tenures.surplus());
    tenures.release(going);
    know(config);
    enforcement.look();
  }

  private void know(Config wanted) {
    meters.know(
        wanted.sources().stream().map(SourceConfig::name).toList(),
        wanted.receivers().stream().map(ReceiverConfig::name).toList());
    countBacklog();
  }

  /// What waits for the receivers here: another replica counts what waits for others.
  private void countBacklog() {
    Set<String> here = receivers.here();
    meters.backlog(
        store.read(ports -> ports.outbox().counts()).stream()
            .filter(counts -> here.contains(counts.receiver()))
            .toList());
  }

  DaemonClock clock() {
    return clock;
  }

  List<String> notReady() {
    var problems = new ArrayList<String>();
    if (!storeWatch.answers()) {
      problems.add("the store does not answer; see the log");
    }
    if (!shards.areWorking()) {
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
      countBacklog();
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
    var pollers = new ArrayList<>(List.of(outboxDeployment, pulseDeployment, retentionDeployment));
    pollers.addAll(sources.deployments());
    deployments.undeploy(STOP_STEP_LONGEST, pollers);
    var workers = new ArrayList<>(receivers.deployments());
    workers.addAll(shards.deployments());
    workers.add(actionDeployment);
    deployments.undeployAfterWork(workers);
    // Only now: what was under way could be written down while the lease was kept.
    deployments.undeploy(STOP_STEP_LONGEST, List.of(storeDeployment));
    http.close();
    closeVertx();
    tenures.leave();
    store.close();
    meters.close();
    LOG.info("stopped");
  }
}
