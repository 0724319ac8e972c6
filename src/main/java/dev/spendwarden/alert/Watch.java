package dev.spendwarden.alert;

import dev.spendwarden.alert.Lifecycle.Span;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.ledger.BudgetSeries;
import dev.spendwarden.ledger.DataState;
import dev.spendwarden.ledger.View;
import dev.spendwarden.policy.Budget;
import dev.spendwarden.policy.Completion;
import dev.spendwarden.policy.Motion;
import dev.spendwarden.policy.Period;
import dev.spendwarden.policy.PeriodSpec;
import dev.spendwarden.policy.Periods;
import dev.spendwarden.policy.Policy;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One policy in force: its view on the ledger and what is remembered of each of its budgets. Owned
/// by [Evaluation].
final class Watch {

  private final Policy policy;
  private final Motion motion;
  private final View view;
  private final Map<Dimensions, BudgetWatch> budgets;
  private @Nullable Period current;

  /// When all of it must be looked at again though nothing was read: data goes stale, a waiver or
  /// the period ends.
  Instant wakeAt = Instant.MAX;

  /// When one of its alerts or budgets leaves its period.
  Instant closesAt = Instant.MIN;

  /// When forecasts of a budget can be scored at the soonest.
  Instant scoresAt = Instant.MAX;

  /// How late days were completed at the last look.
  Completion completion = Completion.NONE;

  /// When its sources were last heard of, what they were worth then and how new their data was.
  private Instant heardAt = Instant.MIN;

  private DataState sources = DataState.MISSING;
  private Optional<Instant> dataAsOf = Optional.empty();

  Watch(Policy policy, View view) {
    this(policy, view, new LinkedHashMap<>());
  }

  private Watch(Policy policy, View view, Map<Dimensions, BudgetWatch> budgets) {
    this.policy = policy;
    this.motion = Motion.of(policy);
    this.view = view;
    this.budgets = budgets;
  }

  /// The same budgets under the policy with other waivers.
  Watch under(Policy waived) {
    return new Watch(waived, view, budgets);
  }

  Policy policy() {
    return policy;
  }

  Motion motion() {
    return motion;
  }

  /// Remembers how its sources stand.
  ///
  /// @return whether they are worth more or less than before
  boolean heard(DataState state, Optional<Instant> newest, Instant now) {
    boolean turned = state != sources;
    sources = state;
    dataAsOf = newest;
    heardAt = now;
    return turned;
  }

  Instant heardAt() {
    return heardAt;
  }

  Optional<Instant> dataAsOf() {
    return dataAsOf;
  }

  View view() {
    return view;
  }

  Collection<BudgetWatch> budgets() {
    return budgets.values();
  }

  Optional<BudgetWatch> find(Dimensions labels) {
    return Optional.ofNullable(budgets.get(labels));
  }

  /// What is remembered of a budget; opened when it is new.
  BudgetWatch budget(Dimensions labels) {
    @Nullable BudgetWatch known = budgets.get(labels);
    if (known == null) {
      known = new BudgetWatch(Budget.of(policy.name(), labels));
      budgets.put(labels, known);
    }
    return known;
  }

  Optional<BudgetSeries> series(BudgetWatch budget) {
    return view.series(budget.budget.labels());
  }

  boolean selects(String source) {
    return policy.selection().sources().contains(source);
  }

  /// The period that `now` is in.
  Period period(Instant now) {
    @Nullable Period known = current;
    if (known == null
        || !endsByCalendar()
        || now.isBefore(known.start())
        || !now.isBefore(known.end())) {
      known = Periods.current(policy.period(), policy.zone(), now);
      current = known;
    }
    return known;
  }

  /// The span of alerts in `period`; periods without an end by the calendar make one span for good.
  Span span(Period period) {
    return endsByCalendar()
        ? new Span(period.start(), period.end())
        : new Span(Period.FAR_PAST, Period.FAR_FUTURE);
  }

  boolean endsByCalendar() {
    return switch (policy.period()) {
      case PeriodSpec.Calendar _, PeriodSpec.Anchored _ -> true;
      case PeriodSpec.Rolling _, PeriodSpec.None _ -> false;
    };
  }

  /// A period has begun: budgets that have nothing left in it are forgotten.
  void startPeriod(Instant now) {
    view.forgetVanished(period(now).start());
    budgets.values().removeIf(budget -> budget.live().isEmpty() && series(budget).isEmpty());
  }
}
