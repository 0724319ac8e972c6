package dev.spendwarden.app.rehearse;

import dev.spendwarden.ledger.Posting;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/// A replay on a thread of its own, fed by the one that reads the store. What fails in it is thrown
/// to whoever feeds it. Closing it ends the thread, finished or not.
final class ReplayThread implements AutoCloseable {

  /// Postings that are read ahead of the replay; then the reader waits.
  private static final int AHEAD = 64;

  /// How soon a reader that waits sees that the replay has failed.
  private static final long LOOK_AGAIN_MILLIS = 100;

  /// What became known, in order; empty: nothing more did.
  private final BlockingQueue<Optional<Posting>> history = new ArrayBlockingQueue<>(AHEAD);

  private final FutureTask<HistoryReplay> task;

  private ReplayThread(HistoryReplay replay) {
    this.task = new FutureTask<>(() -> play(replay));
  }

  static ReplayThread start(HistoryReplay replay) {
    var started = new ReplayThread(replay);
    Thread.ofPlatform().daemon().name("spendwarden-replay").start(started.task);
    return started;
  }

  private HistoryReplay play(HistoryReplay replay) throws InterruptedException {
    for (var next = history.take(); next.isPresent(); next = history.take()) {
      replay.take(next.get());
    }
    replay.finish();
    return replay;
  }

  void take(Posting posting) {
    put(Optional.of(posting));
  }

  /// Nothing more became known.
  void end() {
    put(Optional.empty());
  }

  private void put(Optional<Posting> next) {
    try {
      while (!history.offer(next, LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS)) {
        if (task.isDone()) {
          // It takes nothing any more: this throws what it failed with.
          finished();
        }
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /// The replay when it has seen everything.
  HistoryReplay finished() {
    try {
      return task.get();
    } catch (ExecutionException e) {
      throw switch (e.getCause()) {
        case RuntimeException failure -> failure;
        case Error error -> throw error;
        case null, default -> new IllegalStateException("a replay of the history ended", e);
      };
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static IllegalStateException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IllegalStateException("interrupted while the history was replayed", e);
  }

  @Override
  public void close() {
    task.cancel(true);
  }
}
