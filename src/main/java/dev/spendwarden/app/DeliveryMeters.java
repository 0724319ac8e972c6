package dev.spendwarden.app;

import dev.spendwarden.metrics.Meters;
import dev.spendwarden.notify.DeliveryListener;
import dev.spendwarden.notify.DeliveryResult;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Counts what deliveries come to and logs what a person should know, once.
///
/// @param countBacklog counts what waits in the outbox
/// @param changed hears that the outbox is not what it was
record DeliveryMeters(Runnable countBacklog, Meters meters, Runnable changed)
    implements DeliveryListener {

  private static final Logger LOG = LoggerFactory.getLogger(DeliveryMeters.class);

  @Override
  public void attempted(String receiver, DeliveryResult result) {
    meters.attempted(receiver, result);
    countBacklog.run();
    changed.run();
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
