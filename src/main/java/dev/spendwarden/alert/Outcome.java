package dev.spendwarden.alert;

import dev.spendwarden.ledger.Posting;
import dev.spendwarden.ledger.SourceStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// All that one look changed, to be stored in one transaction.
///
/// @param posting the reading's revisions, where there was a reading
/// @param statuses sources whose status changed
/// @param changed alerts as they are now
/// @param forgotten pending alerts that cleared before they fired
/// @param transitions what to tell, in order
public record Outcome(
    Optional<Posting> posting,
    List<SourceStatus> statuses,
    List<Alert> changed,
    List<Alert> forgotten,
    List<Transition> transitions) {

  public Outcome {
    statuses = List.copyOf(statuses);
    changed = List.copyOf(changed);
    forgotten = List.copyOf(forgotten);
    transitions = List.copyOf(transitions);
  }

  public boolean isEmpty() {
    return posting.map(Posting::isEmpty).orElse(true)
        && statuses.isEmpty()
        && changed.isEmpty()
        && forgotten.isEmpty()
        && transitions.isEmpty();
  }

  /// Gathers an outcome step by step.
  static final class Builder {
    private Optional<Posting> posting = Optional.empty();
    private final List<SourceStatus> statuses = new ArrayList<>();
    private final List<Alert> changed = new ArrayList<>();
    private final List<Alert> forgotten = new ArrayList<>();
    private final List<Transition> transitions = new ArrayList<>();

    void posting(Posting posted) {
      posting = Optional.of(posted);
    }

    void status(SourceStatus status) {
      statuses.add(status);
    }

    void changed(Alert alert) {
      changed.add(alert);
    }

    void forgotten(Alert alert) {
      forgotten.add(alert);
    }

    void transition(Transition transition) {
      transitions.add(transition);
    }

    Outcome build() {
      return new Outcome(posting, statuses, changed, forgotten, transitions);
    }
  }
}
