package dev.spendwarden.alert;

import dev.spendwarden.alert.Lifecycle.Span;
import dev.spendwarden.alert.Lifecycle.Step;
import dev.spendwarden.ledger.BudgetSeries;
import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Evaluator;
import dev.spendwarden.policy.Period;
import dev.spendwarden.policy.Policy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One look at one budget: it is assessed, its alert takes the next step, and what changed goes
/// into the outcome. Owned by [Evaluation].
final class Looking {

  private final Evaluator evaluator;
  private Consumer<Assessment> observer = assessment -> {};

  Looking(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  /// Hears of every assessment that is made from now on.
  void observe(Consumer<Assessment> observer) {
    this.observer = observer;
  }

  void all(Watch watch, Instant now, Outcome.Builder outcome) {
    List.copyOf(watch.view().series()).forEach(series -> at(watch, series, now, outcome));
  }

  void at(Watch watch, BudgetSeries series, Instant now, Outcome.Builder outcome) {
    Policy policy = watch.policy();
    Period period = watch.period(now);
    BudgetWatch budget = watch.budget(series.labels());
    Assessment assessment = evaluator.assess(policy, budget.budget, series, period, now);
    budget.latest = assessment;
    observer.accept(assessment);
    Span span = watch.span(period);
    Step step =
        Lifecycle.next(budget.live(), budget.resolvedIn(span.start()), policy, assessment, span);
    apply(budget, step, outcome);
    budget.wakeAt = wakeAt(policy, budget, span, now);
  }

  static void apply(BudgetWatch budget, Step step, Outcome.Builder outcome) {
    Optional<Alert> before = budget.live();
    if (step.alert().isPresent()) {
      Alert after = step.alert().get();
      if (!before.equals(step.alert())) {
        budget.put(after);
        outcome.changed(after);
      }
    } else if (before.isPresent()) {
      budget.dropLive();
      outcome.forgotten(before.get());
    }
    step.transition().ifPresent(outcome::transition);
  }

  private Instant wakeAt(Policy policy, BudgetWatch budget, Span span, Instant now) {
    var times = new ArrayList<Instant>();
    times.add(span.end());
    evaluator.staleAt(policy).ifPresent(times::add);
    budget.live().flatMap(alert -> Lifecycle.nextTimer(alert, policy)).ifPresent(times::add);
    policy.waivers().forEach(waiver -> times.add(waiver.until()));
    return times.stream().filter(at -> at.isAfter(now)).min(Instant::compareTo).orElse(Instant.MAX);
  }

  /// Ends alerts whose period is over, held or not: by the calendar, at the period's end.
  static void closePeriods(Watch watch, Instant now, Outcome.Builder outcome) {
    boolean closed = false;
    for (BudgetWatch budget : watch.budgets()) {
      Optional<Alert> live = budget.live();
      if (live.isPresent() && !now.isBefore(live.get().periodEnd())) {
        Alert alert = live.get();
        Assessment last = last(watch.policy(), Optional.of(budget), alert, now);
        Step step =
            Lifecycle.resolve(
                alert, watch.policy(), last, Alert.Reason.PERIOD_CLOSED, alert.periodEnd());
        apply(budget, step, outcome);
        budget.forgetEndedBefore(now.minus(Evaluation.OPEN_TO_RESTATEMENT));
      }
      @Nullable Assessment latest = budget.latest;
      if (latest != null && !now.isBefore(latest.period().end()) && watch.endsByCalendar()) {
        closed = true;
      }
    }
    if (closed) {
      watch.startPeriod(now);
    }
  }

  /// What the budget was last judged as, or that it never was.
  static Assessment last(Policy policy, Optional<BudgetWatch> budget, Alert alert, Instant now) {
    @Nullable Assessment latest = budget.isPresent() ? budget.get().latest : null;
    return latest != null
        ? latest
        : Assessment.none(
            alert.budgetLabels(), policy, alert.periodStart(), alert.periodEnd(), now);
  }
}
