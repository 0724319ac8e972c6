package dev.spendwarden.app;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;

/// Does something again and again until it is stopped, each time a while after the last has ended.
abstract class RecurringVerticle extends VerticleBase {

  private long timer = -1;
  private boolean stopping;

  /// How long from now to the next time, in milliseconds of real time.
  abstract long waitMillis();

  /// How long from the start to the first time.
  long firstMillis() {
    return waitMillis();
  }

  /// Whatever it throws, it is called again.
  abstract void work();

  @Override
  public final Future<?> start() {
    arm(firstMillis());
    return Future.succeededFuture();
  }

  @Override
  public final Future<?> stop() {
    stopping = true;
    vertx.cancelTimer(timer);
    return Future.succeededFuture();
  }

  /// Whether what fails now fails because everything ends. On the verticle's own thread.
  final boolean isStopping() {
    return stopping;
  }

  private void arm(long millis) {
    if (!stopping) {
      timer = vertx.setTimer(millis, ignored -> workAndGoOn());
    }
  }

  private void workAndGoOn() {
    try {
      work();
    } finally {
      arm(waitMillis());
    }
  }
}
