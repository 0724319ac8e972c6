package dev.spendwarden.enforce;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.RuleState;
import dev.spendwarden.alert.Snapshot;
import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Period;
import dev.spendwarden.policy.PeriodSpec;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.Rule;
import dev.spendwarden.policy.Truth;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Looks at every new snapshot for breaches that ask for an action, and remembers between two of
/// them what a decision to act needs: how many good readings in a row the breach has lasted, and
/// whether a figure jumped. [#consider] and [#accept] are called by the evaluation's thread, one
/// after the other; [#isSuspicious] by any.
public final class Watcher {

  /// Readings in a row on which a rule must fire: one may be a slip.
  public static final int READINGS_NEEDED = 2;

  private final Map<String, Figure> figures = new ConcurrentHashMap<>();
  private Map<String, Streak> streaks = Map.of();

  /// @param rules for how many good readings in a row each rule with actions has fired
  record Streak(Instant dataAsOf, Map<String, Integer> rules) {}

  /// What a snapshot asks for, not yet in force.
  ///
  /// @param figures those that changed
  /// @param wanted actions that the breaches of the snapshot call for; most will exist already
  /// @param streaks what is to be remembered
  public record Considered(
      Map<String, Figure> figures, List<Wanted> wanted, Map<String, Streak> streaks) {
    public boolean isEmpty() {
      return figures.isEmpty() && wanted.isEmpty();
    }
  }

  /// A breach that asks for an action.
  public record Wanted(
      String action,
      Policy policy,
      Rule rule,
      Alert alert,
      Assessment assessment,
      boolean suspicious) {

    /// @param scope the value of the action's target label
    public Action.Subject subject(String scope, int round) {
      return new Action.Subject(
          policy.name(),
          alert.budgetId(),
          alert.budgetLabels(),
          rule.name(),
          alert.id(),
          round,
          scope,
          alert.periodStart(),
          alert.periodEnd(),
          assessment.unit(),
          assessment.spent(),
          assessment.limit());
    }
  }

  /// Takes in what was stored.
  public void restore(Collection<Figure> stored) {
    figures.clear();
    streaks = Map.of();
    stored.forEach(figure -> figures.put(figure.budgetId(), figure));
  }

  /// Whether the budget's figure jumped beyond `max_jump`.
  public boolean isSuspicious(String budgetId) {
    Figure figure = figures.get(budgetId);
    return figure != null && figure.isSuspicious();
  }

  /// Reads a snapshot without changing what is remembered: call [#accept] once it is stored.
  public Considered consider(Snapshot snapshot) {
    var changed = new HashMap<String, Figure>();
    var wanted = new ArrayList<Wanted>();
    var next = new HashMap<String, Streak>();
    boolean any = snapshot.policies().values().stream().anyMatch(Watcher::acts);
    if (!any) {
      return new Considered(changed, wanted, next);
    }
    for (Snapshot.BudgetView view : snapshot.budgets().values()) {
      Policy policy = snapshot.policies().get(view.assessment().budget().policy());
      if (policy != null && acts(policy)) {
        look(policy, view, changed, wanted, next);
      }
    }
    return new Considered(changed, wanted, next);
  }

  /// What was considered is stored.
  public void accept(Considered considered) {
    figures.putAll(considered.figures());
    streaks = considered.streaks();
  }

  /// Whether a breach of the policy asks for anything.
  public static boolean acts(Policy policy) {
    return policy.rules().stream().anyMatch(rule -> !rule.actions().isEmpty());
  }

  private void look(
      Policy policy,
      Snapshot.BudgetView view,
      Map<String, Figure> changed,
      List<Wanted> wanted,
      Map<String, Streak> next) {
    Assessment assessment = view.assessment();
    String budgetId = assessment.budget().id();
    if (assessment.held() || assessment.dataAsOf().isEmpty()) {
      // Whatever was seen before is no longer "in a row".
      return;
    }
    Figure figure = figure(policy, assessment);
    if (figure != null && !figure.equals(figures.get(budgetId))) {
      changed.put(budgetId, figure);
    }
    boolean suspicious = figure != null && figure.isSuspicious();
    Instant asOf = assessment.dataAsOf().get();
    Streak before = streaks.get(budgetId);
    boolean sameData = before != null && before.dataAsOf().equals(asOf);
    var counts = new HashMap<String, Integer>();
    for (Rule rule : policy.rules()) {
      if (rule.actions().isEmpty() || !fires(rule, view)) {
        continue;
      }
      int former = before == null ? 0 : before.rules().getOrDefault(rule.name(), 0);
      int count = sameData && former > 0 ? former : former + 1;
      counts.put(rule.name(), count);
      if (count >= READINGS_NEEDED) {
        Alert alert = view.alert().orElseThrow();
        for (String action : rule.actions()) {
          wanted.add(new Wanted(action, policy, rule, alert, assessment, suspicious));
        }
      }
    }
    next.put(budgetId, new Streak(asOf, counts));
  }

  private @Nullable Figure figure(Policy policy, Assessment assessment) {
    Optional<BigDecimal> spent = assessment.spent();
    if (spent.isEmpty()) {
      return null;
    }
    Instant start =
        switch (policy.period()) {
          case PeriodSpec.Calendar _, PeriodSpec.Anchored _ -> assessment.period().start();
          case PeriodSpec.Rolling _, PeriodSpec.None _ -> Period.FAR_PAST;
        };
    String budgetId = assessment.budget().id();
    return Figure.next(
        Optional.ofNullable(figures.get(budgetId)),
        budgetId,
        start,
        spent.get(),
        assessment.limit(),
        policy.maxJump());
  }

  /// Whether the rule fires and its condition holds at this very reading: one that only keeps
  /// firing does not act.
  public static boolean fires(Rule rule, Snapshot.BudgetView view) {
    boolean firing =
        view.alert()
            .filter(alert -> alert.state() == Alert.State.FIRING)
            .map(alert -> alert.rules().get(rule.name()))
            .filter(RuleState.Firing.class::isInstance)
            .isPresent();
    return firing
        && view.assessment().verdicts().stream()
            .anyMatch(v -> v.rule().equals(rule.name()) && v.truth() == Truth.TRUE);
  }
}
