package dev.spendwarden.alert;

import dev.spendwarden.ledger.BudgetSeries;
import dev.spendwarden.ledger.Ledger;
import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Limit;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.Rule;
import dev.spendwarden.policy.Truth;
import java.util.ArrayList;
import java.util.List;

/// How much policies have to do, for the built-in policy that watches policies.
final class PolicyUses {

  private PolicyUses() {}

  static HealthWatch.PolicyUse of(Watch watch, Ledger ledger) {
    Policy policy = watch.policy();
    boolean answered =
        policy.selection().sources().stream()
            .allMatch(source -> ledger.status(source).dataAsOf().isPresent());
    var series = watch.view().series().stream().filter(BudgetSeries::hasFigures).toList();
    boolean limitMissing =
        policy.limit() instanceof Limit.Quota
            && !series.isEmpty()
            && series.stream().allMatch(one -> one.quotaLimit().isEmpty());
    return new HealthWatch.PolicyUse(
        policy.name(),
        answered ? Truth.of(!series.isEmpty()) : Truth.UNKNOWN,
        Truth.of(limitMissing),
        limitMissing ? List.of() : unknownRules(watch));
  }

  /// Rules that fresh data leaves unknown for every budget, though their windows are short enough
  /// to be full by now.
  private static List<String> unknownRules(Watch watch) {
    List<Assessment> judged =
        watch.budgets().stream()
            .map(BudgetWatch::judged)
            .filter(latest -> latest != null && !latest.held())
            .toList();
    var unknown = new ArrayList<String>();
    for (int i = 0; i < watch.policy().rules().size(); i++) {
      int index = i;
      Rule rule = watch.policy().rules().get(i);
      if (!judged.isEmpty()
          && rule.when().lookback().compareTo(BuiltInPolicies.INERT_FOR) <= 0
          && judged.stream().allMatch(a -> a.verdicts().get(index).truth() == Truth.UNKNOWN)) {
        unknown.add(rule.name());
      }
    }
    return unknown;
  }
}
