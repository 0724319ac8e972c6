package dev.spendwarden.enforce;

import dev.spendwarden.enforce.Action.Phase;
import dev.spendwarden.enforce.Action.State;
import dev.spendwarden.enforce.ActionSpec.Mode;
import dev.spendwarden.enforce.Journal.Step;
import dev.spendwarden.enforce.Journal.Tell;
import dev.spendwarden.enforce.Lever.Failure;
import dev.spendwarden.enforce.Lever.Standing;
import dev.spendwarden.enforce.Target.Mark;
import dev.spendwarden.policy.Period;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// Takes one action one step further: find targets, ask or give notice, write the intent, act, read
/// back, write the outcome, and the same backwards for undo. Every call is written down before it
/// is made, and whatever is found `running` is read before anything is called again: a crash
/// anywhere makes at most one repeated call and never an unrecorded one. One thread at a time.
public final class Stages {

  /// How long a person has to decide.
  public static final Duration DECIDE_WITHIN = Duration.ofHours(72);

  /// How soon a held action, or one over its cap, looks again.
  public static final Duration LOOK_AGAIN = Duration.ofSeconds(30);

  /// How soon an action in its quiet hours is judged again, so that a breach that ends meanwhile or
  /// hours that are configured otherwise do not wait for the morning.
  public static final Duration LOOK_AGAIN_QUIET = Duration.ofMinutes(5);

  /// The outcome of an action whose breach ended before it ran.
  public static final String RECOVERED = "the budget is no longer in breach";

  private static final Duration YEAR = Duration.ofDays(365);

  private static final Duration FIRST_RETRY = Duration.ofSeconds(5);

  /// Calls that may be made in one phase: the first, and two more after it was read back that
  /// nothing happened.
  public static final int MOST_ATTEMPTS = 3;

  /// Reads that may fail in a row before the action is given up.
  private static final int MOST_READS = 8;

  private final Journal journal;
  private final Function<Action, Situation> situation;
  private final InstantSource clock;

  /// @param situation how an action's budget stands now
  public Stages(Journal journal, Function<Action, Situation> situation, InstantSource clock) {
    this.journal = journal;
    this.situation = situation;
    this.clock = clock;
  }

  /// Does what is due.
  public void advance(Action action, ActionSpec spec, Lever lever) {
    switch (action.state()) {
      case PLANNED -> {
        if (action.progress().phase() == Phase.PLAN) {
          plan(action, spec, lever);
        } else {
          begin(action, spec, lever);
        }
      }
      case WAITING -> expire(action, "nobody decided in time");
      case RUNNING -> {
        if (action.progress().phase() == Phase.UNDO) {
          undo(action, lever);
        } else {
          act(action, lever);
        }
      }
      case DONE -> beginUndo(action, AuditRow.DAEMON, lever);
      case REJECTED, EXPIRED, FAILED, UNDONE, DRY_RUN -> {
        // Nothing is ever due.
      }
    }
  }

  // Planning.

