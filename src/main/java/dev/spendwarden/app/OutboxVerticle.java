package dev.spendwarden.app;

import dev.spendwarden.store.StoreException;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// While other replicas live, looks for what they have put into the outbox for receivers that are
/// served here: their nudges do not reach this process. (PostgreSQL could send them, but only to a
/// session that a pooler in transaction mode does not give.) One look is a read beside the writers,
/// of one row for each receiver.
final class OutboxVerticle extends VerticleBase {

  private static final Logger LOG = LoggerFactory.getLogger(OutboxVerticle.class);

  private static final long LOOK_EVERY_MILLIS = 250;

  private final Tenures tenures;
  private final Receivers receivers;

  private long timer = -1;
  private boolean stopping;

  OutboxVerticle(Tenures tenures, Receivers receivers) {
    this.tenures = tenures;
    this.receivers = receivers;
  }

  @Override
  public Future<?> start() {
    arm();
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    stopping = true;
    vertx.cancelTimer(timer);
    return Future.succeededFuture();
  }

  private void arm() {
    if (!stopping) {
      timer = vertx.setTimer(LOOK_EVERY_MILLIS, ignored -> look());
    }
  }

  private void look() {
    try {
      if (tenures.areOthers()) {
        receivers.lookAround();
      }
    } catch (StoreException e) {
      LOG.debug("outbox_not_looked_at", e);
    } finally {
      arm();
    }
  }
}
