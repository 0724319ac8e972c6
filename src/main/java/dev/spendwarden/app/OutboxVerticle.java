package dev.spendwarden.app;

import dev.spendwarden.store.StoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// While other replicas live, looks for what they have put into the outbox for receivers that are
/// served here: their nudges do not reach this process. (PostgreSQL could send them, but only to a
/// session that a pooler in transaction mode does not give.) One look is a read beside the writers,
/// of one row for each receiver.
final class OutboxVerticle extends RecurringVerticle {

  private static final Logger LOG = LoggerFactory.getLogger(OutboxVerticle.class);

  private static final long LOOK_EVERY_MILLIS = 250;

  private final Tenures tenures;
  private final Receivers receivers;

  OutboxVerticle(Tenures tenures, Receivers receivers) {
    this.tenures = tenures;
    this.receivers = receivers;
  }

  @Override
  long waitMillis() {
    return LOOK_EVERY_MILLIS;
  }

  @Override
  void work() {
    try {
      if (tenures.areOthers()) {
        receivers.lookAround();
      }
    } catch (StoreException e) {
      LOG.debug("outbox_not_looked_at", e);
    }
  }
}