  private void plan(Action action, ActionSpec spec, Lever lever) {
    Instant now = clock.instant();
    Optional<Refusal> objection = Planner.objection(action, situation.apply(action), true, now);
    if (objection.isPresent()) {
      hold(action, objection.get());
      return;
    }
    if (isQuiet(action, spec)) {
      return;
    }
    switch (lever.find(action)) {
      case Lever.Found.NotRead(Failure failure) -> notRead(action, failure);
      case Lever.Found.Impossible(String why) -> fail(action, why);
      case Lever.Found.Targets(List<Target> found) -> {
        Instant since = now.minus(spec.per());
        long before = spec.mode() == Mode.DRY_RUN ? 0 : journal.acted(spec.name(), since);
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
        journal.inForce(action.kind().name(), subject.budgetId(), subject.periodStart())) {
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
    Instant now = clock.instant();
    boolean suspicious = situation.apply(action).suspicious();
    Action.Edit edit =
        action
            .edit()
            .targets(plan.targets())
            .reason(action.progress().reason() + ": " + plan.reason())
            .attempts(0);
    Map<String, String> details = new LinkedHashMap<>();
    details.put("targets", ids(plan.targets()));
    details.put("reason", plan.reason());
    if (spec.mode() == Mode.DRY_RUN) {
      String would = "would act on " + count(plan.count());
      Action dry = edit.to(State.DRY_RUN, Phase.ACT).outcome(would).done();
      write(dry, "dry_run", details, Optional.empty());
    } else if (spec.mode() == Mode.APPROVE || suspicious) {
      if (suspicious) {
        edit.reason(
            action.progress().reason()
                + ": suspicious, the figure jumped beyond max_jump: "
                + plan.reason());
      }
      Instant expires = earlier(now.plus(DECIDE_WITHIN), action.subject().periodEnd());
      Action waiting = edit.to(State.WAITING, Phase.ACT).due(expires).done();
      write(waiting, "proposed", details, Optional.of(Tell.PROPOSED));
    } else {
      boolean notice = spec.grace().isPositive();
      Action ready = edit.to(State.PLANNED, Phase.ACT).due(now.plus(spec.grace())).done();
      write(ready, "planned", details, notice ? Optional.of(Tell.PROPOSED) : Optional.empty());
    }
  }

  /// Ends an action that has no lever. What is done stays done.
  public void inert(Action action, ActionSpec spec) {
    String why = "inert: " + spec.inert().orElse("it has no lever");
    if (action.state() == State.DONE) {
      write(action.edit().outcome(why).done(), "inert", Map.of("outcome", why), Optional.empty());
      return;
    }
    if (spec.mode() == Mode.DRY_RUN) {
      Action dry = action.edit().to(State.DRY_RUN, Phase.PLAN).outcome(why).done();
      write(dry, "dry_run", Map.of("outcome", why), Optional.empty());
    } else {
      fail(action, why);
    }
  }

  private void refused(Action action, Refusal refusal) {
    switch (refusal.reason()) {
      case NOTHING_TO_DO -> {
        Action done = action.edit().to(State.DONE, Phase.PLAN).outcome(refusal.detail()).done();
        write(done, "nothing_to_do", Map.of("outcome", refusal.detail()), Optional.empty());
      }
      case CHANGED_BACK -> fail(action, refusal.detail());
      default -> hold(action, refusal);
    }
  }

  /// Waits where waiting makes sense and ends where it does not.
  private void hold(Action action, Refusal refusal) {
    if (!refusal.reason().mayPass()) {
      expire(action, refusal.detail());
      return;
    }
    Instant again = clock.instant().plus(LOOK_AGAIN);
    Action held =
        action
            .edit()
            .due(earlier(again, action.subject().periodEnd()))
            .outcome("held, " + refusal.reason().word() + ": " + refusal.detail())
            .done();
    boolean same = held.progress().outcome().equals(action.progress().outcome());
    write(held, same ? "" : "held", Map.of("reason", refusal.reason().word()), Optional.empty());
  }

  /// Holds what would begin by itself in the action's quiet hours. What a person has approved goes
  /// on, and what only a person may begin is proposed: somebody is there who decides.
  private boolean isQuiet(Action action, ActionSpec spec) {
    Instant now = clock.instant();
    boolean byItself =
        spec.mode() == Mode.AUTO
            && action.progress().decidedBy().isEmpty()
            && !situation.apply(action).suspicious();
    Optional<Instant> quietEnd = byItself ? spec.quiet().until(now) : Optional.empty();
    quietEnd.ifPresent(end -> {
      boolean forGood = end.isAfter(now.plus(YEAR));
      String until = forGood ? "further notice" : end.toString();
      String why = "held, muted until " + until;
      boolean same = action.progress().outcome().equals(Optional.of(why));
      Instant again =
          earlier(end, earlier(now.plus(LOOK_AGAIN_QUIET), action.subject().periodEnd()));
      Action held = action.edit().due(again).outcome(why).done();
      write(held, same ? "" : "held", Map.of("reason", "muted", "until", until), Optional.empty());
    });
    return quietEnd.isPresent();
  }

  /// Ends a proposal whose breach is over.
  public void reconsider(Action action) {
    Planner.objection(action, situation.apply(action), true, clock.instant())
        .filter(refusal -> !refusal.reason().mayPass())
        .ifPresent(refusal -> expire(action, refusal.detail()));
  }

  private void expire(Action action, String why) {
    Action expired = action.edit().to(State.EXPIRED, action.progress().phase()).outcome(why).done();
    write(expired, "expired", Map.of("outcome", why), Optional.empty());
  }

  // Acting.

  private void begin(Action action, ActionSpec spec, Lever lever) {
    Instant now = clock.instant();
    boolean approved = action.progress().decidedBy().isPresent();
    Optional<Refusal> objection = Planner.objection(action, situation.apply(action), approved, now);
    if (objection.isPresent()) {
      if (objection.get().reason() == Refusal.Reason.SUSPICIOUS) {
        askAPerson(action, objection.get());
      } else {
        hold(action, objection.get());
      }
      return;
    }
    if (isQuiet(action, spec)) {
      return;
    }
    // What others took since the plan counts too: two approved at once stay under the cap together.
    long before = journal.acted(spec.name(), now.minus(spec.per()));
    switch (Planner.plan(spec, action.targets(), before, Set.of())) {
      case Planner.Refused(Refusal refusal) -> hold(action, refusal);
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
        if (write(running, "started", Map.of("targets", ids(plan.targets())), Optional.empty())) {
          act(running, lever);
        }
      }
    }
  }

  private void askAPerson(Action action, Refusal refusal) {
    Instant expires = earlier(clock.instant().plus(DECIDE_WITHIN), action.subject().periodEnd());
    Action waiting =
        action.edit().to(State.WAITING, Phase.ACT).due(expires).outcome(refusal.detail()).done();
    write(
        waiting, "proposed", Map.of("reason", refusal.reason().word()), Optional.of(Tell.PROPOSED));
  }

  private void act(Action action, Lever lever) {
    Action current = action;
    if (lever.readsBack()) {
      switch (lever.look(current)) {
        case Lever.Seen.NotRead(Failure failure) -> {
          notRead(current, failure);
          return;
        }
        case Lever.Seen.States(Map<String, Standing> states) ->
            current = marked(current, states, Mark.DONE);
      }
    }
    List<Target> rest = with(current, Mark.PLANNED);
    if (rest.isEmpty()) {
      finish(current, Optional.empty());
      return;
    }
    if (current.progress().attempts() >= MOST_ATTEMPTS) {
      finish(current, current.progress().outcome());
      return;
    }
    if (!situation.apply(current).enabled()) {
      park(current, "enforcement is switched off");
      return;
    }
    Optional<Action> called = call(current, "called", rest);
    if (called.isPresent()) {
      settle(called.get(), lever, lever.act(called.get(), rest), Mark.DONE);
    }
  }

  /// Writes down that a call is about to be made.
  private Optional<Action> call(Action action, String what, List<Target> targets) {
    int attempt = action.progress().attempts() + 1;
    Action calling = action.edit().due(clock.instant()).attempts(attempt).done();
    var details = Map.of("targets", ids(targets), "attempt", Integer.toString(attempt));
    return write(calling, what, details, Optional.empty())
        ? Optional.of(calling)
        : Optional.empty();
  }

  /// Reads back what a call did.
  private void settle(Action called, Lever lever, Lever.Result result, Mark reached) {
    Optional<Failure> failure =
        result instanceof Lever.Result.NotDone(Failure f) ? Optional.of(f) : Optional.empty();
    Action read = called;
    if (!lever.readsBack()) {
      read = failure.isPresent() ? called : all(called, reached);
    } else {
      switch (lever.look(called)) {
        case Lever.Seen.States(Map<String, Standing> states) ->
            read = marked(called, states, reached);
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
    List<Target> rest = with(read, reached == Mark.DONE ? Mark.PLANNED : Mark.DONE);
    boolean again =
        failure.map(Failure::mayPass).orElse(true) && read.progress().attempts() < MOST_ATTEMPTS;
    if (rest.isEmpty() || !again) {
      finish(read, failure.map(Failure::toString));
    } else {
      String why = failure.map(Failure::toString).orElse("it was accepted but did not happen");
      retry(read, why, read.progress().attempts());
    }
  }

  private void retry(Action action, String why, int failures) {
    Action later =
        action
            .edit()
            .due(clock.instant().plus(FIRST_RETRY.multipliedBy(1L << Math.min(failures, 8))))
            .outcome(why)
            .done();
    write(later, "retrying", Map.of("outcome", why), Optional.empty());
  }

  private void park(Action action, String why) {
    Action parked = action.edit().due(clock.instant().plus(LOOK_AGAIN)).outcome(why).done();
    boolean same = parked.progress().outcome().equals(action.progress().outcome());
    write(parked, same ? "" : "held", Map.of("outcome", why), Optional.empty());
  }

  /// A read failed: nothing was changed by it, so it is tried again, but not for ever.
  private void notRead(Action action, Failure failure) {
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
        fail(action, why);
      } else {
        finish(action, Optional.of(why));
      }
      return;
    }
    retry(action, prefix + reads + " times, " + why, reads);
  }

  /// Writes the outcome of a phase.
  private void finish(Action action, Optional<String> failure) {
    boolean undoing = action.progress().phase() == Phase.UNDO;
    Mark open = undoing ? Mark.DONE : Mark.PLANNED;
    boolean failed = !with(action, open).isEmpty();
    List<Target> targets =
        undoing
            ? action.targets()
            : action.targets().stream()
                .map(t -> t.mark() == Mark.PLANNED ? t.marked(Mark.FAILED) : t)
                .toList();
    String outcome = tally(targets) + failure.filter(_ -> failed).map(f -> "; " + f).orElse("");
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
    write(
        edit.done(),
        end.word(),
        Map.of("outcome", outcome, "targets", ids(targets)),
        Optional.of(tell));
  }

  private static boolean undoesByItself(Action action) {
    return switch (action.kind().undo()) {
      case PERIOD_END -> !action.subject().periodEnd().equals(Period.FAR_FUTURE);
      case LIMIT_RAISED -> true;
      case NEVER, MANUAL -> false;
    };
  }

  private void fail(Action action, String why) {
    Action failed = action.edit().to(State.FAILED, action.progress().phase()).outcome(why).done();
    write(failed, "failed", Map.of("outcome", why), Optional.of(Tell.FAILED));
  }

  // Undoing.

  /// Begins to take an action back.
  public void beginUndo(Action action, String who, Lever lever) {
    if (!lever.undoes() || !action.hasDone()) {
      write(action.edit().done(), "", Map.of(), Optional.empty());
      return;
    }
    if (!situation.apply(action).enabled()) {
      // Nothing changes by itself while enforcement is off; a person still can.
      Instant again = clock.instant().plus(LOOK_AGAIN);
      write(action.edit().due(again).done(), "", Map.of(), Optional.empty());
      return;
    }
    Action undoing =
        action.edit().to(State.RUNNING, Phase.UNDO).due(clock.instant()).attempts(0).done();
    var step =
        new Step(
            undoing,
            who,
            "undo_started",
            Map.of("targets", ids(with(action, Mark.DONE))),
            Optional.empty());
    if (journal.record(step)) {
      undo(undoing, lever);
    }
  }

  private void undo(Action action, Lever lever) {
    Action current = action;
    if (lever.readsBack()) {
      switch (lever.look(current)) {
        case Lever.Seen.NotRead(Failure failure) -> {
          notRead(current, failure);
          return;
        }
        case Lever.Seen.States(Map<String, Standing> states) ->
            current = marked(current, states, Mark.UNDONE);
      }
    }
    List<Target> rest = with(current, Mark.DONE);
    if (rest.isEmpty() || current.progress().attempts() >= MOST_ATTEMPTS) {
      finish(current, current.progress().outcome());
      return;
    }
    Optional<Action> called = call(current, "undo_called", rest);
    if (called.isPresent()) {
      settle(called.get(), lever, lever.undo(called.get(), rest), Mark.UNDONE);
    }
  }

  // Marks.

  /// The targets as they were read. Acting looks at those still planned, undoing at those done.
  private static Action marked(Action action, Map<String, Standing> states, Mark reached) {
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
        action.id(), action.kind(), action.subject(), with(action.progress(), targets));
  }

