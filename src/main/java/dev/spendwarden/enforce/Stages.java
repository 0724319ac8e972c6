package dev.spendwarden.enforce;

import dev.spendwarden.enforce.Action.Phase;
import java.time.Duration;
import java.time.InstantSource;
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

  /// Calls that may be made in one phase: the first, and two more after it was read back that
  /// nothing happened.
  public static final int MOST_ATTEMPTS = 3;

  private final Steps steps;
  private final Planning planning;
  private final Acting acting;
  private final Undoing undoing;

  /// @param situation how an action's budget stands now
  public Stages(Journal journal, Function<Action, Situation> situation, InstantSource clock) {
    this.steps = new Steps(journal, situation, clock);
    var calls = new Calls(steps);
    this.planning = new Planning(steps, calls);
    this.acting = new Acting(steps, calls);
    this.undoing = new Undoing(steps, calls);
  }

  /// Does what is due.
  public void advance(Action action, ActionSpec spec, Lever lever) {
    switch (action.state()) {
      case PLANNED -> {
        if (action.progress().phase() == Phase.PLAN) {
          planning.plan(action, spec, lever);
        } else {
          acting.begin(action, spec, lever);
        }
      }
      case WAITING -> steps.expire(action, "nobody decided in time");
      case RUNNING -> {
        if (action.progress().phase() == Phase.UNDO) {
          undoing.undo(action, lever);
        } else {
          acting.act(action, lever);
        }
      }
      case DONE -> undoing.begin(action, AuditRow.DAEMON, lever);
      case REJECTED, EXPIRED, FAILED, UNDONE, DRY_RUN -> {
        // Nothing is ever due.
      }
    }
  }

  /// Ends an action that has no lever. What is done stays done.
  public void inert(Action action, ActionSpec spec) {
    planning.inert(action, spec);
  }

  /// Ends a proposal whose breach is over.
  public void reconsider(Action action) {
    planning.reconsider(action);
  }

  /// Begins to take an action back.
  public void beginUndo(Action action, String who, Lever lever) {
    undoing.begin(action, who, lever);
  }
}
