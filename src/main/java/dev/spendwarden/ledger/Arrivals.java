package dev.spendwarden.ledger;

import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.Unit;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// How the days of one source filled up: the sum of each day's charges as it stood at any moment of
/// the month after it. What a settling curve is learned from. Replaying the revisions gives the
/// same arrivals; only what became known so far is in them. Not thread-safe.
///
/// Bounded: [#DAYS] days of a unit, of each at most one step an hour for three days and one a day
/// for the rest of the month.
public final class Arrivals {

  /// Eight weeks of settled days, and those that still settle.
  private static final int DAYS = 63;

  /// A day is taken as settled a week after it, as closed periods are; what comes later still
  /// counts as its final figure.
  private static final int SETTLED_AFTER = 7;

  /// Older figures are not watched any more.
  private static final int OLDEST_AGE = 30;

  /// Where a source told nothing new for longer, nobody may have been asking.
  private static final long LONGEST_SILENCE = 8;

  private static final long DAY = Duration.ofDays(1).toSeconds();
  private static final long HOUR = Duration.ofHours(1).toSeconds();

  private final Map<Unit, NavigableMap<Long, Filling>> days = new HashMap<>();
  private final NavigableSet<Long> postedOn = new TreeSet<>();
  private long since = Long.MAX_VALUE;
  private long revision;

  /// What was known of a day, as a share of what it came to.
  ///
  /// @param age 0 for the day that is running, 1 for the day before it; for 0 the share is of what
  ///   an even day would have had by then
  public record Seen(int age, double share) {}

  /// Counts the changes: as long as it stays the same every answer does.
  public long revision() {
    return revision;
  }

  /// In which the source was charged by the day.
  public Set<Unit> units() {
    return Set.copyOf(days.keySet());
  }

  /// @param former what was known of the same charge before
  void add(ChargeRevision changed, @Nullable ChargeRevision former) {
    Charge charge = changed.charge();
    if (BudgetSeries.isRunningTotal(charge.period())) {
      return;
    }
    BigDecimal before = former == null ? BigDecimal.ZERO : former.charge().net();
    long knownAt = changed.knownAt().getEpochSecond();
    long today = Math.floorDiv(knownAt, DAY);
    long day = Math.floorDiv(charge.period().start().getEpochSecond(), DAY);
    revision++;
    since = Math.min(since, knownAt);
    postedOn.add(today);
    while (postedOn.first() < today - DAYS - OLDEST_AGE) {
      postedOn.pollFirst();
    }
    if (day < today - DAYS) {
      return;
    }
    var ofUnit = days.computeIfAbsent(charge.unit(), unit -> new TreeMap<>());
    ofUnit
        .computeIfAbsent(day, start -> new Filling())
        .add(step(knownAt, today - day), charge.net().subtract(before).doubleValue());
    while (ofUnit.firstKey() < today - DAYS) {
      ofUnit.pollFirstEntry();
    }
  }

  private static long step(long knownAt, long age) {
    long width = age <= 3 ? HOUR : DAY;
    return Math.floorDiv(knownAt, width) * width;
  }

  /// What was known of the days that have settled by `now`, each time at the same time of day as
  /// `now`: a source that delivers at noon knows less in the morning. Nothing is said of moments
  /// before the source was first heard, and of long silences.
  public List<Seen> seen(Unit unit, Instant now) {
    long seconds = now.getEpochSecond();
    long today = Math.floorDiv(seconds, DAY);
    long sinceMidnight = seconds - today * DAY;
    var seen = new ArrayList<Seen>();
    boolean[] watched = watchedBefore(today);
    days.getOrDefault(unit, new TreeMap<>())
        .subMap(today - DAYS, true, today - SETTLED_AFTER, true)
        .forEach((day, filling) -> {
          double came = filling.last();
          long oldest = Math.min(OLDEST_AGE, today - day - 1);
          for (int age = 0; came > 0 && age <= oldest; age++) {
            long at = (day + age) * DAY + sinceMidnight;
            double even = age == 0 ? (double) sinceMidnight / DAY : 1;
            if (at >= since && even > 0 && watched[(int) (today - day - age)]) {
              seen.add(new Seen(age, filling.at(at) / came / even));
            }
          }
        });
    return seen;
  }

  /// Of each day up to `today`, by how many days it lies back, whether somebody was asking then:
  /// many days are looked at when they were each so old.
  private boolean[] watchedBefore(long today) {
    var watched = new boolean[DAYS + 1];
    for (int back = 0; back <= DAYS; back++) {
      watched[back] = isWatched(today - back);
    }
    return watched;
  }

  private boolean isWatched(long day) {
    Long before = postedOn.floor(day);
    Long after = postedOn.ceiling(day);
    return before != null && after != null && after - before <= LONGEST_SILENCE;
  }

  /// The sum of a day's charges over time.
  private static final class Filling {
    private long[] at = new long[2];
    private double[] sums = new double[2];
    private int size;

    void add(long step, double change) {
      double sum = last() + change;
      if (size > 0 && at[size - 1] >= step) {
        sums[size - 1] = sum;
        return;
      }
      if (size == at.length) {
        at = Arrays.copyOf(at, size * 2);
        sums = Arrays.copyOf(sums, size * 2);
      }
      at[size] = step;
      sums[size++] = sum;
    }

    double last() {
      return size == 0 ? 0 : sums[size - 1];
    }

    double at(long seconds) {
      int index = Arrays.binarySearch(at, 0, size, seconds);
      int step = index < 0 ? -index - 2 : index;
      return step < 0 ? 0 : sums[step];
    }
  }
}
