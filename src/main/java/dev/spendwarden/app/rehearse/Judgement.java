package dev.spendwarden.app.rehearse;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.Evaluation;
import dev.spendwarden.alert.ExplanationText;
import dev.spendwarden.alert.Snapshot;
import dev.spendwarden.alert.Snapshot.BudgetView;
import dev.spendwarden.app.rehearse.Failure.Difference;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.ledger.DataState;
import dev.spendwarden.notify.Body;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.policy.Budget;
import dev.spendwarden.policy.yaml.PolicyTest.Expectation;
import dev.spendwarden.policy.yaml.PolicyTest.State;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Compares one expectation with what became of it.
final class Judgement {

  private final Expectation expected;
  private final List<Difference> differences = new ArrayList<>();

  private Judgement(Expectation expected) {
    this.expected = expected;
  }

  /// Empty when all is as expected.
  static Optional<Failure> of(
      Expectation expected, Evaluation evaluation, List<Notification> sent, Instant now) {
    var judgement = new Judgement(expected);
    List<BudgetView> budgets = budgetsOf(expected, evaluation.snapshot(now));
    boolean ofABudget = isOfABudget(expected);
    if (ofABudget && budgets.size() > 1) {
      judgement.differs(
          "budget",
          "one budget",
          budgets.size()
              + ": "
              + budgets.stream()
                  .map(view -> nameOf(view.assessment().budget().labels()))
                  .sorted()
                  .limit(10)
                  .collect(Collectors.joining(", "))
              + "; say which with 'budget'");
    } else if (ofABudget) {
      judgement.compare(budgets.stream().findFirst());
    }
    judgement.compareSent(sent);
    if (judgement.differences.isEmpty()) {
      return Optional.empty();
    }
    List<String> explanation =
        budgets.size() == 1
            ? explain(budgets.getFirst().assessment().budget(), evaluation, now)
            : List.of();
    return Optional.of(new Failure(expected, judgement.differences, explanation));
  }

  private static boolean isOfABudget(Expectation expected) {
    return expected.state().isPresent()
        || expected.severity().isPresent()
        || expected.rules().isPresent()
        || expected.dataState().isPresent()
        || expected.reason().isPresent();
  }

  /// The budgets an expectation may be about: one that has exactly the labels, otherwise those that
  /// have them among others.
  private static List<BudgetView> budgetsOf(Expectation expected, Snapshot snapshot) {
    if (expected.policy().isEmpty()) {
      return List.of();
    }
    Dimensions wanted = expected.budget().orElse(Dimensions.NONE);
    List<BudgetView> candidates =
        snapshot.budgets().values().stream()
            .filter(view -> view.assessment().budget().policy().equals(expected.policy().get()))
            .filter(view -> has(view.assessment().budget().labels(), wanted))
            .toList();
    List<BudgetView> exact =
        candidates.stream()
            .filter(view -> view.assessment().budget().labels().equals(wanted))
            .toList();
    return expected.budget().isPresent() && !exact.isEmpty() ? exact : candidates;
  }

  private static boolean has(Dimensions labels, Dimensions wanted) {
    return labels.asMap().entrySet().containsAll(wanted.asMap().entrySet());
  }

  private void compare(Optional<BudgetView> view) {
    Optional<Alert> alert = view.flatMap(BudgetView::alert);
    String nothing = view.isPresent() ? "none" : "none (there is no such budget)";
    expected
        .state()
        .ifPresent(wanted -> {
          State found = alert.map(State::of).orElse(State.NONE);
          if (found != wanted) {
            differs("state", wanted.word(), alert.isPresent() ? found.word() : nothing);
          }
        });
    expected
        .severity()
        .ifPresent(wanted -> {
          if (!alert.map(Alert::severity).equals(Optional.of(wanted))) {
            differs("severity", wanted.word(), alert.map(a -> a.severity().word()).orElse(nothing));
          }
        });
    expected
        .rules()
        .ifPresent(wanted -> {
          Set<String> found = alert.map(Judgement::rulesOf).orElse(Set.of());
          if (!found.equals(wanted)) {
            differs("rules", new TreeSet<>(wanted).toString(), found.toString());
          }
        });
    expected
        .dataState()
        .ifPresent(wanted -> {
          DataState found = view.map(v -> v.assessment().dataState()).orElse(DataState.MISSING);
          if (found != wanted) {
            differs(
                "data_state",
                wanted.word(),
                view.isPresent() ? found.word() : "missing (there is no such budget)");
          }
        });
    expected
        .reason()
        .ifPresent(wanted -> {
          if (!alert.flatMap(Alert::reason).equals(Optional.of(wanted))) {
            differs(
                "reason",
                wanted.word(),
                alert.flatMap(Alert::reason).map(Alert.Reason::word).orElse("none"));
          }
        });
  }

  /// The rules that fire; while the alert is pending, those that are about to.
  private static Set<String> rulesOf(Alert alert) {
    return alert.state() == Alert.State.PENDING
        ? new TreeSet<>(alert.rules().keySet())
        : alert.firingRules();
  }

  private void compareSent(List<Notification> sent) {
    List<String> types = sent.stream().filter(this::isMeant).map(Notification::type).toList();
    expected
        .notifications()
        .ifPresent(wanted -> {
          if (types.size() != wanted) {
            differs("notifications", wanted.toString(), types.size() + " " + types);
          }
        });
    expected
        .types()
        .ifPresent(wanted -> {
          if (!types.equals(wanted)) {
            differs("types", wanted.toString(), types.toString());
          }
        });
  }

  /// Where a policy or a budget is named, only what was sent of it counts.
  private boolean isMeant(Notification notification) {
    if (expected.policy().isEmpty()) {
      return true;
    }
    Body alert = Body.of(notification).object("alert");
    boolean samePolicy = alert.text("policy").equals(expected.policy());
    return samePolicy
        && expected
            .budget()
            .map(wanted ->
                alert
                    .object("labels")
                    .asTexts()
                    .entrySet()
                    .containsAll(wanted.asWords().entrySet()))
            .orElse(true);
  }

  private void differs(String what, String wanted, String found) {
    differences.add(new Difference(what, wanted, Objects.requireNonNull(found, what)));
  }

  private static String nameOf(Dimensions labels) {
    return labels.isEmpty() ? "(no labels)" : labels.toString();
  }

  private static List<String> explain(Budget budget, Evaluation evaluation, Instant now) {
    return evaluation
        .explain(budget.policy(), budget.labels(), now)
        .map(ExplanationText::lines)
        .orElse(List.of());
  }
}
