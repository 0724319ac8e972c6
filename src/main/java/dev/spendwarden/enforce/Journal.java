package dev.spendwarden.enforce;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Where a running action writes down every step: the action's new state, its audit row and what
/// people are told, in one transaction, durable when the call returns. Blocking.
public interface Journal {

  /// Writes a step down, unless somebody else changed the action since it was read.
  ///
  /// @return whether it was written; if not, forget the step
  boolean record(Step step);

  /// Targets the action acted on since.
  long acted(String action, Instant since);

  /// Former actions whose change is in force. See [EnforceStore#inForce].
  List<Action> inForce(String action, String budgetId, Instant periodStart);

  /// @param action in its new state; its version is one above the one that was read
  /// @param tell what people are told; empty: nothing
  record Step(
      Action action, String who, String what, Map<String, String> details, Optional<Tell> tell) {
    public Step {
      details = Map.copyOf(details);
    }
  }

  enum Tell {
    PROPOSED,
    DONE,
    FAILED,
    UNDONE
  }
}
