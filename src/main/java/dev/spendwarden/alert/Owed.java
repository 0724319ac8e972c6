package dev.spendwarden.alert;

import dev.spendwarden.alert.Transition.Kind;
import dev.spendwarden.policy.Severity;
import java.util.Optional;

/// What people were not told of an alert because it was quiet. Stored until they are, or until it
/// no longer matters.
///
/// @param told the severity they were last told; empty: nobody was told anything
/// @param kind the newest change that nobody was told of
public record Owed(String alertId, Optional<Severity> told, Kind kind) {

  /// The one change that brings those who were told up to date with the firing alert; empty when
  /// they are.
  public Optional<Kind> catchUp(Alert alert) {
    if (told.isEmpty()) {
      return Optional.of(Kind.FIRED);
    }
    int compared = alert.severity().compareTo(told.get());
    if (compared != 0) {
      return Optional.of(compared > 0 ? Kind.ESCALATED : Kind.DEESCALATED);
    }
    return kind == Kind.UPDATED ? Optional.of(kind) : Optional.empty();
  }
}
