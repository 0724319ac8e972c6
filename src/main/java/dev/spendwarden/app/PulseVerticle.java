package dev.spendwarden.app;

import dev.spendwarden.app.config.Config;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.sources.SourceHealth;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What must happen though nothing does: the heartbeat, and a look at queues that do not move.
///
/// A heartbeat goes through the normal outbox, once for each of the times that `every` divides the
/// day into, and only while the daemon polls, evaluates and stores. So its absence means that one
/// of these, or the way to the receiver, is broken.
final class PulseVerticle extends RecurringVerticle {

  private static final Logger LOG = LoggerFactory.getLogger(PulseVerticle.class);

  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);
  private static final long LEAST_MILLIS = 200;

  /// A poll that is overdue by more hangs.
  private static final Duration OVERDUE = Duration.ofMinutes(10);

  private final Daemon daemon;
  private final DeliveryWatch deliveries;

  /// Set on the thread of the evaluation.
  private volatile Instant lastBeat = Instant.MIN;

  PulseVerticle(Daemon daemon, DeliveryWatch deliveries) {
    this.daemon = daemon;
    this.deliveries = deliveries;
  }

  /// Often enough that a beat is late by a quarter of its interval at most.
  @Override
  long waitMillis() {
    Duration wait =
        daemon
            .config()
            .heartbeat()
            .map(beat -> beat.every().dividedBy(4))
            .filter(quarter -> quarter.compareTo(LONGEST_WAIT) < 0)
            .orElse(LONGEST_WAIT);
    return Math.max(LEAST_MILLIS, daemon.clock().realMillis(wait));
  }

  @Override
  void work() {
    if (!daemon.shards().rest().leads()) {
      return;
    }
    try {
      deliveries.show();
      daemon.config().heartbeat().ifPresent(this::beat);
    } catch (RuntimeException e) {
      if (!isStopping()) {
        LOG.warn("heartbeat_not_sent", e);
      }
    }
  }

  private void beat(Config.Heartbeat heartbeat) {
    Instant now = daemon.now();
    Instant slot = slot(now, heartbeat.every());
    // Another slot, not a later one: a clock that was far ahead for a moment must not end the
    // beats.
    if (slot.equals(lastBeat) || !works(now)) {
      return;
    }
    daemon
        .shards()
        .rest()
        .transact(ports -> {
          Optional<Notification> made =
              daemon.dispatch().heartbeat(heartbeat.receiver(), slot, ports.outbox(), now);
          made.ifPresent(ports.outbox()::add);
          return made;
        })
        .onSuccess(made -> {
          lastBeat = slot;
          if (made.isPresent()) {
            daemon.meters().notified(heartbeat.receiver());
            daemon.nudge();
          }
        })
        .onFailure(failure -> LOG.warn("heartbeat_not_sent", failure));
  }

  /// Whether all that is judged, here or elsewhere, is judged, and some source answers.
  private boolean works(Instant now) {
    return daemon.shards().areWorking() && polls(daemon.sources().health(), now);
  }

  /// The latest time at which a heartbeat was due.
  static Instant slot(Instant now, Duration every) {
    long millis = Math.max(1, every.toMillis());
    return Instant.ofEpochMilli(Math.floorDiv(now.toEpochMilli(), millis) * millis);
  }

  /// Whether some source answers. One that does not is an alert of its own; when none does, this
  /// daemon sees nothing.
  static boolean polls(List<SourceHealth> sources, Instant now) {
    return sources.isEmpty()
        || sources.stream()
            .anyMatch(source ->
                source.failure().isEmpty()
                    && source.lastPoll().isPresent()
                    && source.nextPoll().map(at -> now.isBefore(at.plus(OVERDUE))).orElse(true));
  }
}
