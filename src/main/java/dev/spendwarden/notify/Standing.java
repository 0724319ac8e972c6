package dev.spendwarden.notify;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Policy;
import java.time.Instant;
import java.util.Optional;

/// What has become of an alert whose change is told later than it happened.
@FunctionalInterface
public interface Standing {

  /// Empty when nothing is known of the alert any more.
  Optional<Present> of(String budgetId, String alertId);

  /// @param assessment empty: it is judged elsewhere, and what waits stays as it was put there
  /// @param quietUntil a silence or a muting waiver holds it back; empty: none does
  record Present(
      Policy policy, Alert alert, Optional<Assessment> assessment, Optional<Instant> quietUntil) {}
}
