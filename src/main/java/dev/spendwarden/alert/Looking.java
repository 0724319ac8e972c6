package dev.spendwarden.alert;

import dev.spendwarden.alert.Lifecycle.Span;
import dev.spendwarden.alert.Lifecycle.Step;
import dev.spendwarden.ledger.BudgetSeries;
import dev.spendwarden.ledger.DataState;
import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Completion;
import dev.spendwarden.policy.Evaluator;
import dev.spendwarden.policy.Motion.Still;
import dev.spendwarden.policy.Period;
import dev.spendwarden.policy.Policy;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Looks at budgets: each is judged, its alert takes the next step, and what changed goes into the
/// outcome. Owned by [Evaluation].
///
/// **Which ones.** Once heard of a source, a budget that would come out as it was last judged is
/// left alone. It would, when none of its figures changed, its sources are worth what they were, no
/// timer of its alert ran out, the period and the waivers are the same, late days of its sources
/// are completed for a forecast as they were, no forecast is due to be kept, and its rules do not
/// move with time or have not moved yet (see [dev.spendwarden.policy.Motion]). What people see of
/// it is brought up to date all the same, when they ask: see [#shown].
final class Looking {

  private final Evaluator evaluator;
  private final ForecastKeeping keeping;
  private Consumer<Assessment> observer = assessment -> {};

  Looking(Evaluator evaluator, ForecastKeeping keeping) {
    this.evaluator = evaluator;
    this.keeping = keeping;
  }

  /// Hears of every judgement that is made from now on.
  void observe(Consumer<Assessment> observer) {
    this.observer = observer;
  }

  /// A source of the policy was heard of.
  void heard(Watch watch, Instant now, Outcome.Builder outcome) {
    boolean everyOne = !now.isBefore(watch.wakeAt) || watch.motion().steady();
    look(watch, everyOne, now, outcome);
  }

  /// Looks at every budget of the policy.
  void all(Watch watch, Instant now, Outcome.Builder outcome) {
    look(watch, true, now, outcome);
  }

  private void look(Watch watch, boolean everyOne, Instant now, Outcome.Builder outcome) {
    Policy policy = watch.policy();
    Optional<Instant> dataAsOf = evaluator.dataAsOf(policy);
    DataState sources = evaluator.sourcesState(policy, watch.period(now), now);
    boolean turned = watch.heard(sources, dataAsOf, now);
    Completion completion =
        watch.motion().forecast() ? evaluator.completion(policy, dataAsOf) : Completion.NONE;
    turned |= completion.drifts() || !completion.equals(watch.completion);
    watch.completion = completion;
    for (BudgetSeries series : List.copyOf(watch.view().series())) {
      BudgetWatch budget = watch.budget(series.labels());
      if (everyOne
          || turned
          || keeping.isDue(watch, budget, now)
          || !budget.stands(series.revision(), now, dataAsOf)) {
        at(watch, series, now, outcome);
      }
    }
    watch.wakeAt = wakeAt(watch, now);
  }

  /// Time has passed: everything, when it is time for the whole policy, or those whose timers ran
  /// out.
  void tick(Watch watch, Instant now, Outcome.Builder outcome) {
    if (!now.isBefore(watch.wakeAt)) {
      all(watch, now, outcome);
      return;
    }
    for (BudgetWatch budget : List.copyOf(watch.budgets())) {
      if (!budget.wakeAt.isAfter(now)) {
        watch.series(budget).ifPresent(series -> at(watch, series, now, outcome));
      }
    }
  }

  private void at(Watch watch, BudgetSeries series, Instant now, Outcome.Builder outcome) {
    Policy policy = watch.policy();
    Period period = watch.period(now);
    BudgetWatch budget = watch.budget(series.labels());
    Assessment judged = evaluator.judge(policy, budget.budget, series, period, now, budget.recall);
    budget.judged(judged);
    observer.accept(judged);
    if (keeping.isDue(watch, budget, now)) {
      keeping.keep(watch, budget, series, judged, outcome);
    }
    Span span = watch.span(period);
    Step step =
        Lifecycle.next(budget.live(), budget.resolvedIn(span.start()), policy, judged, span);
    if (step.transition().isPresent()) {
      Assessment told = evaluator.describe(policy, judged, series, budget.recall);
      budget.shown(told);
      step = step.shown(told);
    }
    apply(budget, step, outcome);
    budget.standing(
        series.revision(),
        Lifecycle.isSettled(budget.live(), judged)
            ? watch.motion().still(series, period, now, judged.dataAsOf(), budget.recall)
            : Still.NEVER);
    budget.wakeAt =
        budget.live().flatMap(alert -> Lifecycle.nextTimer(alert, policy, now)).orElse(Instant.MAX);
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

  /// When all budgets of a policy must be looked at again if nothing is read.
  private Instant wakeAt(Watch watch, Instant now) {
    Instant next = watch.span(watch.period(now)).end();
    next = ifSooner(evaluator.staleAt(watch.policy()).orElse(Instant.MAX), next, now);
    for (Policy.Waiver waiver : watch.policy().waivers()) {
      next = ifSooner(waiver.until(), next, now);
    }
    return next;
  }

  private static Instant ifSooner(Instant candidate, Instant next, Instant now) {
    return candidate.isAfter(now) && candidate.isBefore(next) ? candidate : next;
  }

  /// Ends alerts whose period is over, held or not: by the calendar, at the period's end.
  void closePeriods(Watch watch, Instant now, Outcome.Builder outcome) {
    if (now.isBefore(watch.closesAt)) {
      return;
    }
    boolean closed = false;
    for (BudgetWatch budget : watch.budgets()) {
      Optional<Alert> live = budget.live();
      if (live.isPresent() && !now.isBefore(live.get().periodEnd())) {
        Alert alert = live.get();
        Assessment last =
            shown(watch, budget)
                .orElseGet(() ->
                    Assessment.none(
                        budget.budget.labels(),
                        watch.policy(),
                        alert.periodStart(),
                        alert.periodEnd(),
                        now));
        Step step =
            Lifecycle.resolve(
                alert, watch.policy(), last, Alert.Reason.PERIOD_CLOSED, alert.periodEnd());
        apply(budget, step, outcome);
        budget.forgetEndedBefore(now.minus(Evaluation.OPEN_TO_RESTATEMENT));
      }
      @Nullable Assessment judged = budget.judged();
      if (judged != null && !now.isBefore(judged.period().end()) && watch.endsByCalendar()) {
        closed = true;
      }
    }
    if (closed) {
      watch.startPeriod(now);
    }
    watch.closesAt = watch.span(watch.period(now)).end();
  }

  /// What people see of a budget: what it was judged as, as of the instant at which its sources
  /// were last heard of. Empty before the first look.
  Optional<Assessment> shown(Watch watch, BudgetWatch budget) {
    @Nullable Assessment judged = budget.judged();
    if (judged == null) {
      return Optional.empty();
    }
    @Nullable Assessment shown = budget.shown();
    boolean stands = judged.at().isBefore(watch.heardAt());
    Instant at = stands ? watch.heardAt() : judged.at();
    if (shown != null && shown.at().equals(at)) {
      return Optional.of(shown);
    }
    Optional<BudgetSeries> series = watch.series(budget);
    if (series.isEmpty()) {
      return Optional.of(shown == null ? judged : shown);
    }
    Assessment standing = stands ? judged.standing(at, watch.dataAsOf()) : judged;
    Assessment complete = evaluator.describe(watch.policy(), standing, series.get(), budget.recall);
    budget.shown(complete);
    return Optional.of(complete);
  }
}
