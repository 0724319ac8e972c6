package dev.spendwarden.policy;

import dev.spendwarden.charge.Dimension;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// What is known of all budgets of a policy before there is any figure: which facts can never be
/// known and how large others can get.
///
/// @param limited whether a limit may be known
/// @param ends whether the period ends
/// @param rolling whether the period is always wholly gone
/// @param labels the labels a budget may have
/// @param oldest data that is older holds the budget; empty where that is not known
public record BudgetShape(
    boolean limited, boolean ends, boolean rolling, Set<String> labels, Optional<Duration> oldest) {

  public BudgetShape {
    labels = Set.copyOf(labels);
  }

  /// @param oldest how old data may be where the policy does not say it
  public static BudgetShape of(Policy policy, Optional<Duration> oldest) {
    return new BudgetShape(
        !(policy.limit() instanceof Limit.None),
        !(policy.period() instanceof PeriodSpec.None),
        policy.period() instanceof PeriodSpec.Rolling,
        policy.selection().per().stream().map(Dimension::word).collect(Collectors.toSet()),
        policy.freshWithin().or(() -> oldest));
  }
}
