package dev.spendwarden.app.rehearse;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.policy.Severity;
import java.time.Instant;
import java.util.Optional;
import java.util.TreeSet;

/// An alert from its first message to its last.
///
/// @param severity the worst it had
/// @param rules all that fired in it
/// @param reason why it ended; empty while it had not
public record Episode(
    String policy,
    String budgetId,
    Dimensions labels,
    Instant periodStart,
    Instant startedAt,
    Optional<Instant> endedAt,
    Severity severity,
    TreeSet<String> rules,
    Optional<Alert.Reason> reason) {

  static Episode of(Alert alert) {
    return new Episode(
        alert.policy(),
        alert.budgetId(),
        alert.budgetLabels(),
        alert.periodStart(),
        alert.startedAt(),
        alert.endedAt(),
        alert.severity(),
        new TreeSet<>(alert.firingRules()),
        alert.reason());
  }

  /// The same alert later on.
  Episode then(Episode later) {
    var both = new TreeSet<>(rules);
    both.addAll(later.rules);
    Severity worst = severity.compareTo(later.severity) > 0 ? severity : later.severity;
    return new Episode(
        policy, budgetId, labels, periodStart, startedAt, later.endedAt, worst, both, later.reason);
  }
}
