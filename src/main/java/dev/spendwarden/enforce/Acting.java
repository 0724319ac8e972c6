package dev.spendwarden.enforce;

import dev.spendwarden.enforce.Action.Phase;
import dev.spendwarden.enforce.Action.State;
import dev.spendwarden.enforce.Journal.Tell;
import dev.spendwarden.enforce.Lever.Failure;
import dev.spendwarden.enforce.Lever.Standing;
import dev.spendwarden.enforce.Target.Mark;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// From the plan to the outcome. The budget is judged anew before anything begins.
final class Acting {

  private final Steps steps;
  private final Calls calls;

  Acting(Steps steps, Calls calls) {
    this.steps = steps;
    this.calls = calls;
  }

  /// Begins what is planned, if it still may.
  void begin(Action action, ActionSpec spec, Lever lever) {
    Instant now = steps.now();
    boolean approved = action.progress().decidedBy().isPresent();
    Optional<Refusal> objection = Planner.objection(action, steps.situation(action), approved, now);
    if (objection.isPresent()) {
      if (objection.get().reason() == Refusal.Reason.SUSPICIOUS) {
        askAPerson(action, objection.get());
      } else {
        steps.hold(action, objection.get());
      }
      return;
    }
    if (steps.holdIfQuiet(action, spec)) {
      return;
    }
    // What others took since the plan counts too: two approved at once stay under the cap together.
    long before = steps.journal().acted(spec.name(), now.minus(spec.per()));
    switch (Planner.plan(spec, action.targets(), before, Set.of())) {
      case Planner.Refused(Refusal refusal) -> steps.hold(action, refusal);
      case Planner.Plan plan -> {
        Set<String> taken = new HashSet<>(plan.targets().stream().map(Target::id).toList());
        List<Target> targets =
            action.targets().stream()
                .map(t -> taken.contains(t.id()) ? t : t.marked(Mark.CAPPED))
                .toList();
        Action running =
            action
                .edit()
                .to(State.RUNNING, Phase.ACT)
                .targets(targets)
                .acting(now, taken.size())
                .due(now)
                .attempts(0)
                .done();
        if (steps.write(
            running, "started", Map.of("targets", Marks.ids(plan.targets())), Optional.empty())) {
          act(running, lever);
        }
      }
    }
  }

  private void askAPerson(Action action, Refusal refusal) {
    Instant expires =
        Steps.earlier(steps.now().plus(Stages.DECIDE_WITHIN), action.subject().periodEnd());
    Action waiting =
        action.edit().to(State.WAITING, Phase.ACT).due(expires).outcome(refusal.detail()).done();
    steps.write(
        waiting, "proposed", Map.of("reason", refusal.reason().word()), Optional.of(Tell.PROPOSED));
  }

  /// Acts on what is not done yet, after reading how it stands.
  void act(Action action, Lever lever) {
    Action current = action;
    if (lever.readsBack()) {
      switch (lever.look(current)) {
        case Lever.Seen.NotRead(Failure failure) -> {
          calls.notRead(current, failure);
          return;
        }
        case Lever.Seen.States(Map<String, Standing> states) ->
            current = Marks.marked(current, states, Mark.DONE);
      }
    }
    List<Target> rest = Marks.of(current, Mark.PLANNED);
    if (rest.isEmpty()) {
      calls.finish(current, Optional.empty());
      return;
    }
    if (current.progress().attempts() >= Stages.MOST_ATTEMPTS) {
      calls.finish(current, current.progress().outcome());
      return;
    }
    if (!steps.situation(current).enabled()) {
      steps.park(current, "enforcement is switched off");
      return;
    }
    Optional<Action> called = calls.call(current, "called", rest);
    if (called.isPresent()) {
      calls.settle(called.get(), lever, lever.act(called.get(), rest), Mark.DONE);
    }
  }
}
