package dev.spendwarden.enforce;

import dev.spendwarden.enforce.Action.Phase;
import dev.spendwarden.enforce.Action.State;
import dev.spendwarden.enforce.Journal.Tell;
import dev.spendwarden.enforce.Lever.Failure;
import dev.spendwarden.enforce.Lever.Standing;
import dev.spendwarden.enforce.Target.Mark;
import dev.spendwarden.policy.Period;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The way of one call, forwards and backwards: written down, made, read back, tried again or ended
/// with an outcome.
final class Calls {

  private static final Duration FIRST_RETRY = Duration.ofSeconds(5);

  /// Reads that may fail in a row before the action is given up.
  private static final int MOST_READS = 8;

  private final Steps steps;

  Calls(Steps steps) {
    this.steps = steps;
  }

  /// Writes down that a call is about to be made.
  Optional<Action> call(Action action, String what, List<Target> targets) {
    int attempt = action.progress().attempts() + 1;
    Action calling = action.edit().due(steps.now()).attempts(attempt).done();
    var details = Map.of("targets", Marks.ids(targets), "attempt", Integer.toString(attempt));
    return steps.write(calling, what, details, Optional.empty())
        ? Optional.of(calling)
        : Optional.empty();
  }

  /// Reads back what a call did.
  void settle(Action called, Lever lever, Lever.Result result, Mark reached) {
    Optional<Failure> failure =
        result instanceof Lever.Result.NotDone(Failure f) ? Optional.of(f) : Optional.empty();
    Action read = called;
    if (!lever.readsBack()) {
      read = failure.isPresent() ? called : Marks.all(called, reached);
    } else {
      switch (lever.look(called)) {
        case Lever.Seen.States(Map<String, Standing> states) ->
            read = Marks.marked(called, states, reached);
        case Lever.Seen.NotRead(Failure unread) -> {
          if (failure.isPresent() && !failure.get().mayPass()) {
            finish(called, failure.map(Failure::toString));
          } else {
            notRead(called, unread);
          }
          return;
        }
      }
    }
    List<Target> rest = Marks.of(read, reached == Mark.DONE ? Mark.PLANNED : Mark.DONE);
    boolean again =
        failure.map(Failure::mayPass).orElse(true)
            && read.progress().attempts() < Stages.MOST_ATTEMPTS;
    if (rest.isEmpty() || !again) {
      finish(read, failure.map(Failure::toString));
    } else {
      String why = failure.map(Failure::toString).orElse("it was accepted but did not happen");
      retry(read, why, read.progress().attempts());
    }
  }

  /// A read failed: nothing was changed by it, so it is tried again, but not for ever.
  void notRead(Action action, Failure failure) {
    String why = failure.toString();
    String prefix = "unread ";
    int reads =
        action.progress().outcome().filter(text -> text.startsWith(prefix)).stream()
                .mapToInt(text -> Integer.parseInt(text.substring(prefix.length()).split(" ")[0]))
                .findFirst()
                .orElse(0)
            + 1;
    if (!failure.mayPass() || reads >= MOST_READS) {
      if (action.state() == State.PLANNED) {
        steps.fail(action, why);
      } else {
        finish(action, Optional.of(why));
      }
      return;
    }
    retry(action, prefix + reads + " times, " + why, reads);
  }

  /// Writes the outcome of a phase.
  void finish(Action action, Optional<String> failure) {
    boolean undoing = action.progress().phase() == Phase.UNDO;
    Mark open = undoing ? Mark.DONE : Mark.PLANNED;
    boolean failed = !Marks.of(action, open).isEmpty();
    List<Target> targets =
        undoing
            ? action.targets()
            : action.targets().stream()
                .map(t -> t.mark() == Mark.PLANNED ? t.marked(Mark.FAILED) : t)
                .toList();
    String outcome =
        Marks.tally(targets) + failure.filter(_ -> failed).map(f -> "; " + f).orElse("");
    State end = failed ? State.FAILED : undoing ? State.UNDONE : State.DONE;
    Action.Edit edit =
        action.edit().to(end, action.progress().phase()).targets(targets).outcome(outcome);
    if (end == State.DONE && action.hasDone() && undoesByItself(action)) {
      edit.due(action.subject().periodEnd());
    }
    Tell tell =
        switch (end) {
          case DONE -> Tell.DONE;
          case UNDONE -> Tell.UNDONE;
          default -> Tell.FAILED;
        };
    steps.write(
        edit.done(),
        end.word(),
        Map.of("outcome", outcome, "targets", Marks.ids(targets)),
        Optional.of(tell));
  }

  private void retry(Action action, String why, int failures) {
    Action later =
        action
            .edit()
            .due(steps.now().plus(FIRST_RETRY.multipliedBy(1L << Math.min(failures, 8))))
            .outcome(why)
            .done();
    steps.write(later, "retrying", Map.of("outcome", why), Optional.empty());
  }

  private static boolean undoesByItself(Action action) {
    return switch (action.kind().undo()) {
      case PERIOD_END -> !action.subject().periodEnd().equals(Period.FAR_FUTURE);
      case LIMIT_RAISED -> true;
      case NEVER, MANUAL -> false;
    };
  }
}
