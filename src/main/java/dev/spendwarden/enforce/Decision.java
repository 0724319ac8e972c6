package dev.spendwarden.enforce;

import dev.spendwarden.charge.Amount;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.ledger.DataState;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The answer to "may I spend this?".
///
/// @param reasons sentences: why not, and what could not be known; empty on a plain yes
/// @param left the least that is left over the matching budgets of the asked unit, before this
///   amount; empty when none of them has a limit and figures
/// @param policies each matching budget
public record Decision(
    boolean allow, List<String> reasons, Optional<BigDecimal> left, List<Judged> policies) {

  public Decision {
    reasons = List.copyOf(reasons);
    policies = List.copyOf(policies);
  }

  /// The question.
  ///
  /// @param labels what the charge would carry; may name the source
  public record Request(Map<Dimension, String> labels, Amount amount) {
    public Request {
      labels = Map.copyOf(labels);
    }
  }

  /// One matching budget.
  ///
  /// @param enforced whether its policy can refuse
  /// @param allow what this budget alone would say
  /// @param held reserved by others
  /// @param left limit less spent less held
  public record Judged(
      String policy,
      String budgetId,
      Dimensions labels,
      boolean enforced,
      boolean allow,
      Optional<Unit> unit,
      Optional<BigDecimal> limit,
      Optional<BigDecimal> spent,
      BigDecimal held,
      Optional<BigDecimal> left,
      DataState dataState,
      Optional<String> reason) {}
}
