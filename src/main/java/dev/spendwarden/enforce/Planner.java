package dev.spendwarden.enforce;

import dev.spendwarden.ledger.DataState;
import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Period;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Decides whether an action may run and on what. Pure: the budget, the configuration, what was
/// done before and the time in; a plan or the reason against it out.
public final class Planner {

  private Planner() {}

  /// What came of planning.
  public sealed interface Planned {}

  /// @param reason why, and what was left out
  public record Plan(List<Target> targets, String reason) implements Planned {
    public Plan {
      targets = List.copyOf(targets);
    }

    public int count() {
      return targets.size();
    }
  }

  public record Refused(Refusal refusal) implements Planned {}

  /// Whether the action may run now at all; empty: it may.
  ///
  /// @param approved whether a person has said yes, which is the only way past suspicious data
  public static Optional<Refusal> objection(
      Action action, Situation situation, boolean approved, Instant now) {
    if (!now.isBefore(action.subject().periodEnd())) {
      return refuse(Refusal.Reason.PERIOD_CLOSED, "the period has ended");
    }
    if (!situation.enabled()) {
      return refuse(Refusal.Reason.DISABLED, "enforcement is switched off");
    }
    if (situation.assessment().isEmpty()) {
      return refuse(Refusal.Reason.RECOVERED, "the budget is no longer known");
    }
    Assessment assessment = situation.assessment().get();
    if (!assessment.period().start().equals(action.subject().periodStart()) && !isRolling(action)) {
      return refuse(Refusal.Reason.PERIOD_CLOSED, "the period has ended");
    }
    if (assessment.dataState() != DataState.FRESH) {
      return refuse(held(assessment.dataState()), "the data is " + assessment.dataState().word());
    }
    if (assessment.unknown().isPresent()) {
      return refuse(Refusal.Reason.UNKNOWN, assessment.unknown().get());
    }
    if (!situation.ruleFires()) {
      return refuse(Refusal.Reason.RECOVERED, Stages.RECOVERED);
    }
    if (situation.suspicious() && !approved) {
      return refuse(
          Refusal.Reason.SUSPICIOUS, "the figure jumped beyond max_jump; a person must look");
    }
    return Optional.empty();
  }

  /// Rolling and unlimited periods have no end of their own: the alert's span is all of time.
  private static boolean isRolling(Action action) {
    return action.subject().periodEnd().equals(Period.FAR_FUTURE);
  }

  private static Refusal.Reason held(DataState state) {
    return switch (state) {
      case STALE -> Refusal.Reason.STALE;
      case PARTIAL -> Refusal.Reason.PARTIAL;
      case ERROR -> Refusal.Reason.ERROR;
      case MISSING -> Refusal.Reason.MISSING;
      case FRESH -> throw new IllegalArgumentException("fresh data is not held");
    };
  }

  private static Optional<Refusal> refuse(Refusal.Reason reason, String detail) {
    return Optional.of(new Refusal(reason, detail));
  }

  /// Which of the found targets the action takes.
  ///
  /// @param found in the order in which they are taken
  /// @param actedBefore targets the action acted on within `per`
  /// @param changedBack ids of targets that a former run had changed in this period and that
  ///   somebody has changed back since
  public static Planned plan(
      ActionSpec spec, List<Target> found, long actedBefore, Set<String> changedBack) {
    List<Target> allowed =
        found.stream().filter(target -> !spec.except().contains(target.id())).toList();
    List<Target> ours =
        allowed.stream().filter(target -> !changedBack.contains(target.id())).toList();
    int excepted = found.size() - allowed.size();
    if (ours.isEmpty()) {
      return new Refused(
          allowed.isEmpty()
              ? new Refusal(
                  Refusal.Reason.NOTHING_TO_DO,
                  excepted == 0 ? "there is nothing to act on" : "all targets are excepted")
              : new Refusal(
                  Refusal.Reason.CHANGED_BACK,
                  "an earlier run acted on this in the same period and somebody has changed it"
                      + " since; it stays as they left it"));
    }
    long room = spec.atMost().map(most -> most - actedBefore).orElse(Long.MAX_VALUE);
    if (room <= 0) {
      return new Refused(
          new Refusal(Refusal.Reason.CAPPED, "the cap of " + cap(spec) + " is used up"));
    }
    List<Target> taken = ours.subList(0, (int) Math.min(room, ours.size()));
    var reason = new StringBuilder().append(taken.size()).append(" of ").append(found.size());
    if (taken.size() < ours.size()) {
      reason.append(", capped at ").append(cap(spec));
    }
    if (excepted > 0) {
      reason.append(", ").append(excepted).append(" excepted");
    }
    if (ours.size() < allowed.size()) {
      reason.append(", ").append(allowed.size() - ours.size()).append(" changed back by somebody");
    }
    return new Plan(taken, reason.toString());
  }

  private static String cap(ActionSpec spec) {
    return spec.atMost().orElseThrow() + " within " + plain(spec.per());
  }

  private static String plain(Duration duration) {
    return duration.toString().substring(2).toLowerCase(Locale.ROOT);
  }
}
