package dev.spendwarden.enforce;

import dev.spendwarden.enforce.Lever.Standing;
import dev.spendwarden.enforce.Target.Mark;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What became of an action's targets, and how that is told. Pure.
final class Marks {

  private Marks() {}

  /// The targets as they were read. Acting looks at those still planned, undoing at those done.
  static Action marked(Action action, Map<String, Standing> states, Mark reached) {
    boolean undoing = reached == Mark.UNDONE;
    Mark open = undoing ? Mark.DONE : Mark.PLANNED;
    List<Target> targets =
        action.targets().stream()
            .map(target -> {
              if (target.mark() != open) {
                return target;
              }
              Standing standing = states.getOrDefault(target.id(), Standing.GONE);
              return switch (standing) {
                case WANTED -> target.marked(undoing ? open : Mark.DONE);
                case FORMER -> target.marked(undoing ? Mark.UNDONE : open);
                case CHANGED -> target.marked(Mark.CHANGED);
                case GONE -> target.marked(Mark.GONE);
              };
            })
            .toList();
    return new Action(
        action.id(), action.kind(), action.subject(), progress(action.progress(), targets));
  }

  private static Action.Progress progress(Action.Progress p, List<Target> targets) {
    return new Action.Progress(
        p.version(),
        p.state(),
        p.phase(),
        targets,
        p.reason(),
        p.createdAt(),
        p.dueAt(),
        p.decidedBy(),
        p.outcome(),
        p.actedAt(),
        p.acted(),
        p.attempts());
  }

  /// What was accepted counts as reached, where it cannot be read back.
  static Action all(Action action, Mark reached) {
    Mark open = reached == Mark.UNDONE ? Mark.DONE : Mark.PLANNED;
    List<Target> targets =
        action.targets().stream().map(t -> t.mark() == open ? t.marked(reached) : t).toList();
    return new Action(
        action.id(), action.kind(), action.subject(), progress(action.progress(), targets));
  }

  /// The targets with this mark.
  static List<Target> of(Action action, Mark mark) {
    return action.targets().stream().filter(target -> target.mark() == mark).toList();
  }

  /// `3 done, 1 gone`.
  static String tally(List<Target> targets) {
    var counts = new LinkedHashMap<Mark, Integer>();
    targets.forEach(target -> counts.merge(target.mark(), 1, Integer::sum));
    var text = new StringBuilder();
    counts.forEach((mark, count) ->
        text.append(text.isEmpty() ? "" : ", ").append(count).append(' ').append(mark.word()));
    return text.toString();
  }

  static String ids(List<Target> targets) {
    return String.join(" ", targets.stream().map(Target::id).toList());
  }

  static String count(int targets) {
    return targets + (targets == 1 ? " target" : " targets");
  }
}
