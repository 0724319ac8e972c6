package dev.spendwarden.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import sun.misc.Signal;

/// SIGTERM and SIGINT as something that a command waits for, so that it ends as any other command
/// does, with a status of its own. Heard from before anything is started: a stop that is asked for
/// during the start is one too. Asked for again it changes nothing.
final class StopSignal {

  /// Ten seconds are promised; the rest is what the operating system takes to end a process.
  private static final Duration LONGEST = Duration.ofMillis(9_500);

  private final CountDownLatch asked = new CountDownLatch(1);
  private final PrintWriter err;

  private StopSignal(PrintWriter err) {
    this.err = err;
  }

  /// @param err where it is said that the stop was not an ordered one
  static StopSignal listen(PrintWriter err) {
    var stop = new StopSignal(err);
    for (String name : List.of("TERM", "INT")) {
      Signal.handle(new Signal(name), ignored -> stop.ask());
    }
    return stop;
  }

  boolean isAsked() {
    return asked.getCount() == 0;
  }

  void await() throws InterruptedException {
    asked.await();
  }

  /// @param longest for ever where empty
  /// @return false when that time was over first
  boolean await(Optional<Duration> longest) throws InterruptedException {
    long millis = longest.map(Duration::toMillis).orElse(Long.MAX_VALUE);
    return asked.await(millis, TimeUnit.MILLISECONDS);
  }

  private synchronized void ask() {
    if (!isAsked()) {
      asked.countDown();
      Thread.ofPlatform().daemon().name("stop-in-time").start(this::endInTime);
    }
  }

  /// Whatever does not end by itself: a database that never answers, a start that takes longer. It
  /// is then as after a crash, which loses nothing that was stored.
  private void endInTime() {
    try {
      var never = new CountDownLatch(1);
      if (!never.await(LONGEST.toMillis(), TimeUnit.MILLISECONDS)) {
        err.println("spendwarden: not stopped in order within " + LONGEST + ": ended by force");
        err.flush();
        Runtime.getRuntime().halt(Main.PROBLEMS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
