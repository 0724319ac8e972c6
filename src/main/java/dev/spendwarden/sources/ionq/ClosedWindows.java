package dev.spendwarden.sources.ionq;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Which window that is over to ask for once more. What is spent between a window's last poll and
/// its end, and what IonQ books late, shows in no report of the present window.
///
/// Each is looked at when it has ended and a few times more, ever more seldom, as long as closed
/// periods are open to restatement. Remembered in memory only: after a restart one look too many is
/// all that comes of it.
final class ClosedWindows {

  /// After a window's end. The last look comes just before nothing late is told any more.
  private static final List<Duration> LOOKS =
      List.of(
          Duration.ZERO,
          Duration.ofHours(1),
          Duration.ofHours(6),
          Duration.ofDays(1),
          Duration.ofDays(2),
          Duration.ofDays(3),
          Duration.ofDays(4),
          Duration.ofDays(5),
          Duration.ofDays(6),
          Duration.ofDays(7).minusHours(1));

  private static final Duration OPEN = Duration.ofDays(7);

  /// A look that failed: the present window, which was read, must not be slowed down by it.
  static final Duration TRY_AGAIN = Duration.ofHours(1);

  private final IonqWindow window;
  private final Map<IonqWindow.Dates, Instant> read = new HashMap<>();
  private final Map<IonqWindow.Dates, Instant> failed = new HashMap<>();

  ClosedWindows(IonqWindow window) {
    this.window = window;
  }

  /// The newest window that is due; at most one, so that a poll makes two requests at the most.
  Optional<IonqWindow.Dates> due(Instant now) {
    Instant open = now.minus(OPEN);
    read.keySet().removeIf(dates -> !dates.span().end().isAfter(open));
    failed.keySet().removeIf(dates -> !dates.span().end().isAfter(open));
    IonqWindow.Dates dates = window.before(window.at(now));
    while (dates.span().end().isAfter(open)) {
      if (isDue(dates, now)) {
        return Optional.of(dates);
      }
      dates = window.before(dates);
    }
    return Optional.empty();
  }

  private boolean isDue(IonqWindow.Dates dates, Instant now) {
    Instant lastRead = read.getOrDefault(dates, Instant.MIN);
    Instant lastFailed = failed.getOrDefault(dates, Instant.MIN);
    boolean mayTry = lastFailed.equals(Instant.MIN) || !lastFailed.plus(TRY_AGAIN).isAfter(now);
    return mayTry
        && LOOKS.stream()
            .map(dates.span().end()::plus)
            .anyMatch(look -> lastRead.isBefore(look) && !look.isAfter(now));
  }

  /// What was asked for at `at` is in the ledger.
  void read(IonqWindow.Dates dates, Instant at) {
    read.put(dates, at);
    failed.remove(dates);
  }

  /// @return whether it is the first failure since the window was last read
  boolean failed(IonqWindow.Dates dates, Instant at) {
    return failed.put(dates, at) == null;
  }
}