  private static Action.Progress with(Action.Progress p, List<Target> targets) {
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

  private static Action all(Action action, Mark reached) {
    Mark open = reached == Mark.UNDONE ? Mark.DONE : Mark.PLANNED;
    List<Target> targets =
        action.targets().stream().map(t -> t.mark() == open ? t.marked(reached) : t).toList();
    return new Action(
        action.id(), action.kind(), action.subject(), with(action.progress(), targets));
  }

  private static List<Target> with(Action action, Mark mark) {
    return action.targets().stream().filter(target -> target.mark() == mark).toList();
  }

  /// `3 done, 1 gone`.
  private static String tally(List<Target> targets) {
    var counts = new LinkedHashMap<Mark, Integer>();
    targets.forEach(target -> counts.merge(target.mark(), 1, Integer::sum));
    var text = new StringBuilder();
    counts.forEach((mark, count) ->
        text.append(text.isEmpty() ? "" : ", ").append(count).append(' ').append(mark.word()));
    return text.toString();
  }

  private static String ids(List<Target> targets) {
    return String.join(" ", targets.stream().map(Target::id).toList());
  }

  private static String count(int targets) {
    return targets + (targets == 1 ? " target" : " targets");
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }

  /// @param what the audit's word; empty: not worth a row
  private boolean write(
      Action action, String what, Map<String, String> details, Optional<Tell> tell) {
    return journal.record(new Step(action, AuditRow.DAEMON, what, details, tell));
  }
}
