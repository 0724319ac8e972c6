package dev.spendwarden.simulation;

import dev.spendwarden.alert.Transition;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What came to pass in a run or in many: whether the simulation reaches what it is made for.
final class Tally {

  private final Map<Transition.Kind, Integer> transitions = new EnumMap<>(Transition.Kind.class);
  private final Map<String, Integer> crashes = new TreeMap<>();
  private long steps;
  private long attempts;
  private long arrivals;
  private long duplicates;
  private long deadLetters;
  private long waited;
  private long together;
  private int runs;

  void step() {
    steps++;
  }

  void attempt() {
    attempts++;
  }

  void deadLetter() {
    deadLetters++;
  }

  /// What had waited was told.
  void flushed(List<Telling> told) {
    waited += told.size();
    together += told.stream().filter(one -> one.message().alertId().isEmpty()).count();
  }

  void transition(Transition.Kind kind) {
    transitions.merge(kind, 1, Integer::sum);
  }

  void end(int[] arrivals, Map<String, Integer> crashes) {
    this.arrivals = arrivals[0];
    this.duplicates = arrivals[1];
    this.crashes.putAll(crashes);
    runs = 1;
  }

  Tally plus(Tally other) {
    var sum = new Tally();
    for (Tally one : new Tally[] {this, other}) {
      one.transitions.forEach((kind, count) -> sum.transitions.merge(kind, count, Integer::sum));
      one.crashes.forEach((point, count) -> sum.crashes.merge(point, count, Integer::sum));
      sum.steps += one.steps;
      sum.attempts += one.attempts;
      sum.arrivals += one.arrivals;
      sum.duplicates += one.duplicates;
      sum.deadLetters += one.deadLetters;
      sum.runs += one.runs;
      sum.waited += one.waited;
      sum.together += one.together;
    }
    return sum;
  }

  int transitions(Transition.Kind kind) {
    return transitions.getOrDefault(kind, 0);
  }

  Map<String, Integer> crashes() {
    return crashes;
  }

  long duplicates() {
    return duplicates;
  }

  long deadLetters() {
    return deadLetters;
  }

  /// Changes that were told after they had waited, and those of them that were told with others.
  long waited() {
    return waited;
  }

  long together() {
    return together;
  }

  @Override
  public String toString() {
    return """
    runs %d, steps %d, delivery attempts %d, messages that arrived %d (again: %d), dead letters %d
    changes that waited before they were told %d (in one message with others: %d)
    transitions %s
    crashes %s\
    """
        .formatted(
            runs,
            steps,
            attempts,
            arrivals,
            duplicates,
            deadLetters,
            waited,
            together,
            transitions,
            crashes);
  }
}
