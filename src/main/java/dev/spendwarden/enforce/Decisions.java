package dev.spendwarden.enforce;

import dev.spendwarden.alert.Snapshot;
import dev.spendwarden.charge.Amount;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.enforce.Decision.Judged;
import dev.spendwarden.enforce.Decision.Request;
import dev.spendwarden.ledger.DataState;
import dev.spendwarden.ledger.Selection;
import dev.spendwarden.ledger.SourceStatus;
import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Budget;
import dev.spendwarden.policy.Limit;
import dev.spendwarden.policy.Period;
import dev.spendwarden.policy.Periods;
import dev.spendwarden.policy.Policy;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Decides whether an amount may be spent, from the newest snapshot and the holds alone.
///
/// **Which budgets match.** Those that a charge with the given labels would be booked on: its
/// policy's selection matches the labels (every dimension named in `where` must be among them) and
/// the budget's own labels are those that `per` takes from them. Labels without `source` are tried
/// with each source of a policy. A budget with a fixed limit that nothing was booked on yet counts
/// as one of which nothing is spent.
///
/// **What refuses.** Only budgets whose policy has `decisions: { enforce: true }`: where spent,
/// holds and the amount together are above the limit (exactly at it is allowed), and where that
/// cannot be known (held data, no figures, another unit) and `when_unknown` is `deny`. A budget
/// without a limit never refuses.
///
/// Thread-safe.
public final class Decisions {

  private volatile Indexed indexed = new Indexed(Snapshot.EMPTY, DecisionIndex.of(Map.of()));

  private record Indexed(Snapshot snapshot, DecisionIndex index) {}

  /// @param holds what others have reserved; hold its lock to reserve on the answer
  public Decision decide(Request request, Snapshot snapshot, Holds holds, Instant now) {
    var judged = new ArrayList<Judged>();
    for (Policy policy : index(snapshot).candidates(request.labels())) {
      for (Dimensions labels : budgetLabels(policy, request)) {
        Assessment assessment = assessment(policy, labels, snapshot, now);
        if (assessment != null) {
          judged.add(judge(policy, assessment, request.amount(), holds, now));
        }
      }
    }
    var reasons = new ArrayList<String>();
    boolean allow = true;
    Optional<BigDecimal> left = Optional.empty();
    Unit asked = request.amount().unit();
    for (Judged one : judged) {
      if (one.enforced()) {
        allow &= one.allow();
        one.reason().ifPresent(reasons::add);
      }
      if (one.left().isPresent() && one.unit().equals(Optional.of(asked))) {
        left = Optional.of(left.map(one.left().get()::min).orElse(one.left().get()));
      }
    }
    return new Decision(allow, reasons, left, judged);
  }

  /// Made anew only when the policies are others, not at every look.
  private DecisionIndex index(Snapshot snapshot) {
    Indexed current = indexed;
    if (current.snapshot() != snapshot) {
      boolean same = current.snapshot().policies().equals(snapshot.policies());
      current =
          new Indexed(snapshot, same ? current.index() : DecisionIndex.of(snapshot.policies()));
      indexed = current;
    }
    return current.index();
  }

  /// The labels of the budgets that such a charge would be booked on; mostly one or none.
  private static Set<Dimensions> budgetLabels(Policy policy, Request request) {
    Selection selection = policy.selection();
    String named = request.labels().get(Dimension.SOURCE);
    Dimensions dimensions = Dimensions.of(request.labels());
    Unit unit = request.amount().unit();
    if (named != null) {
      return selection.matches(named, dimensions, unit)
          ? Set.of(selection.labelsOf(named, dimensions, unit))
          : Set.of();
    }
    var labels = new HashSet<Dimensions>();
    for (String source : selection.sources()) {
      if (selection.matches(source, dimensions, unit)) {
        labels.add(selection.labelsOf(source, dimensions, unit));
      }
    }
    return labels;
  }

  /// The budget's newest assessment; null when there is none and none can be told.
  private static @Nullable Assessment assessment(
      Policy policy, Dimensions labels, Snapshot snapshot, Instant now) {
    Snapshot.BudgetView view = snapshot.budgets().get(Budget.of(policy.name(), labels).id());
    if (view != null) {
      return view.assessment();
    }
    boolean whole = labels.asMap().keySet().containsAll(policy.selection().per());
    if (whole
        && policy.selection().kind() == Selection.Kind.SPEND
        && policy.limit() instanceof Limit.Fixed(Amount limit)) {
      return untouched(policy, labels, limit, snapshot, now);
    }
    return null;
  }

