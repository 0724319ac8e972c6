package dev.spendwarden.policy;

import java.time.Duration;

/// How a policy's time is cut into budget periods (YAML `budget.period`), in the policy's zone.
public sealed interface PeriodSpec {

  enum Every {
    DAY,
    WEEK,
    MONTH,
    QUARTER,
    YEAR
  }

  /// Calendar periods: weeks start on Monday.
  record Calendar(Every every) implements PeriodSpec {}

  /// `{ every: month, from: 15 }`: each period starts on that day; clamped to the month's end
  /// (`from: 31`). For weeks `from` is 1 (Monday) to 7; for quarters and years the day of their
  /// first month.
  record Anchored(Every every, int from) implements PeriodSpec {
    public Anchored {
      if (from < 1 || from > lastAnchor(every)) {
        throw new IllegalArgumentException(
            "a " + every + " cannot start on its day " + from + " of " + lastAnchor(every));
      }
    }

    /// The largest `from`: a day has no inside, a week seven days, the rest a month's 31.
    public static int lastAnchor(Every every) {
      return switch (every) {
        case DAY -> 1;
        case WEEK -> 7;
        case MONTH, QUARTER, YEAR -> 31;
      };
    }
  }

  /// `{ rolling: 30d }`: always the last `window`.
  record Rolling(Duration window) implements PeriodSpec {}

  /// `none`: everything ever spent, without an end.
  record None() implements PeriodSpec {}
}
