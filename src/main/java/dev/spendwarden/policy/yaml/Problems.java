package dev.spendwarden.policy.yaml;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;

/// Collects problems, so that all of them are shown at once. Keeps the first [#MOST]; a file with
/// more is broken in a way that more lines do not explain.
public final class Problems {

  public static final int MOST = 1000;

  private final LinkedHashSet<Problem> found = new LinkedHashSet<>();
  private int errors;

  public void error(Place place, String message) {
    errors++;
    add(new Problem(place, Problem.Severity.ERROR, message));
  }

  public void warning(Place place, String message) {
    add(new Problem(place, Problem.Severity.WARNING, message));
  }

  /// Takes over what another reading found.
  public void addAll(List<Problem> others) {
    for (Problem problem : others) {
      if (problem.isError()) {
        errors++;
      }
      add(problem);
    }
  }

  private void add(Problem problem) {
    if (found.size() < MOST) {
      found.add(problem);
    }
  }

  /// How many errors so far: a part was read well when its reading did not raise this.
  public int errorCount() {
    return errors;
  }

  public boolean hasErrors() {
    return errors > 0;
  }

  /// Files in the order they were first complained about, each from top to bottom.
  public List<Problem> list() {
    var files = new ArrayList<String>();
    for (Problem problem : found) {
      if (!files.contains(problem.place().file())) {
        files.add(problem.place().file());
      }
    }
    return found.stream()
        .sorted(
            Comparator.comparingInt((Problem p) -> files.indexOf(p.place().file()))
                .thenComparingInt(p -> p.place().line())
                .thenComparingInt(p -> p.place().column()))
        .toList();
  }
}
