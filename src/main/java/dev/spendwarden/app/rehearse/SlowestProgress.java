package dev.spendwarden.app.rehearse;

import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/// How far several replays of one history have come: as far as the slowest of them.
final class SlowestProgress {

  private final List<Instant> reached;
  private final Consumer<Instant> progress;
  private Instant told = Instant.MIN;

  SlowestProgress(int replays, Consumer<Instant> progress) {
    this.reached = Arrays.asList(new Instant[replays]);
    this.progress = progress;
    Collections.fill(reached, Instant.MIN);
  }

  synchronized void at(int replay, Instant now) {
    reached.set(replay, now);
    Instant slowest = Collections.min(reached);
    if (slowest.isAfter(told)) {
      told = slowest;
      progress.accept(slowest);
    }
  }
}
