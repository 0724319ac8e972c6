package dev.spendwarden.alert;

import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Budget;
import java.time.Instant;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What is remembered of one budget between two looks at it. Owned by [Evaluation].
final class BudgetWatch {

  final Budget budget;
  @Nullable Assessment latest;

  /// When it must be looked at again though nothing was read: a timer, going stale, the period's
  /// end.
  Instant wakeAt = Instant.MAX;

  private @Nullable Alert live;

  /// The newest resolved alert of each period, by the period's start: ordinals are counted on from
  /// it, and late charges come back to it.
  private final NavigableMap<Instant, Alert> resolved = new TreeMap<>();

  BudgetWatch(Budget budget) {
    this.budget = budget;
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
