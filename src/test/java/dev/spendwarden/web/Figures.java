package dev.spendwarden.web;

import static dev.spendwarden.metrics.Samples.full;
import static dev.spendwarden.metrics.Samples.policy;
import static dev.spendwarden.metrics.Samples.quiet;
import static dev.spendwarden.metrics.Samples.snapshot;
import static dev.spendwarden.metrics.Samples.user;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.BudgetHistory;
import dev.spendwarden.alert.Explanation;
import dev.spendwarden.alert.Explanation.RuleOutcome;
import dev.spendwarden.alert.Snapshot;
import dev.spendwarden.alert.Snapshot.BudgetView;
import dev.spendwarden.burn.ForecastScore;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.enforce.Action;
import dev.spendwarden.enforce.ActionSpec;
import dev.spendwarden.enforce.Target;
import dev.spendwarden.ledger.Day;
import dev.spendwarden.metrics.Samples;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Budget;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.Rule;
import dev.spendwarden.policy.Truth;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The figures that the browser is shown: one policy with a budget in breach and two that are well.
final class Figures {

  static final Assessment HOT = full("quota", user("ada"), "237.40", "250.00");
  static final Assessment CALM = full("quota", user("bob"), "90.00", "250.00");
  static final Assessment IDLE = full("quota", user("eve"), "12.50", "250.00");

  private Figures() {}

  /// The riskiest last, so that whoever wants it first has to sort.
  static Snapshot three(Optional<Alert> alert) {
    return snapshot(
        List.of(policy("quota", Dimension.USER)),
        List.of(quiet(IDLE), quiet(CALM), new BudgetView(HOT, alert)));
  }

  /// The budget in breach, but for what its rule needs, which is not known.
  static Assessment unsure() {
    return new Assessment(
        HOT.budget(),
        HOT.at(),
        HOT.period(),
        HOT.unit(),
        HOT.spent(),
        HOT.limit(),
        HOT.used(),
        HOT.elapsed(),
        HOT.burn(),
        HOT.forecast(),
        HOT.runwaySeconds(),
        HOT.dataAsOf(),
        HOT.dataState(),
        HOT.unknown(),
        List.of(new Assessment.Verdict("nearly-spent", Truth.UNKNOWN)),
        HOT.contributors());
  }

  static Explanation explained(Optional<Alert> alert) {
    return explained(HOT, Truth.TRUE, alert);
  }

  static Explanation explained(Assessment assessment, Truth truth, Optional<Alert> alert) {
    Policy policy = policy("quota", Dimension.USER);
    Rule rule = policy.rules().getFirst();
    var parts = rule.when().explain(new FixedFacts(0.9496));
    var outcome =
        new RuleOutcome(
            rule,
            truth,
            alert.map(firing -> firing.rules().get(rule.name())),
            parts,
            Optional.empty());
    return new Explanation(
        policy,
        assessment,
        List.of(),
        List.of(),
        List.of(),
        0,
        List.of(),
        List.of(outcome),
        alert,
        Optional.empty(),
        ForecastScore.NONE);
  }

  static Map<Budget, BudgetHistory> histories(Iterable<Budget> budgets) {
    var all = new LinkedHashMap<Budget, BudgetHistory>();
    for (Budget budget : budgets) {
      var days = new ArrayList<Day>();
      for (int i = 0; i < 20; i++) {
        LocalDate day = LocalDate.of(2027, 1, 1).plusDays(i);
        BigDecimal spent = new BigDecimal(4 + 5 * (i % 3) + i / 3).add(new BigDecimal("0.27"));
        days.add(new Day(day, spent, i == 8));
      }
      Instant settled = Samples.NOW.minus(Duration.ofDays(3));
      Assessment latest = full("quota", budget.labels(), "237.40", "250.00");
      all.put(budget, new BudgetHistory(latest, BigDecimal.ZERO, days, settled));
    }
    return all;
  }

  static Notification notification(String id, Notification.State state) {
    return new Notification(
        id,
        "hooks",
        "alert.fired",
        Optional.of("alr_1"),
        Optional.of("bud_1"),
        1,
        "{\"alert\": {\"policy\": \"quota\", \"labels\": {\"user\": \"ada\"}}}",
        state,
        3,
        state == Notification.State.DEAD ? Optional.of("404 Not Found") : Optional.empty(),
        Samples.NOW.minusSeconds(90),
        Optional.empty(),
        state == Notification.State.DEAD ? Optional.empty() : Optional.of(Samples.NOW));
  }

  /// Jobs of the user in breach that somebody must agree to cancel.
  static Action waitingAction() {
    var kind =
        new Action.Kind(
            "cancel-queued", "ionq.cancel_jobs", ActionSpec.Mode.APPROVE, ActionSpec.Undo.NEVER);
    var subject =
        new Action.Subject(
            "quota",
            HOT.budget().id(),
            user("ada"),
            "nearly-spent",
            Samples.firing(HOT).id(),
            1,
            "ada",
            Samples.MONTH.start(),
            Samples.MONTH.end(),
            HOT.unit(),
            HOT.spent(),
            HOT.limit());
    return Action.planned(kind, subject, "95 % used", Samples.NOW)
        .edit()
        .to(Action.State.WAITING, Action.Phase.ACT)
        .targets(List.of(Target.of("job-1", "queued", "cancelled")))
        .due(Samples.NOW.plusSeconds(60))
        .done();
  }
}
