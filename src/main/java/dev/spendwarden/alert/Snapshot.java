package dev.spendwarden.alert;

import dev.spendwarden.ledger.SourceStatus;
import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Policy;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// All that is known and judged at one instant: what metrics, the API and the page answer from.
/// Immutable; replaced whole by the evaluation's owner.
///
/// @param budgets by budget id, in a stable order
public record Snapshot(
    Instant at,
    Map<String, Policy> policies,
    Map<String, BudgetView> budgets,
    List<SourceStatus> sources) {

  public static final Snapshot EMPTY = new Snapshot(Instant.EPOCH, Map.of(), Map.of(), List.of());

  /// A budget, its newest assessment and its newest alert.
  public record BudgetView(Assessment assessment, Optional<Alert> alert) {}
}
