package dev.spendwarden.enforce;

import dev.spendwarden.enforce.Action.State;
import dev.spendwarden.enforce.ActionSpec.Mode;
import dev.spendwarden.enforce.Journal.Step;
import dev.spendwarden.enforce.Journal.Tell;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// The steps that every stage can take: hold an action, end it, write anything down. Knows how the
/// action's budget stands and what time it is.
final class Steps {

  private static final Duration YEAR = Duration.ofDays(365);

  private final Journal journal;
  private final Function<Action, Situation> situation;
  private final InstantSource clock;

  Steps(Journal journal, Function<Action, Situation> situation, InstantSource clock) {
    this.journal = journal;
    this.situation = situation;
    this.clock = clock;
  }

  Instant now() {
    return clock.instant();
  }

  Situation situation(Action action) {
    return situation.apply(action);
  }

  Journal journal() {
    return journal;
  }

  /// @param what the audit's word; empty: not worth a row
  boolean write(Action action, String what, Map<String, String> details, Optional<Tell> tell) {
    return journal.record(new Step(action, AuditRow.DAEMON, what, details, tell));
  }

  /// Waits where waiting makes sense and ends where it does not.
  void hold(Action action, Refusal refusal) {
    if (!refusal.reason().mayPass()) {
      expire(action, refusal.detail());
      return;
    }
    Instant again = clock.instant().plus(Stages.LOOK_AGAIN);
    Action held =
        action
            .edit()
            .due(earlier(again, action.subject().periodEnd()))
            .outcome("held, " + refusal.reason().word() + ": " + refusal.detail())
            .done();
    boolean same = held.progress().outcome().equals(action.progress().outcome());
    write(held, same ? "" : "held", Map.of("reason", refusal.reason().word()), Optional.empty());
  }

  void expire(Action action, String why) {
    Action expired = action.edit().to(State.EXPIRED, action.progress().phase()).outcome(why).done();
    write(expired, "expired", Map.of("outcome", why), Optional.empty());
  }

  void fail(Action action, String why) {
    Action failed = action.edit().to(State.FAILED, action.progress().phase()).outcome(why).done();
    write(failed, "failed", Map.of("outcome", why), Optional.of(Tell.FAILED));
  }

  void park(Action action, String why) {
    Action parked = action.edit().due(clock.instant().plus(Stages.LOOK_AGAIN)).outcome(why).done();
    boolean same = parked.progress().outcome().equals(action.progress().outcome());
    write(parked, same ? "" : "held", Map.of("outcome", why), Optional.empty());
  }

  /// Holds what would begin by itself in the action's quiet hours. What a person has approved goes
  /// on, and what only a person may begin is proposed: somebody is there who decides.
  ///
  /// @return whether it is held
  boolean holdIfQuiet(Action action, ActionSpec spec) {
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
          earlier(end, earlier(now.plus(Stages.LOOK_AGAIN_QUIET), action.subject().periodEnd()));
      Action held = action.edit().due(again).outcome(why).done();
      write(held, same ? "" : "held", Map.of("reason", "muted", "until", until), Optional.empty());
    });
    return quietEnd.isPresent();
  }

  static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }
}
