package dev.spendwarden.app;

import dev.spendwarden.notify.Delivery;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Empties one receiver's outbox, one request in flight, on a virtual thread of its own. Looks when
/// it is nudged and when the next notification falls due; a lost nudge costs at most
/// [#LOOK_AT_LEAST_EVERY].
final class ReceiverVerticle extends VerticleBase {

  private static final Logger LOG = LoggerFactory.getLogger(ReceiverVerticle.class);

  /// On the event bus: "look into the outbox". The message says nothing more and may be lost
  /// without harm.
  static final String NUDGE = "spendwarden.outbox";

  private static final Duration LOOK_AT_LEAST_EVERY = Duration.ofSeconds(30);

  /// After the store failed.
  private static final Duration TROUBLED = Duration.ofSeconds(1);

  private final String receiver;
  private final Delivery delivery;
  private final DaemonClock clock;

  private long timer = -1;
  private boolean draining;
  private boolean stopping;

  ReceiverVerticle(String receiver, Delivery delivery, DaemonClock clock) {
    this.receiver = receiver;
    this.delivery = delivery;
    this.clock = clock;
  }

  @Override
  public Future<?> start() {
    vertx.eventBus().localConsumer(NUDGE, ignored -> arm(1));
    arm(1);
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    stopping = true;
    vertx.cancelTimer(timer);
    delivery.close();
    return Future.succeededFuture();
  }

  private void arm(long millis) {
    if (stopping || draining) {
      return;
    }
    vertx.cancelTimer(timer);
    timer = vertx.setTimer(millis, ignored -> drain());
  }

  /// Sends what is due until nothing is. A nudge that comes while an attempt awaits its answer
  /// finds `draining` set: the loop looks again by itself before it ends.
  private void drain() {
    if (stopping || draining) {
      return;
    }
    draining = true;
    long next = LOOK_AT_LEAST_EVERY.toMillis();
    try {
      boolean more = true;
      while (more && !stopping) {
        switch (delivery.step()) {
          case Delivery.Step.Attempted attempted ->
              LOG.debug(
                  "notification_attempted receiver={} id={} state={}",
                  receiver,
                  attempted.after().id(),
                  attempted.after().state().word());
          case Delivery.Step.Idle(Optional<Instant> due) -> {
            next = Math.min(next, due.map(this::realMillisUntil).orElse(next));
            more = false;
          }
          case Delivery.Step.Disabled() -> more = false;
        }
      }
    } catch (RuntimeException e) {
      if (!stopping) {
        LOG.error("outbox_not_served receiver={}: trying again", receiver, e);
      }
      next = TROUBLED.toMillis();
    } finally {
      draining = false;
      arm(next);
    }
  }

  private long realMillisUntil(Instant due) {
    return clock.realMillis(Duration.between(clock.instant(), due));
  }
}
