package dev.spendwarden.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;

/// How far a walk through time has come: a bar on a terminal, a line for each tenth elsewhere.
/// Written to standard error, so that results can be piped.
final class Progress implements AutoCloseable {

  private static final int WIDTH = 40;

  private final PrintWriter err;
  private final boolean terminal;
  private final Instant from;
  private final Duration all;
  private int shown;

  Progress(PrintWriter err, Instant from, Instant to) {
    this(err, from, to, System.console() != null && System.console().isTerminal());
  }

  Progress(PrintWriter err, Instant from, Instant to, boolean terminal) {
    this.err = err;
    this.from = from;
    this.all = Duration.between(from, to);
    this.terminal = terminal;
  }

  void at(Instant now) {
    long percent = Duration.between(from, now).toSeconds() * 100 / Math.max(1, all.toSeconds());
    int step = terminal ? 1 : 10;
    if (percent < shown + step) {
      return;
    }
    shown = (int) percent / step * step;
    if (terminal) {
      int filled = WIDTH * shown / 100;
      err.print("\r[" + "#".repeat(filled) + " ".repeat(WIDTH - filled) + "] " + shown + " %");
    } else {
      err.println(shown + " % (" + now + ")");
    }
    err.flush();
  }

  /// Clears the bar.
  @Override
  public void close() {
    if (terminal && shown > 0) {
      err.print("\r" + " ".repeat(WIDTH + 10) + "\r");
      err.flush();
    }
  }
}
