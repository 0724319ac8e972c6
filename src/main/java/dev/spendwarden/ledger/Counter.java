package dev.spendwarden.ledger;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A running total as it was seen at each poll that changed it: a provider's counter, or a charge
/// whose period is longer than a day and grows while it lasts. Remembers the sum of its increases,
/// so that the increase over any window is two look-ups; old steps are thinned out to hours, older
/// ones to days, so that years of polling need little room.
///
/// A counter that goes back where a new period begins was reset: what it shows then has been used
/// since. One that goes back inside a period was restated: the difference is taken back. The first
/// value seen says nothing of when it was used and counts as no increase.
final class Counter {

  /// Older steps than this are kept one an hour: days and weeks are measured well enough by them.
  private static final Duration FINE = Duration.ofHours(50);

  /// Older ones one a day: what still looks back so far counts in days. Longer than eight weeks and
  /// than any month, which rules ask about in hours.
  private static final Duration HOURLY = Duration.ofDays(70);

  /// What is not looked back to: forecasts ask for eleven months, charts for no more than this.
  static final Duration KEPT = Duration.ofDays(400);

  private static final int THIN_EVERY = 512;
  private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();

  private long[] atMillis = new long[8];
  private double[] gained = new double[8];
  private BigDecimal[] gainedExactly = new BigDecimal[8];
  private int size;
  private int appendedSinceThinning;

  private @Nullable BigDecimal value;

  /// @param reset whether a period of the counter has begun since the step before
  void append(Instant at, BigDecimal next, boolean reset) {
    BigDecimal gain = size == 0 ? BigDecimal.ZERO : gainedExactly[size - 1];
    if (value != null) {
      boolean back = next.compareTo(value) < 0;
      gain = gain.add(back && reset ? next : next.subtract(value));
    }
    value = next;
    add(at.toEpochMilli(), gain);
  }

  /// The first step of a window that follows the one before: all it shows was used since, however
  /// much the former window had come to.
  void begin(Instant at, BigDecimal next) {
    BigDecimal gain = size == 0 ? BigDecimal.ZERO : gainedExactly[size - 1];
    if (value != null) {
      gain = gain.add(next);
    }
    value = next;
    add(at.toEpochMilli(), gain);
  }

  /// Takes in what a window that ended at `end` turned out to hold beyond what was seen of it: an
  /// increase at its last instant, before everything that came later. Where nothing was seen by
  /// then there is nothing to add to.
  void addBefore(Instant end, BigDecimal missed) {
    long at = end.toEpochMilli() - 1;
    if (size == 0 || atMillis[0] > at || missed.signum() == 0) {
      return;
    }
    int step = stepAt(at);
    if (atMillis[step] < at) {
      grow();
      int later = size - ++step;
      System.arraycopy(atMillis, step, atMillis, step + 1, later);
      System.arraycopy(gained, step, gained, step + 1, later);
      System.arraycopy(gainedExactly, step, gainedExactly, step + 1, later);
      atMillis[step] = at;
      gainedExactly[step] = gainedExactly[step - 1];
      size++;
    }
    for (int i = step; i < size; i++) {
      gainedExactly[i] = gainedExactly[i].add(missed);
      gained[i] = gainedExactly[i].doubleValue();
    }
  }

  /// The latest value; null before the first step.
  @Nullable BigDecimal value() {
    return value;
  }

  /// How much it went up in `(from, to]`, for rates.
  double increase(Instant from, Instant to) {
    return size == 0 ? 0 : gained[stepAt(to)] - gained[stepAt(from)];
  }

  /// How much it went up in `(from, to]`, to the last digit, for amounts.
  BigDecimal exactIncrease(Instant from, Instant to) {
    return size == 0
        ? BigDecimal.ZERO
        : gainedExactly[stepAt(to)].subtract(gainedExactly[stepAt(from)]);
  }

  /// The first step after the one that counts at `instant`; [Instant#MAX] when there is none.
  Instant stepAfter(Instant instant) {
    int next = size == 0 ? 0 : stepAt(instant) + 1;
    return next < size ? Instant.ofEpochMilli(atMillis[next]) : Instant.MAX;
  }

  /// Adds to each of `days`, UTC days that follow each other, what [#increase] says of it. Days
  /// before the first step cost nothing: a forecast asks for many, and most counters are young.
  ///
  /// @param firstDay of `days`, counted from 1970-01-01
  void addDaily(double[] days, long firstDay) {
    if (size < 2) {
      return;
    }
    long day = Math.max(firstDay, Math.floorDiv(atMillis[0], DAY_MILLIS));
    double before = gained[stepAt(day * DAY_MILLIS)];
    for (; day < firstDay + days.length && day * DAY_MILLIS < atMillis[size - 1]; day++) {
      double after = gained[stepAt((day + 1) * DAY_MILLIS)];
      days[(int) (day - firstDay)] += after - before;
      before = after;
    }
  }

  private int stepAt(Instant instant) {
    return stepAt(instant.toEpochMilli());
  }

  /// The last step at or before the instant; the first one when there is none.
  private int stepAt(long millis) {
    int index = Arrays.binarySearch(atMillis, 0, size, millis);
    return Math.max(0, index < 0 ? -index - 2 : index);
  }

  private void add(long at, BigDecimal gain) {
    if (size > 0 && atMillis[size - 1] >= at) {
      // Two steps in one instant, or a clock that went back: the later one stands.
      size--;
      at = atMillis[size];
    }
    grow();
    atMillis[size] = at;
    gained[size] = gain.doubleValue();
    gainedExactly[size] = gain;
    size++;
    if (++appendedSinceThinning >= THIN_EVERY) {
      thin(at);
      appendedSinceThinning = 0;
    }
  }

  private void grow() {
    if (size == atMillis.length) {
      atMillis = Arrays.copyOf(atMillis, size * 2);
      gained = Arrays.copyOf(gained, size * 2);
      gainedExactly = Arrays.copyOf(gainedExactly, size * 2);
    }
  }

  private void thin(long now) {
    long fineSince = now - FINE.toMillis();
    long hourlySince = now - HOURLY.toMillis();
    long keptSince = now - KEPT.toMillis();
    long hour = Duration.ofHours(1).toMillis();
    int kept = 0;
    for (int i = 0; i < size; i++) {
      boolean last = i == size - 1;
      long grain = atMillis[i] < hourlySince ? DAY_MILLIS : hour;
      boolean superseded =
          !last && atMillis[i] < fineSince && atMillis[i] / grain == atMillis[i + 1] / grain;
      boolean forgotten = !last && atMillis[i + 1] < keptSince;
      if (!superseded && !forgotten) {
        atMillis[kept] = atMillis[i];
        gained[kept] = gained[i];
        gainedExactly[kept] = gainedExactly[i];
        kept++;
      }
    }
    size = kept;
  }
}
