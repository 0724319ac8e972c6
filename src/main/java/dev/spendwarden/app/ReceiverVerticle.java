package dev.spendwarden.app;

import dev.spendwarden.notify.Delivery;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.notify.Upkeep;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
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

  /// On the event bus: somebody wants the receiver of this name to be tried, even if it had said
  /// that it was gone.
  static final String ENABLE = "spendwarden.enable";

  /// On the event bus: what people say of an alert has changed; the message is its id. May be lost:
  /// the alert's next message shows it too.
  static final String NOTED = "spendwarden.noted";

  /// Pictures that wait; in a storm the oldest are left out.
  private static final int PICTURES_MAX = 20;

  private static final Duration LOOK_AT_LEAST_EVERY = Duration.ofSeconds(30);

  /// After a round that could not be made.
  private static final Duration KEEP_ALIVE_SOON = Duration.ofSeconds(1);

  /// Of real time, however fast a test clock runs.
  private static final long KEEP_ALIVE_LEAST_MILLIS = 200;

  /// After the store failed.
  private static final Duration TROUBLED = Duration.ofSeconds(1);

  private final String receiver;
  private final Delivery delivery;
  private final Upkeep upkeep;
  private final DaemonClock clock;
  private final SetBack setBack;
  private final Deque<Notification> pictures = new ArrayDeque<>();

  private long timer = -1;
  private long keepAliveTimer = -1;
  private boolean drawing;
  private boolean draining;
  private boolean stopping;

  /// Ends with the attempt that was under way when this was stopped.
  private final Promise<Void> idle = Promise.promise();

  ReceiverVerticle(String receiver, Delivery delivery, Upkeep upkeep, DaemonClock clock) {
    this.receiver = receiver;
    this.delivery = delivery;
    this.upkeep = upkeep;
    this.clock = clock;
    this.setBack = new SetBack(clock, System::nanoTime);
  }

  @Override
  public Future<?> start() {
    vertx.eventBus().localConsumer(NUDGE, ignored -> arm(1));
    vertx.eventBus().<String>localConsumer(ENABLE, name -> enable(name.body()));
    vertx.eventBus().<String>localConsumer(NOTED, alertId -> refresh(alertId.body()));
    arm(1);
    // At once: nobody knows for how long this daemon was gone.
    armKeepAlive(Duration.ZERO);
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    stopping = true;
    vertx.cancelTimer(timer);
    vertx.cancelTimer(keepAliveTimer);
    if (draining) {
      // Its answer is waited for: an attempt that is broken off is made again after the next start.
      vertx.setTimer(Deployments.UNDER_WAY_LONGEST.toMillis(), ignored -> idle.tryComplete());
    } else {
      idle.tryComplete();
    }
    return idle.future().andThen(ignored -> delivery.close());
  }

  private void enable(String name) {
    if (name.equals(receiver)) {
      delivery.enable();
      arm(1);
    }
  }

  private void ended() {
    draining = false;
    if (stopping) {
      idle.tryComplete();
    }
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
      Duration back = setBack.look();
      if (!back.isZero()) {
        LOG.debug("clock_set_back receiver={} by={}: what waits for it is due", receiver, back);
        delivery.clockWasSetBack(back);
      }
      boolean more = true;
      while (more && !stopping) {
        switch (delivery.step()) {
          case Delivery.Step.Attempted attempted -> {
            LOG.debug(
                "notification_attempted receiver={} id={} state={}",
                receiver,
                attempted.after().id(),
                attempted.after().state().word());
            illustrate(attempted.after());
          }
          case Delivery.Step.Idle(Optional<Instant> due) -> {
            next = Math.min(next, due.map(this::realMillisUntil).orElse(next));
            more = false;
          }
          case Delivery.Step.Disabled() -> more = false;
        }
      }
    } catch (RuntimeException | Error e) {
      if (!stopping) {
        LOG.error("outbox_not_served receiver={}: trying again", receiver, e);
      }
      next = TROUBLED.toMillis();
    } finally {
      ended();
      arm(next);
    }
  }

  // Beside the deliveries.

  private void refresh(String alertId) {
    if (stopping) {
      return;
    }
    try {
      upkeep.refresh(alertId);
    } catch (RuntimeException e) {
      LOG.debug("message_not_refreshed receiver={}", receiver, e);
    }
  }

  /// Pictures are sent beside the deliveries, one after the other: none of them makes a message
  /// wait.
  private void illustrate(Notification after) {
    if (after.state() != Notification.State.DELIVERED || !upkeep.illustrates(after)) {
      return;
    }
    if (pictures.size() == PICTURES_MAX) {
      pictures.removeFirst();
    }
    pictures.addLast(after);
    drawNext();
  }

  private void drawNext() {
    Notification next = drawing || stopping ? null : pictures.pollFirst();
    if (next == null) {
      return;
    }
    drawing = true;
    Thread.ofVirtual()
        .name("picture")
        .start(() -> {
          try {
            upkeep.illustrate(next);
          } catch (RuntimeException e) {
            LOG.debug("picture_not_sent receiver={}", receiver, e);
          } finally {
            goOnDrawing();
          }
        });
  }

  private void goOnDrawing() {
    try {
      context.runOnContext(ignored -> {
        drawing = false;
        drawNext();
      });
    } catch (RejectedExecutionException e) {
      // Stopped meanwhile: nobody waits for the next picture any more.
      LOG.debug("picture_after_stop receiver={}", receiver);
    }
  }

  private void armKeepAlive(Duration delay) {
    if (!stopping && upkeep.keepsAliveEvery().isPresent()) {
      keepAliveTimer =
          vertx.setTimer(
              Math.max(KEEP_ALIVE_LEAST_MILLIS, clock.realMillis(delay)), ignored -> keepAlive());
    }
  }

  /// On this verticle's own thread and never while an attempt is under way: a keep-alive that
  /// overtook a resolve would raise the alert again.
  private void keepAlive() {
    Duration next = KEEP_ALIVE_SOON;
    try {
      if (!draining) {
        draining = true;
        try {
          upkeep.keepAlive();
          next = upkeep.keepsAliveEvery().orElseThrow();
        } finally {
          ended();
        }
      }
    } catch (RuntimeException e) {
      if (!stopping) {
        LOG.warn("alerts_not_kept_alive receiver={}: trying again", receiver, e);
      }
    } finally {
      armKeepAlive(next);
      arm(1);
    }
  }

  private long realMillisUntil(Instant due) {
    return clock.realMillis(Duration.between(clock.instant(), due));
  }
}
