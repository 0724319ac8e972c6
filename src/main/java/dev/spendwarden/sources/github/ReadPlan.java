package dev.spendwarden.sources.github;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/// Which days to read now. Pure.
///
/// A day is settled once it was read five days after it or later. Every round reads the days that
/// are not: the last five with today, those never read since the earliest that a policy needs, and
/// what a long silence left behind. On the 2nd to the 5th of a month the whole former month is read
/// once a day, for that is when GitHub closes its bill.
final class ReadPlan {

  static final int SETTLING_DAYS = 5;
  private static final int FIRST_CLOSING_DAY = 2;
  private static final int LAST_CLOSING_DAY = 5;

  private ReadPlan() {}

  /// Days that were read, and when GitHub was asked for them.
  record Read(DateRange range, Instant askedAt) {}

  /// @param earliestNeeded start of the earliest open period a policy needs
  /// @param read all that was read before and is still of use
  /// @param maxDays the longest range
  /// @return ranges without overlap, newest first: what is most urgent comes first, and data is as
  ///   old as the oldest answer about the newest days
  static List<DateRange> at(Instant now, Instant earliestNeeded, List<Read> read, int maxDays) {
    LocalDate today = day(now);
    LocalDate needed = day(earliestNeeded);
    LocalDate recent = today.minusDays(SETTLING_DAYS);
    LocalDate formerMonth = today.minusMonths(1).withDayOfMonth(1);
    boolean closing =
        today.getDayOfMonth() >= FIRST_CLOSING_DAY && today.getDayOfMonth() <= LAST_CLOSING_DAY;
    LocalDate first = needed.isBefore(recent) ? needed : recent;
    if (closing && formerMonth.isBefore(first)) {
      first = formerMonth;
    }
    var ranges = new ArrayList<DateRange>();
    LocalDate last = null;
    for (LocalDate day = today; !day.isBefore(first); day = day.minusDays(1)) {
      boolean closed = closing && day.getMonth() == formerMonth.getMonth();
      boolean wanted = !isSettled(day, read) || (closed && !isReadOn(today, day, read));
      if (wanted && last == null) {
        last = day;
      }
      boolean runEnds = last != null && (!wanted || last.minusDays(maxDays).equals(day));
      if (runEnds) {
        ranges.add(new DateRange(day.plusDays(1), last));
        last = wanted ? day : null;
      }
    }
    if (last != null) {
      ranges.add(new DateRange(first, last));
    }
    return ranges;
  }

  private static boolean isSettled(LocalDate day, List<Read> read) {
    return read.stream()
        .anyMatch(done ->
            done.range().contains(day)
                && !day(done.askedAt()).isBefore(day.plusDays(SETTLING_DAYS)));
  }

  private static boolean isReadOn(LocalDate today, LocalDate day, List<Read> read) {
    return read.stream()
        .anyMatch(done -> done.range().contains(day) && day(done.askedAt()).equals(today));
  }

  private static LocalDate day(Instant instant) {
    return LocalDate.ofInstant(instant, ZoneOffset.UTC);
  }
}
