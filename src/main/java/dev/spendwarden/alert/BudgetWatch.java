package dev.spendwarden.alert;

import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Budget;
import dev.spendwarden.policy.Motion.Still;
import dev.spendwarden.policy.Recall;
import java.time.Instant;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What is remembered of one budget between two looks at it. Owned by [Evaluation].
final class BudgetWatch {

  final Budget budget;
  final Recall recall = new Recall();

  /// When it must be looked at again though nothing was read: a timer of its alert.
  Instant wakeAt = Instant.MAX;

  final KeptForecasts forecasts = new KeptForecasts();

  /// The state of its figures at the last look.
  private long seen = NEVER_SEEN;

  private Still still = Still.NEVER;
  private @Nullable Assessment judged;
  private @Nullable Assessment shown;

  private static final long NEVER_SEEN = -1;

  private @Nullable Alert live;

  /// The newest resolved alert of each period, by the period's start: ordinals are counted on from
  /// it, and late charges come back to it.
  private final NavigableMap<Instant, Alert> resolved = new TreeMap<>();

  BudgetWatch(Budget budget) {
    this.budget = budget;
  }

  /// What it was judged as at the last look; null before the first. What only people see may be
  /// missing: see [Looking#shown].
  @Nullable Assessment judged() {
    return judged;
  }

  /// The newest assessment with all that people see; null when none was made since the last look.
  @Nullable Assessment shown() {
    return shown;
  }

  void judged(Assessment assessment) {
    judged = assessment;
    shown = null;
  }

  /// @param revision of the figures that were judged
  /// @param until when the judgement stands
  void standing(long revision, Still until) {
    seen = revision;
    still = until;
  }

  void shown(Assessment complete) {
    shown = complete;
  }

  /// Forgets that it was ever looked at; alerts are kept.
  void unsee() {
    seen = NEVER_SEEN;
    recall.forget();
  }

  /// Whether it would come out as it was judged: no figure of it changed, no timer ran out and time
  /// has not moved it.
  boolean stands(long revision, Instant now, Optional<Instant> dataAsOf) {
    return revision == seen && now.isBefore(wakeAt) && still.at(now, dataAsOf);
  }

  /// The pending or firing alert.
  Optional<Alert> live() {
    return Optional.ofNullable(live);
  }

  /// What people see: the live alert or, without one, the last resolved.
  Optional<Alert> newest() {
    return live().or(() -> Optional.ofNullable(resolved.lastEntry()).map(Map.Entry::getValue));
  }

  /// The newest resolved alert of the period that starts there.
  Optional<Alert> resolvedIn(Instant periodStart) {
    return Optional.ofNullable(resolved.get(periodStart));
  }

  void put(Alert alert) {
    if (alert.state() == Alert.State.RESOLVED) {
      resolved.put(alert.periodStart(), alert);
      if (live != null && live.id().equals(alert.id())) {
        live = null;
      }
    } else {
      live = alert;
    }
  }

  void dropLive() {
    live = null;
  }

  /// Forgets alerts of periods that ended before `instant`, the newest excepted.
  void forgetEndedBefore(Instant instant) {
    while (resolved.size() > 1 && resolved.firstEntry().getValue().periodEnd().isBefore(instant)) {
      resolved.pollFirstEntry();
    }
  }
}
