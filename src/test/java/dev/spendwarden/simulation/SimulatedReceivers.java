package dev.spendwarden.simulation;

import dev.spendwarden.alert.ReceiverHealth;
import dev.spendwarden.notify.Delivery;
import dev.spendwarden.notify.DeliveryListener;
import dev.spendwarden.notify.DeliveryResult;
import dev.spendwarden.notify.Failing;
import dev.spendwarden.notify.RetryPolicy;
import dev.spendwarden.store.StoreException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The delivering half of one process: for each receiver find, send, record, one request in flight,
/// and how that goes.
final class SimulatedReceivers {

  /// A lost nudge costs so much.
  private static final Duration LOOKED_AT_LEAST = Duration.ofSeconds(30);

  private final Simulation world;
  private final SimulatedDaemon daemon;
  private final long term;
  private final Map<String, Delivery> deliveries = new TreeMap<>();

  /// When each looks by itself: one timer, as in the product, or every look would set one more.
  private final Map<String, Simulation.Event> timers = new HashMap<>();

  private final Failing failing;

  private List<ReceiverHealth> shown = List.of();
  private boolean healthChanged;

  SimulatedReceivers(Simulation world, SimulatedDaemon daemon, long term) {
    this.world = world;
    this.daemon = daemon;
    this.term = term;
    this.failing = new Failing(world.store().inspect(ports -> ports.outbox().health()));
    for (Peer peer : world.peers()) {
      deliveries.put(
          peer.name(),
          new Delivery(
              peer.name(),
              (notification, memory) -> peer.send(notification),
              world.outboxOf(term),
              RetryPolicy.DEFAULT,
              world::now,
              new Watch()));
    }
  }

  /// Hears how deliveries go.
  private final class Watch implements DeliveryListener {
    @Override
    public void attempted(String receiver, DeliveryResult result) {
      boolean delivered = result instanceof DeliveryResult.Delivered;
      healthChanged |= failing.attempted(receiver, delivered, world.now());
    }
  }

  void start() {
    daemon.later(Duration.ofMillis(5), this::drainAll);
    daemon.later(Duration.ofMinutes(1), this::pulse);
  }

  /// Nobody nudged them.
  void lookByThemselves() {
    daemon.later(LOOKED_AT_LEAST, this::drainAll);
  }

  /// A nudge may be lost.
  void nudge() {
    daemon.later(
        world.timing().chance(0.05) ? LOOKED_AT_LEAST : Duration.ofMillis(2), this::drainAll);
  }

  private void drainAll() {
    deliveries.keySet().forEach(this::drain);
  }

  private void drain(String receiver) {
    disarm(receiver);
    Delivery delivery = deliveries.get(receiver);
    try {
      while (true) {
        switch (delivery.step()) {
          case Delivery.Step.Attempted(var after, var result) -> world.attempted(after, result);
          case Delivery.Step.Idle(var due) -> {
            due.ifPresent(at -> arm(receiver, Duration.between(world.now(), at)));
            showHealth();
            return;
          }
          case Delivery.Step.Disabled() -> {
            return;
          }
        }
      }
    } catch (StoreException e) {
      world.note("the outbox of %s was not served: %s", receiver, e.getMessage());
      world.peer(receiver).excuse();
      arm(receiver, daemon.afterTrouble());
    }
  }

  private void arm(String receiver, Duration wait) {
    disarm(receiver);
    timers.put(receiver, daemon.later(wait, () -> drain(receiver)));
  }

  private void disarm(String receiver) {
    Simulation.Event timer = timers.remove(receiver);
    if (timer != null) {
      world.cancel(timer);
    }
  }

  private void showHealth() {
    if (!healthChanged) {
      return;
    }
    List<ReceiverHealth> now;
    try {
      now = readHealth();
      healthChanged = false;
    } catch (StoreException e) {
      daemon.later(daemon.afterTrouble(), this::showHealth);
      return;
    }
    if (!now.equals(shown)) {
      shown = now;
      daemon.later(Duration.ofMillis(1), () -> daemon.delivering(now));
    }
  }

  private List<ReceiverHealth> readHealth() {
    return failing.seen(world.store().transact(term, ports -> ports.outbox().health()));
  }

  private void pulse() {
    healthChanged = true;
    showHealth();
    daemon.later(Duration.ofHours(11), this::pulse);
  }
}
