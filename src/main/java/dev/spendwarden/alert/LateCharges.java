package dev.spendwarden.alert;

import dev.spendwarden.alert.Lifecycle.Step;
import dev.spendwarden.charge.ChargePeriod;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.ledger.BudgetSeries;
import dev.spendwarden.ledger.ChargeRevision;
import dev.spendwarden.ledger.Posting;
import dev.spendwarden.ledger.Selection;
import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Evaluator;
import dev.spendwarden.policy.Facts;
import dev.spendwarden.policy.Period;
import dev.spendwarden.policy.Periods;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.Recall;
import dev.spendwarden.policy.Rule;
import dev.spendwarden.policy.Truth;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Charges that belong to a period that has closed: looks whether they take it over a rule.
final class LateCharges {

  private final Evaluator evaluator;

  LateCharges(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  void look(Watch watch, Posting posting, Instant now, Outcome.Builder outcome) {
    Policy policy = watch.policy();
    if (!watch.selects(posting.source())
        || policy.selection().kind() != Selection.Kind.SPEND
        || !watch.endsByCalendar()) {
      return;
    }
    Period closed = Periods.previous(policy.period(), policy.zone(), watch.period(now));
    while (closed.end().plus(Evaluation.OPEN_TO_RESTATEMENT).isAfter(now)) {
      for (Dimensions labels : labelsChangedIn(closed.span(), policy.selection(), posting)) {
        Period period = closed;
        watch
            .view()
            .series(labels)
            .ifPresent(series -> lookAtClosed(watch, series, period, now, outcome));
      }
      closed = Periods.previous(policy.period(), policy.zone(), closed);
    }
  }

  private static Set<Dimensions> labelsChangedIn(
      ChargePeriod span, Selection selection, Posting posting) {
    var labels = new LinkedHashSet<Dimensions>();
    for (ChargeRevision revision : posting.charges()) {
      var charge = revision.charge();
      if (span.contains(charge.period().start())
          && selection.matches(charge.source(), charge.dimensions(), charge.unit())) {
        labels.add(selection.labelsOf(charge.source(), charge.dimensions(), charge.unit()));
      }
    }
    return labels;
  }

  private void lookAtClosed(
      Watch watch, BudgetSeries series, Period closed, Instant now, Outcome.Builder outcome) {
    Policy policy = watch.policy();
    BudgetWatch budget = watch.budget(series.labels());
    Optional<Alert> ofPeriod = budget.resolvedIn(closed.start());
    var recall = new Recall();
    Set<String> crossed = crossed(policy, evaluator.facts(policy, series, closed, now, recall));
    ofPeriod.ifPresent(alert -> crossed.removeAll(alert.firingRules()));
    if (crossed.isEmpty()) {
      // As it nearly always is: the whole judgement would cost a forecast of what is over.
      return;
    }
    Assessment assessment = evaluator.assess(policy, budget.budget, series, closed, now, recall);
    if (!assessment.held()) {
      Step step = Lifecycle.late(ofPeriod, policy, assessment, watch.span(closed), crossed, now);
      budget.put(step.alert().orElseThrow());
      outcome.changed(step.alert().orElseThrow());
      step.transition().ifPresent(outcome::transition);
    }
  }

  /// The rules that hold for a closed period. Rules about pace ask about a "now" that is over and
  /// are left out.
  private static Set<String> crossed(Policy policy, Facts facts) {
    var crossed = new TreeSet<String>();
    for (Rule rule : policy.rules()) {
      if (!rule.when().movesWithTime() && rule.when().test(facts) == Truth.TRUE) {
        crossed.add(rule.name());
      }
    }
    return crossed;
  }
}
