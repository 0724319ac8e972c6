package dev.spendwarden.alert;

import dev.spendwarden.alert.Explanation.Measured;
import dev.spendwarden.alert.Explanation.RuleOutcome;
import dev.spendwarden.alert.Explanation.SourceData;
import dev.spendwarden.burn.ForecastScore;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.ledger.BudgetSeries;
import dev.spendwarden.ledger.BudgetSeries.Input;
import dev.spendwarden.ledger.Ledger;
import dev.spendwarden.ledger.SourceStatus;
import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Budget;
import dev.spendwarden.policy.Condition;
import dev.spendwarden.policy.Evaluator;
import dev.spendwarden.policy.Facts;
import dev.spendwarden.policy.Period;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.Recall;
import dev.spendwarden.policy.Rule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Puts an explanation together from the very parts that judge.
final class Explaining {

  private final Ledger ledger;
  private final Evaluator evaluator;
  private final Recall recall;

  /// @param recall of the budget: what is explained is what was judged
  Explaining(Ledger ledger, Evaluator evaluator, Recall recall) {
    this.recall = recall;
    this.ledger = ledger;
    this.evaluator = evaluator;
  }

  Explanation explain(
      Policy policy,
      BudgetSeries series,
      Period period,
      Optional<Alert> alert,
      ForecastScore score,
      Instant now) {
    Assessment assessment =
        evaluator.assess(
            policy, Budget.of(policy.name(), series.labels()), series, period, now, recall);
    Facts facts = evaluator.facts(policy, series, period, now, recall);
    List<Input> inputs = series.inputs(period.span(), policy.gross());
    return new Explanation(
        policy,
        assessment,
        policy.waivers().stream().filter(waiver -> waiver.covers(series.labels(), now)).toList(),
        policy.selection().sources().stream().sorted().map(name -> data(policy, name)).toList(),
        inputs.stream().limit(Explanation.MOST_INPUTS).toList(),
        Math.max(0, inputs.size() - Explanation.MOST_INPUTS),
        windows(policy, series, assessment),
        rules(policy, assessment, facts, alert),
        alert,
        evaluator.forecastBasis(policy, series, period, now, recall),
        score);
  }

  private SourceData data(Policy policy, String source) {
    SourceStatus status = ledger.status(source);
    return new SourceData(
        source,
        status.dataAsOf(),
        evaluator.freshWithin(policy, source),
        status.failure(),
        status.failingSince());
  }

  private static List<Measured> windows(Policy policy, BudgetSeries series, Assessment assessment) {
    Optional<Unit> unit = assessment.unit();
    Optional<Instant> asOf = assessment.dataAsOf();
    if (unit.isEmpty() || asOf.isEmpty() || assessment.unknown().isPresent()) {
      return List.of();
    }
    var windows = new LinkedHashMap<String, Condition.Window>();
    for (Rule rule : policy.rules()) {
      rule.when().burnWindows().forEach(window -> windows.putIfAbsent(window.text(), window));
    }
    if (windows.isEmpty()) {
      windows.put(Condition.Window.USUAL.text(), Condition.Window.USUAL);
    }
    return windows.values().stream()
        .map(window ->
            new Measured(
                window,
                series.pace(
                    window.length(), assessment.at(), asOf.get(), unit.get(), policy.gross())))
        .toList();
  }

  private static List<RuleOutcome> rules(
      Policy policy, Assessment assessment, Facts facts, Optional<Alert> alert) {
    Map<String, RuleState> states =
        alert.filter(a -> a.state() != Alert.State.RESOLVED).map(Alert::rules).orElse(Map.of());
    var outcomes = new ArrayList<RuleOutcome>();
    for (int i = 0; i < policy.rules().size(); i++) {
      Rule rule = policy.rules().get(i);
      outcomes.add(
          new RuleOutcome(
              rule,
              assessment.verdicts().get(i).truth(),
              Optional.ofNullable(states.get(rule.name())),
              rule.when().explain(facts),
              rule.when().distance(facts)));
    }
    return outcomes;
  }
}