  /// A budget that nothing was booked on yet.
  private static Assessment untouched(
      Policy policy, Dimensions labels, Amount limit, Snapshot snapshot, Instant now) {
    Period period = Periods.current(policy.period(), policy.zone(), now);
    Assessment none = Assessment.none(labels, policy, period.start(), period.end(), now);
    return new Assessment(
        none.budget(),
        now,
        period,
        Optional.of(limit.unit()),
        Optional.of(BigDecimal.ZERO),
        Optional.of(raised(policy, limit, now)),
        none.used(),
        none.elapsed(),
        Map.of(),
        Optional.empty(),
        none.runwaySeconds(),
        Optional.of(now),
        stateOfSources(policy, snapshot, now),
        Optional.empty(),
        List.of(),
        List.of());
  }

  private static BigDecimal raised(Policy policy, Amount limit, Instant now) {
    BigDecimal sum = limit.value();
    for (Policy.Waiver waiver : policy.waivers()) {
      Optional<Amount> raise = waiver.raise().filter(r -> r.unit().equals(limit.unit()));
      if (now.isBefore(waiver.until()) && raise.isPresent()) {
        sum = sum.add(raise.get().value());
      }
    }
    return sum;
  }

  private static DataState stateOfSources(Policy policy, Snapshot snapshot, Instant now) {
    DataState state = DataState.FRESH;
    for (String source : policy.selection().sources()) {
      Optional<SourceStatus> status =
          snapshot.sources().stream().filter(s -> s.source().equals(source)).findFirst();
      Optional<Instant> asOf = status.flatMap(SourceStatus::dataAsOf);
      if (asOf.isEmpty()) {
        return DataState.MISSING;
      }
      if (status.get().failure().isPresent()) {
        return DataState.ERROR;
      }
      if (policy.freshWithin().isPresent()
          && !now.isBefore(asOf.get().plus(policy.freshWithin().get()))) {
        state = DataState.STALE;
      }
    }
    return state;
  }

  private static Judged judge(
      Policy policy, Assessment budget, Amount amount, Holds holds, Instant now) {
    BigDecimal held =
        budget.unit().isEmpty()
            ? BigDecimal.ZERO
            : holds.heldOf(budget.budget().id(), budget.unit().get(), budget.dataAsOf(), now);
    Optional<BigDecimal> left =
        budget.limit().flatMap(limit -> budget.spent().map(s -> limit.subtract(s).subtract(held)));
    boolean limited = !(policy.limit() instanceof Limit.None);
    Optional<String> unknown = limited ? unknown(budget, amount.unit(), left) : Optional.empty();
    boolean allow;
    Optional<String> reason = Optional.empty();
    if (unknown.isPresent()) {
      allow = policy.decisions().allowWhenUnknown();
      reason =
          Optional.of(
              name(budget)
                  + " cannot be judged: "
                  + unknown.get()
                  + "; its when_unknown is "
                  + (allow ? "allow" : "deny"));
    } else {
      allow = left.isEmpty() || amount.value().compareTo(left.get()) <= 0;
      if (!allow) {
        reason = Optional.of(over(budget, amount, held, left.get()));
      }
    }
    return new Judged(
        policy.name(),
        budget.budget().id(),
        budget.budget().labels(),
        policy.decisions().enforce(),
        allow,
        budget.unit(),
        budget.limit(),
        budget.spent(),
        held,
        left,
        budget.dataState(),
        reason);
  }

  /// Why a budget with a limit cannot be judged.
  private static Optional<String> unknown(
      Assessment budget, Unit asked, Optional<BigDecimal> left) {
    if (budget.unknown().isPresent()) {
      return budget.unknown();
    }
    if (budget.dataState() != DataState.FRESH) {
      return Optional.of("its data is " + budget.dataState().word());
    }
    if (budget.unit().isPresent() && !budget.unit().get().equals(asked)) {
      return Optional.of("it counts " + budget.unit().get() + ", not " + asked);
    }
    return left.isEmpty() ? Optional.of("its limit or spend is not known") : Optional.empty();
  }

  private static String over(Assessment budget, Amount amount, BigDecimal held, BigDecimal left) {
    String reserved = held.signum() == 0 ? "" : " and " + Amount.plain(held) + " reserved";
    return name(budget)
        + " has "
        + Amount.plain(left)
        + " "
        + amount.unit()
        + " left ("
        + Amount.plain(budget.spent().orElseThrow())
        + " of "
        + Amount.plain(budget.limit().orElseThrow())
        + " spent"
        + reserved
        + "); "
        + amount.plain()
        + " more would pass its limit";
  }

  private static String name(Assessment budget) {
    String labels = budget.budget().labels().toString();
    return "budget " + budget.budget().policy() + (labels.isEmpty() ? "" : " (" + labels + ")");
  }
}
