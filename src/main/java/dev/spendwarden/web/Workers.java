package dev.spendwarden.web;

import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

/// A worker pool with a bound on the work it holds, waiting and running; more is refused.
final class Workers {

  private final WorkerExecutor executor;
  private final int bound;
  private final AtomicInteger held = new AtomicInteger();

  Workers(WorkerExecutor executor, int bound) {
    this.executor = executor;
    this.bound = bound;
  }

  /// Fails with a [Problem] when the pool is full, otherwise with what `work` threw.
  <T> Future<T> run(Callable<T> work) {
    if (held.incrementAndGet() > bound) {
      held.decrementAndGet();
      return Future.failedFuture(
          Problem.unavailable("too many requests are being answered; try again in a second"));
    }
    return executor.executeBlocking(work, false).onComplete(_ -> held.decrementAndGet());
  }
}
