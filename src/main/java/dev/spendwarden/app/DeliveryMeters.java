package dev.spendwarden.app;

import dev.spendwarden.metrics.Meters;
import dev.spendwarden.notify.DeliveryListener;
import dev.spendwarden.notify.DeliveryResult;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Counts what deliveries come to and logs what a person should know, once. Thread-safe.
final class DeliveryMeters implements DeliveryListener {

  private static final Logger LOG = LoggerFactory.getLogger(DeliveryMeters.class);

  /// Counting reads all that is not delivered: after each of a long queue it would be a square of
  /// its length.
  private static final Duration COUNT_AGAIN = Duration.ofSeconds(1);

  private final Runnable countBacklog;
  private final Meters meters;
  private final Runnable changed;
  private final LongSupplier nanoTime;
  private final AtomicLong countedAt;

  /// @param countBacklog counts what waits in the outbox
  /// @param changed hears that the outbox is not what it was
  /// @param nanoTime as [System#nanoTime]
  DeliveryMeters(Runnable countBacklog, Meters meters, Runnable changed, LongSupplier nanoTime) {
    this.countBacklog = countBacklog;
    this.meters = meters;
    this.changed = changed;
    this.nanoTime = nanoTime;
    this.countedAt = new AtomicLong(nanoTime.getAsLong());
  }

  @Override
  public void attempted(String receiver, DeliveryResult result) {
    meters.attempted(receiver, result);
    changed.run();
    long now = nanoTime.getAsLong();
    long last = countedAt.get();
    if (now - last >= COUNT_AGAIN.toNanos() && countedAt.compareAndSet(last, now)) {
      countBacklog.run();
    }
  }

  @Override
  public void rested(String receiver) {
    countedAt.set(nanoTime.getAsLong());
    countBacklog.run();
  }

  @Override
  public void delivered(String receiver, Duration delay) {
    meters.delivered(receiver, delay);
  }

  @Override
  public void dead(String receiver) {
    LOG.error(
        "notification_dead receiver={}: see /api/v1/notifications; it can be retried by hand",
        receiver);
  }

  @Override
  public void disabled(String receiver) {
    LOG.error(
        "receiver_disabled receiver={}: it answered 410 Gone; configure it anew and reload",
        receiver);
  }

  @Override
  public void crashed(String receiver, RuntimeException cause) {
    LOG.error("notifier_broke receiver={}", receiver, cause);
  }
}
