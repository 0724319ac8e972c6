package dev.spendwarden.sandbox;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/// Lets time pass: before each answer the twins' books grow up to the clock, stopping at every
/// planned step on the way. So a figure depends on the seed and the instant alone, not on how often
/// somebody asked. Thread-safe.
public final class Script {

  private final InstantSource clock;
  private final List<Twin> twins = new ArrayList<>();
  private final NavigableMap<Instant, List<Runnable>> steps = new TreeMap<>();
  private Instant played;

  Script(InstantSource clock) {
    this.clock = clock;
    this.played = clock.instant();
  }

  synchronized void add(Twin twin) {
    twins.add(twin);
  }

  /// Plans a change of the world. One planned for the past happens before the next answer.
  public synchronized void at(Instant when, Runnable change) {
    steps.computeIfAbsent(when, key -> new ArrayList<>()).add(change);
  }

  /// Plays everything up to now, and says when that is. A clock that was set back stands still
  /// here.
  synchronized Instant play() {
    Instant now = clock.instant();
    for (var step = steps.firstEntry();
        step != null && !step.getKey().isAfter(now);
        step = steps.firstEntry()) {
      steps.pollFirstEntry();
      advance(step.getKey());
      step.getValue().forEach(Runnable::run);
    }
    advance(now);
    return now;
  }

  private void advance(Instant to) {
    if (to.isAfter(played)) {
      played = to;
      twins.forEach(twin -> twin.advance(to));
    }
  }
}
