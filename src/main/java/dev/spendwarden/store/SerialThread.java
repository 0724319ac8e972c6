package dev.spendwarden.store;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/// One platform thread that does its callers' work one piece after the other. A native database
/// call holds its thread, so callers on virtual threads hand their work over and wait here.
///
/// At most `bound` pieces wait; further callers wait for a place up to `patience` and then get a
/// [StoreException].
final class SerialThread implements AutoCloseable {

  private static final Duration STOP_PATIENCE = Duration.ofSeconds(30);

  private final BlockingQueue<FutureTask<?>> queue;
  private final Duration patience;
  private final Thread thread;
  private final FutureTask<Void> stop = new FutureTask<>(() -> {}, null);
  private volatile boolean closed;
  private volatile boolean ended;

  SerialThread(String name, int bound, Duration patience) {
    this.queue = new ArrayBlockingQueue<>(bound);
    this.patience = patience;
    this.thread = Thread.ofPlatform().name(name).daemon(true).unstarted(this::run);
    thread.start();
  }

  /// Does `work` on the thread and returns its outcome; what it throws is thrown here. An interrupt
  /// withdraws work whose turn has not come; work under way is waited for, so that its outcome is
  /// known, and the interrupt stays set.
  <T> T call(Callable<T> work) {
    if (Thread.currentThread() == thread) {
      throw new IllegalStateException("a transaction was begun inside another one");
    }
    var task = new FutureTask<>(work);
    enqueue(task);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          interrupted = true;
          if (queue.remove(task)) {
            throw new StoreException("interrupted before the store began; nothing changed");
          }
        } catch (ExecutionException e) {
          throw rethrown(Objects.requireNonNullElse(e.getCause(), e));
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void enqueue(FutureTask<?> task) {
    if (closed) {
      throw closedException();
    }
    try {
      if (!queue.offer(task, patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new StoreException(
            "the store is overloaded: "
                + queue.size()
                + " pieces of work waited longer than "
                + patience.toSeconds()
                + " s; nothing changed. Look for a slow disk or a process that uses it up");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException("interrupted before the store began; nothing changed");
    }
    // The thread may have ended between the look at `closed` and the offer.
    if (ended && queue.remove(task)) {
      throw closedException();
    }
  }

  private void run() {
    try {
      while (true) {
        FutureTask<?> task = queue.take();
        if (task == stop) {
          return;
        }
        task.run();
      }
    } catch (InterruptedException e) {
      // Nobody interrupts this thread but a JVM going down.
      Thread.currentThread().interrupt();
    } finally {
      closed = true;
      ended = true;
      for (var task = queue.poll(); task != null; task = queue.poll()) {
        task.cancel(false);
      }
    }
  }

  /// Does what is waiting, then ends the thread. Waits for it, up to 30 s.
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      queue.put(stop);
      thread.join(STOP_PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static StoreException closedException() {
    return new StoreException("the store is closed; nothing changed");
  }

  private static RuntimeException rethrown(Throwable cause) {
    return switch (cause) {
      case RuntimeException e -> e;
      case Error e -> throw e;
      default -> new IllegalStateException(cause);
    };
  }
}
