package dev.spendwarden.enforce;

import dev.spendwarden.enforce.Action.Phase;
import dev.spendwarden.enforce.Action.State;
import dev.spendwarden.enforce.ActionSpec.Mode;
import dev.spendwarden.enforce.Journal.Tell;
import dev.spendwarden.enforce.Lever.Failure;
import dev.spendwarden.enforce.Target.Mark;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// From a breach to a plan that runs, waits for a person, or is only written down.
final class Planning {

  private final Steps steps;
  private final Calls calls;

  Planning(Steps steps, Calls calls) {
    this.steps = steps;
    this.calls = calls;
  }

  /// Finds the targets and says what is to be done with them.
  void plan(Action action, ActionSpec spec, Lever lever) {
    Instant now = steps.now();
    Optional<Refusal> objection = Planner.objection(action, steps.situation(action), true, now);
    if (objection.isPresent()) {
      steps.hold(action, objection.get());
      return;
    }
    if (steps.holdIfQuiet(action, spec)) {
      return;
    }
    switch (lever.find(action)) {
      case Lever.Found.NotRead(Failure failure) -> calls.notRead(action, failure);
      case Lever.Found.Impossible(String why) -> steps.fail(action, why);
      case Lever.Found.Targets(List<Target> found) -> {
        Instant since = now.minus(spec.per());
        long before = spec.mode() == Mode.DRY_RUN ? 0 : steps.journal().acted(spec.name(), since);
        switch (Planner.plan(spec, found, before, changedBack(action, found, lever))) {
          case Planner.Refused(Refusal refusal) -> refused(action, refusal);
          case Planner.Plan plan -> planned(action, spec, plan);
        }
      }
    }
  }

  /// Targets that a former run had changed in this period and that are found to be changed back.
  private Set<String> changedBack(Action action, List<Target> found, Lever lever) {
    var ids = new HashSet<String>();
    if (lever.renews() || !lever.readsBack()) {
      return ids;
    }
    var subject = action.subject();
    for (Action former :
        steps.journal().inForce(action.kind().name(), subject.budgetId(), subject.periodStart())) {
      if (!former.id().equals(action.id())) {
        former.targets().stream()
            .filter(target -> target.mark() == Mark.DONE)
            .forEach(target -> ids.add(target.id()));
      }
    }
    ids.retainAll(found.stream().map(Target::id).toList());
    return ids;
  }

  private void planned(Action action, ActionSpec spec, Planner.Plan plan) {
    Instant now = steps.now();
    boolean suspicious = steps.situation(action).suspicious();
    Action.Edit edit =
        action
            .edit()
            .targets(plan.targets())
            .reason(action.progress().reason() + ": " + plan.reason())
            .attempts(0);
    Map<String, String> details = new LinkedHashMap<>();
    details.put("targets", Marks.ids(plan.targets()));
    details.put("reason", plan.reason());
    if (spec.mode() == Mode.DRY_RUN) {
      String would = "would act on " + Marks.count(plan.count());
      Action dry = edit.to(State.DRY_RUN, Phase.ACT).outcome(would).done();
      steps.write(dry, "dry_run", details, Optional.empty());
    } else if (spec.mode() == Mode.APPROVE || suspicious) {
      if (suspicious) {
        edit.reason(
            action.progress().reason()
                + ": suspicious, the figure jumped beyond max_jump: "
                + plan.reason());
      }
      Instant expires = Steps.earlier(now.plus(Stages.DECIDE_WITHIN), action.subject().periodEnd());
      Action waiting = edit.to(State.WAITING, Phase.ACT).due(expires).done();
      steps.write(waiting, "proposed", details, Optional.of(Tell.PROPOSED));
    } else {
      boolean notice = spec.grace().isPositive();
      Action ready = edit.to(State.PLANNED, Phase.ACT).due(now.plus(spec.grace())).done();
      steps.write(
          ready, "planned", details, notice ? Optional.of(Tell.PROPOSED) : Optional.empty());
    }
  }

  private void refused(Action action, Refusal refusal) {
    switch (refusal.reason()) {
      case NOTHING_TO_DO -> {
        Action done = action.edit().to(State.DONE, Phase.PLAN).outcome(refusal.detail()).done();
        steps.write(done, "nothing_to_do", Map.of("outcome", refusal.detail()), Optional.empty());
      }
      case CHANGED_BACK -> steps.fail(action, refusal.detail());
      default -> steps.hold(action, refusal);
    }
  }

  /// Ends an action that has no lever. What is done stays done.
  void inert(Action action, ActionSpec spec) {
    String why = "inert: " + spec.inert().orElse("it has no lever");
    if (action.state() == State.DONE) {
      steps.write(
          action.edit().outcome(why).done(), "inert", Map.of("outcome", why), Optional.empty());
      return;
    }
    if (spec.mode() == Mode.DRY_RUN) {
      Action dry = action.edit().to(State.DRY_RUN, Phase.PLAN).outcome(why).done();
      steps.write(dry, "dry_run", Map.of("outcome", why), Optional.empty());
    } else {
      steps.fail(action, why);
    }
  }

  /// Ends a proposal whose breach is over.
  void reconsider(Action action) {
    Planner.objection(action, steps.situation(action), true, steps.now())
        .filter(refusal -> !refusal.reason().mayPass())
        .ifPresent(refusal -> steps.expire(action, refusal.detail()));
  }
}
