package dev.spendwarden.app;

import dev.spendwarden.alert.ReceiverHealth;
import dev.spendwarden.notify.DeliveryListener;
import dev.spendwarden.notify.DeliveryResult;
import dev.spendwarden.notify.Failing;
import dev.spendwarden.notify.Outbox;
import dev.spendwarden.store.Database;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Shows the evaluation how deliveries go whenever that changes, so that what cannot be delivered
/// is itself an alert. Thread-safe; called on the threads of all receivers.
final class DeliveryWatch implements DeliveryListener {

  private static final Logger LOG = LoggerFactory.getLogger(DeliveryWatch.class);

  /// Each look reads all that is not delivered: one for every failed attempt of a long queue would
  /// be a square of its length.
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

  private final DeliveryListener next;
  private final Database database;
  private final Shards shards;
  private final InstantSource clock;

  private final Failing failing;
  private final Set<String> disabled = ConcurrentHashMap.newKeySet();

  /// Receivers whose last turn could not be stored: the next attempt tries it again.
  private final Set<String> unremembered = ConcurrentHashMap.newKeySet();

  /// Receivers of which something was shown that is not fine.
  private final Set<String> shown = ConcurrentHashMap.newKeySet();

  /// What of the upkeep failed the last time, by receiver and kind.
  private final Set<String> troubled = ConcurrentHashMap.newKeySet();

  private List<ReceiverHealth> last = List.of();

  private volatile long shownAtNanos = System.nanoTime();

  /// @param next hears everything first
  /// @param database where whoever judges deliveries, here or elsewhere, notices what is written
  DeliveryWatch(DeliveryListener next, Database database, Shards shards, InstantSource clock) {
    this.next = next;
    this.database = database;
    this.shards = shards;
    this.clock = clock;
    this.failing = new Failing(List.of());
  }

  /// Deliveries to a receiver begin here, where this process or another replica has left off.
  ///
  /// @param otherwise than it was configured before: what it answered then no longer counts
  void begins(String receiver, boolean otherwise) {
    failing.forget(receiver);
    disabled.remove(receiver);
    if (otherwise) {
      remember(receiver);
      return;
    }
    database.read(ports -> ports.outbox().health()).stream()
        .filter(state -> state.receiver().equals(receiver))
        .forEach(this::learn);
  }

  private void learn(ReceiverHealth state) {
    failing.restore(state);
    if (state.disabled()) {
      disabled.add(state.receiver());
    }
  }

  @Override
  public void attempted(String receiver, DeliveryResult result) {
    next.attempted(receiver, result);
    boolean delivered = result instanceof DeliveryResult.Delivered;
    boolean back = delivered && disabled.remove(receiver);
    boolean turned = failing.attempted(receiver, delivered, clock.instant()) || back;
    if (turned || unremembered.contains(receiver)) {
      remember(receiver);
    }
    if (turned || (delivered ? shown.contains(receiver) : isTimeToShow())) {
      show();
    }
  }

  @Override
  public void rested(String receiver) {
    next.rested(receiver);
  }

  @Override
  public void delivered(String receiver, Duration delay) {
    next.delivered(receiver, delay);
  }

  @Override
  public void dead(String receiver) {
    next.dead(receiver);
    if (!shards.rest().leads()) {
      // Whoever judges it reads it back.
      database.transact(ports -> receiver);
    }
    show();
  }

  @Override
  public void disabled(String receiver) {
    next.disabled(receiver);
    disabled.add(receiver);
    remember(receiver);
    show();
  }

  @Override
  public void crashed(String receiver, RuntimeException cause) {
    next.crashed(receiver, cause);
  }

  /// Written when it turns, which is seldom: so it is known after a restart, and wherever it is
  /// judged.
  private void remember(String receiver) {
    var trouble =
        new Outbox.Trouble(receiver, failing.since(receiver), disabled.contains(receiver));
    try {
      database.transact(ports -> {
        ports.outbox().putTrouble(trouble);
        return trouble;
      });
      unremembered.remove(receiver);
    } catch (RuntimeException e) {
      unremembered.add(receiver);
      LOG.debug("delivery_trouble_not_stored receiver={}", receiver, e);
    }
  }

  private boolean isTimeToShow() {
    return System.nanoTime() - shownAtNanos > LOOK_AGAIN.toNanos();
  }

  @Override
  public void upkeep(String receiver, String what, Optional<String> problem) {
    String key = receiver + " " + what;
    if (problem.isEmpty()) {
      if (troubled.remove(key)) {
        LOG.info("upkeep_works_again receiver={} what={}", receiver, what);
      }
    } else if (troubled.add(key)) {
      LOG.warn(
          "upkeep_failed receiver={} what={} problem={}: deliveries are not affected",
          receiver,
          what,
          problem.get());
    } else {
      LOG.debug("upkeep_failed receiver={} what={} problem={}", receiver, what, problem.get());
    }
  }

  /// Reads how all stand, and shows it if it has changed, where that is judged here.
  synchronized void show() {
    shownAtNanos = System.nanoTime();
    if (!shards.rest().leads()) {
      return;
    }
    try {
      List<ReceiverHealth> now = database.read(ports -> ports.outbox().health());
      if (!now.equals(last)) {
        last = now;
        shown.clear();
        now.forEach(state -> shown.add(state.receiver()));
        // Not awaited: the evaluation may be waiting for the store, and receivers must not.
        shards
            .rest()
            .delivering(now)
            .onFailure(failure -> LOG.debug("delivery_health_not_judged", failure));
      }
    } catch (RuntimeException e) {
      LOG.debug("delivery_health_not_read", e);
    }
  }
}
