package dev.spendwarden.enforce;

import dev.spendwarden.enforce.Action.Phase;
import dev.spendwarden.enforce.Action.State;
import dev.spendwarden.enforce.Journal.Step;
import dev.spendwarden.enforce.Lever.Failure;
import dev.spendwarden.enforce.Lever.Standing;
import dev.spendwarden.enforce.Target.Mark;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// From the outcome back to how it was.
final class Undoing {

  private final Steps steps;
  private final Calls calls;

  Undoing(Steps steps, Calls calls) {
    this.steps = steps;
    this.calls = calls;
  }

  /// Begins to take an action back.
  void begin(Action action, String who, Lever lever) {
    if (!lever.undoes() || !action.hasDone()) {
      steps.write(action.edit().done(), "", Map.of(), Optional.empty());
      return;
    }
    if (!steps.situation(action).enabled()) {
      // Nothing changes by itself while enforcement is off; a person still can.
      Instant again = steps.now().plus(Stages.LOOK_AGAIN);
      steps.write(action.edit().due(again).done(), "", Map.of(), Optional.empty());
      return;
    }
    Action undoing =
        action.edit().to(State.RUNNING, Phase.UNDO).due(steps.now()).attempts(0).done();
    var step =
        new Step(
            undoing,
            who,
            "undo_started",
            Map.of("targets", Marks.ids(Marks.of(action, Mark.DONE))),
            Optional.empty());
    if (steps.journal().record(step)) {
      undo(undoing, lever);
    }
  }

  /// Takes back what is not taken back yet, after reading how it stands.
  void undo(Action action, Lever lever) {
    Action current = action;
    if (lever.readsBack()) {
      switch (lever.look(current)) {
        case Lever.Seen.NotRead(Failure failure) -> {
          calls.notRead(current, failure);
          return;
        }
        case Lever.Seen.States(Map<String, Standing> states) ->
            current = Marks.marked(current, states, Mark.UNDONE);
      }
    }
    List<Target> rest = Marks.of(current, Mark.DONE);
    if (rest.isEmpty() || current.progress().attempts() >= Stages.MOST_ATTEMPTS) {
      calls.finish(current, current.progress().outcome());
      return;
    }
    Optional<Action> called = calls.call(current, "undo_called", rest);
    if (called.isPresent()) {
      calls.settle(called.get(), lever, lever.undo(called.get(), rest), Mark.UNDONE);
    }
  }
}
