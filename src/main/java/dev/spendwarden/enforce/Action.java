package dev.spendwarden.enforce;

import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.policy.Budget;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// One action on one breach, from its plan to its end. Immutable; the store holds the newest state
/// and the audit chain how it came there.
///
/// @param id derived from action, alert and round: the same after a restore from backup
/// @param subject the breach it answers to
public record Action(String id, Kind kind, Subject subject, Progress progress) {

  /// What is done, as configured when it was planned.
  public record Kind(String name, String type, ActionSpec.Mode mode, ActionSpec.Undo undo) {}

  /// @param scope the value of the target label; empty when the action has none
  /// @param round counts the actions of this name on this alert, from 1
  public record Subject(
      String policy,
      String budgetId,
      Dimensions labels,
      String rule,
      String alertId,
      int round,
      String scope,
      Instant periodStart,
      Instant periodEnd,
      Optional<Unit> unit,
      Optional<BigDecimal> spent,
      Optional<BigDecimal> limit) {}

  /// @param version counts the changes, so that a person and the daemon never overwrite each other
  /// @param dueAt when something happens next without anybody's doing
  /// @param actedAt when it began to act
  /// @param acted how many targets it then acted on, for the cap
  /// @param attempts calls made in this phase so far
  public record Progress(
      int version,
      State state,
      Phase phase,
      List<Target> targets,
      String reason,
      Instant createdAt,
      Optional<Instant> dueAt,
      Optional<String> decidedBy,
      Optional<String> outcome,
      Optional<Instant> actedAt,
      int acted,
      int attempts) {
    public Progress {
      targets = List.copyOf(targets);
    }
  }

  public enum State {
    PLANNED,
    WAITING,
    REJECTED,
    EXPIRED,
    RUNNING,
    DONE,
    FAILED,
    UNDONE,
    DRY_RUN;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    public boolean isOpen() {
      return this == PLANNED || this == WAITING || this == RUNNING;
    }
  }

  public enum Phase {
    /// Targets are still to be found.
    PLAN,
    ACT,
    UNDO;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public static String idOf(String action, String alertId, int round) {
    return "act_" + Budget.digest(action + "\n" + alertId + "\n" + round);
  }

  /// A new one, to be looked at now.
  public static Action planned(Kind kind, Subject subject, String reason, Instant now) {
    return new Action(
        idOf(kind.name(), subject.alertId(), subject.round()),
        kind,
        subject,
        new Progress(
            1,
            State.PLANNED,
            Phase.PLAN,
            List.of(),
            reason,
            now,
            Optional.of(now),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            0,
            0));
  }

  public State state() {
    return progress.state();
  }

  public List<Target> targets() {
    return progress.targets();
  }

  /// Whether some target was changed by it and not changed back.
  public boolean hasDone() {
    return targets().stream().anyMatch(target -> target.mark() == Target.Mark.DONE);
  }

  public Edit edit() {
    return new Edit(this);
  }

  /// The next version, changed step by step.
  public static final class Edit {
    private final Action from;
    private State state;
    private Phase phase;
    private List<Target> targets;
    private String reason;
    private Optional<Instant> dueAt = Optional.empty();
    private Optional<String> decidedBy;
    private Optional<String> outcome;
    private Optional<Instant> actedAt;
    private int acted;
    private int attempts;

    private Edit(Action from) {
      this.from = from;
      Progress p = from.progress;
      this.state = p.state();
      this.phase = p.phase();
      this.targets = p.targets();
      this.reason = p.reason();
      this.decidedBy = p.decidedBy();
      this.outcome = p.outcome();
      this.actedAt = p.actedAt();
      this.acted = p.acted();
      this.attempts = p.attempts();
    }

    public Edit to(State next, Phase nextPhase) {
      state = next;
      phase = nextPhase;
      return this;
    }

    public Edit targets(List<Target> marked) {
      targets = marked;
      return this;
    }

    public Edit reason(String text) {
      reason = text;
      return this;
    }

    /// Left out, nothing happens by itself.
    public Edit due(Instant at) {
      dueAt = Optional.of(at);
      return this;
    }

    public Edit decidedBy(String who) {
      decidedBy = Optional.of(who);
      return this;
    }

    public Edit outcome(String text) {
      outcome = Optional.of(text);
      return this;
    }

    public Edit acting(Instant at, int count) {
      actedAt = Optional.of(at);
      acted = count;
      return this;
    }

    public Edit attempts(int made) {
      attempts = made;
      return this;
    }

    public Action done() {
      return new Action(
          from.id,
          from.kind,
          from.subject,
          new Progress(
              from.progress.version() + 1,
              state,
              phase,
              targets,
              reason,
              from.progress.createdAt(),
              dueAt,
              decidedBy,
              outcome,
              actedAt,
              acted,
              attempts));
    }
  }
}
