package dev.spendwarden.sources.anthropic;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;

/// How far back the next poll reads the bill, by what was read before. Pure.
///
/// - Every poll reads from the first day a policy needs, and from yesterday at the latest: the last
///   day of a period still grows shortly after the period has ended.
/// - Once a day, and the first time, it reads 35 days at the least, for what was restated.
/// - Where a policy needs so much that reading it each time would ask more than Anthropic's once a
///   minute, the whole is read once an hour and 35 days between.
///
/// @param reread when at least 35 days were last read; empty: never
/// @param whole when as much as was needed was last read, whatever its length; empty: never
record ReadPlan(Optional<Instant> reread, Optional<Whole> whole) {

  static final ReadPlan NOTHING_READ = new ReadPlan(Optional.empty(), Optional.empty());

  static final int REREAD_DAYS = 35;

  /// Five pages: with the usual poll interval of five minutes one request a minute.
  static final int OFTEN_DAYS = 5 * CostReport.DAYS_A_PAGE;

  private static final Duration REREAD_EVERY = Duration.ofDays(1);
  private static final Duration WHOLE_EVERY = Duration.ofHours(1);

  /// A read from `from` on, that ended well at `at`.
  record Whole(LocalDate from, Instant at) {}

  /// The first UTC day to read.
  LocalDate firstDay(Instant now, Instant earliestNeeded) {
    LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
    LocalDate needed =
        earlier(LocalDate.ofInstant(earliestNeeded, ZoneOffset.UTC), today.minusDays(1));
    LocalDate rereadFrom = today.minusDays(REREAD_DAYS);
    if (isDue(reread, REREAD_EVERY, now)) {
      return earlier(needed, rereadFrom);
    }
    boolean isLong = needed.isBefore(today.minusDays(OFTEN_DAYS));
    boolean wasRead =
        whole.isPresent()
            && !whole.get().from().isAfter(needed)
            && !isDue(whole.map(Whole::at), WHOLE_EVERY, now);
    return isLong && wasRead ? rereadFrom : needed;
  }

  /// The plan after a poll at `now` that read from `first` on and succeeded.
  ReadPlan read(LocalDate first, Instant now, Instant earliestNeeded) {
    LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
    boolean isReread = !first.isAfter(today.minusDays(REREAD_DAYS));
    boolean isWhole = !first.isAfter(LocalDate.ofInstant(earliestNeeded, ZoneOffset.UTC));
    return new ReadPlan(
        isReread ? Optional.of(now) : reread, isWhole ? Optional.of(new Whole(first, now)) : whole);
  }

  // A clock that was set back makes it due as well.
  private static boolean isDue(Optional<Instant> last, Duration every, Instant now) {
    return last.isEmpty() || last.get().isAfter(now) || !last.get().plus(every).isAfter(now);
  }

  private static LocalDate earlier(LocalDate a, LocalDate b) {
    return a.isBefore(b) ? a : b;
  }
}
