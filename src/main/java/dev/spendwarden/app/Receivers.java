package dev.spendwarden.app;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.Matching;
import dev.spendwarden.alert.Snapshot;
import dev.spendwarden.app.ReceiverFactory.Sights;
import dev.spendwarden.app.config.Config;
import dev.spendwarden.app.config.Config.Integration;
import dev.spendwarden.app.config.Config.ReceiverConfig;
import dev.spendwarden.app.config.Secret;
import dev.spendwarden.notify.AlertNotes;
import dev.spendwarden.notify.Delivery;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.notify.Notifier;
import dev.spendwarden.notify.OutboxSession;
import dev.spendwarden.notify.Upkeep;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.sources.http.Egress;
import dev.spendwarden.sources.http.GuardedClient;
import dev.spendwarden.store.Tenure;
import io.vertx.core.ThreadingModel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Everything that tells: a verticle for each receiver, and a connection for each Slack app whose
/// buttons are heard. Its methods block and are called by one thread at a time.
final class Receivers {

  private final Daemon daemon;
  private final GuardedClient http;
  private final Supplier<Egress> egress;
  private final Sights sights;
  private final Map<String, Running<ReceiverVerticle, Leased<ReceiverConfig>>> receivers =
      new ConcurrentHashMap<>();

  /// As each was started last: one that is started again as it was goes on where it, or another
  /// replica, has left off.
  private final Map<String, ReceiverConfig> known = new HashMap<>();

  /// The leases as they were when [#lookAround] looked last. Used by its thread alone.
  private final Map<String, Tenure> seen = new HashMap<>();

  private final Map<String, Running<SlackSocketVerticle, Integration.Slack>> sockets =
      new LinkedHashMap<>();

  Receivers(Daemon daemon, GuardedClient http, Supplier<Egress> egress) {
    this.daemon = daemon;
    this.http = http;
    this.egress = egress;
    this.sights = new Sights(this::noteOf, new BurnDownPictures(daemon.shards(), daemon.clock()));
  }

  /// Starts what is new or configured otherwise and stops what is gone; the others go on
  /// undisturbed.
  void run(Config wanted) {
    var factory =
        new ReceiverFactory(
            new GuardedPost(http), egress, daemon.clock(), daemon.version(), sights);
    var byName = new LinkedHashMap<String, Leased<ReceiverConfig>>();
    var sessions = new HashMap<String, OutboxSession>();
    for (ReceiverConfig receiver : wanted.receivers()) {
      String name = receiver.name();
      daemon
          .tenures()
          .of(LeaseNames.ofReceiver(name))
          .ifPresent(tenure -> {
            byName.put(name, Leased.of(receiver, tenure));
            sessions.put(name, new StoredOutbox(daemon.store(), tenure.ofAnyRevision()));
          });
    }
    daemon.deployments().stopUnwanted(receivers, byName);
    byName.forEach((name, receiver) -> {
      OutboxSession session = sessions.get(name);
      if (session != null && !receivers.containsKey(name)) {
        receivers.put(name, start(receiver, factory, session));
      }
    });
    runSockets(byName.values().stream().map(Leased::config).toList(), factory);
  }

  /// Names of those to which messages are delivered here; any thread may ask.
  Set<String> here() {
    return Set.copyOf(receivers.keySet());
  }

  /// Hears of what other replicas have put into the outbox, or want tried at once: they cannot wake
  /// the receivers here.
  void lookAround() {
    var due = new ArrayList<String>();
    daemon
        .store()
        .read(ports -> {
          for (String name : here()) {
            ports
                .outbox()
                .nextDueAt(name)
                .filter(at -> !at.isAfter(daemon.now()))
                .ifPresent(at -> due.add(name));
          }
          return due;
        });
    if (!due.isEmpty()) {
      daemon.nudge();
    }
    for (String name : here()) {
      Optional<Tenure> now = daemon.tenures().of(LeaseNames.ofReceiver(name));
      Tenure before = now.isPresent() ? seen.put(name, now.get()) : seen.remove(name);
      if (before != null
          && now.isPresent()
          && before.terms().equals(now.get().terms())
          && !before.equals(now.get())) {
        daemon.tryNow(name);
      }
    }
  }

  /// Of everything that runs here.
  List<String> deployments() {
    return Stream.concat(receivers.values().stream(), sockets.values().stream())
        .map(Running::deployment)
        .toList();
  }

  private Running<ReceiverVerticle, Leased<ReceiverConfig>> start(
      Leased<ReceiverConfig> leased, ReceiverFactory factory, OutboxSession outbox) {
    ReceiverConfig receiver = leased.config();
    String name = receiver.name();
    Notifier notifier = factory.create(receiver);
    DeliveryWatch listener = daemon.deliveries();
    ReceiverConfig before = known.put(name, receiver);
    listener.begins(name, before != null && !before.equals(receiver));
    var delivery =
        new Delivery(
            name,
            notifier,
            outbox,
            factory.retries(receiver),
            daemon.clock(),
            listener,
            factory.pace(receiver));
    var upkeep = new Upkeep(name, notifier, outbox, this::firingAlerts, listener);
    var verticle = new ReceiverVerticle(name, delivery, upkeep, daemon.clock());
    return new Running<>(
        verticle, leased, daemon.deployments().deploy(verticle, ThreadingModel.VIRTUAL_THREAD));
  }

  /// One connection for each app, by the name of the first receiver that uses it: Slack hands a
  /// press to any one of an app's connections, and there may be ten of them at most.
  private void runSockets(List<ReceiverConfig> here, ReceiverFactory factory) {
    var byName = new LinkedHashMap<String, Integration.Slack>();
    var apps = new HashSet<Secret>();
    for (ReceiverConfig receiver : here) {
      if (receiver.integration() instanceof Integration.Slack slack
          && slack.appToken().isPresent()
          && apps.add(slack.appToken().get())) {
        byName.put(receiver.name(), slack);
      }
    }
    daemon.deployments().stopUnwanted(sockets, byName);
    byName.forEach((name, slack) -> {
      if (!sockets.containsKey(name)) {
        var desk = new SlackDesk(daemon);
        var verticle =
            new SlackSocketVerticle(
                name, factory.presses(slack, desk), egress, daemon.deliveries());
        sockets.put(
            name,
            new Running<>(
                verticle, slack, daemon.deployments().deploy(verticle, ThreadingModel.EVENT_LOOP)));
      }
    });
  }

  private Collection<String> firingAlerts() {
    return daemon.shards().snapshot().budgets().values().stream()
        .flatMap(view -> view.alert().stream())
        .filter(alert -> alert.state() == Alert.State.FIRING)
        .map(Alert::id)
        .toList();
  }

  private AlertNotes.Note noteOf(Notification notification) {
    Snapshot snapshot = daemon.shards().snapshot();
    Optional<Alert> alert =
        notification
            .budgetId()
            .flatMap(id -> Optional.ofNullable(snapshot.budgets().get(id)))
            .flatMap(Snapshot.BudgetView::alert)
            .filter(known -> notification.alertId().equals(Optional.of(known.id())))
            .filter(known -> known.state() != Alert.State.RESOLVED);
    if (alert.isEmpty()) {
      return AlertNotes.Note.NONE;
    }
    Policy policy = snapshot.policies().get(alert.get().policy());
    return new AlertNotes.Note(
        alert.get().ackedBy(),
        policy == null
            ? Optional.empty()
            : Matching.quietUntil(
                daemon.shards().orders().silences(), policy, alert.get(), daemon.now()));
  }
}
