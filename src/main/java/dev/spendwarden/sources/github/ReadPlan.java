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

  /// Exports reach back about a year: asking for more would fail again and again.
  static final int HISTORY_DAYS = 366;

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
    LocalDate oldest = today.minusDays(HISTORY_DAYS);
    LocalDate needed = day(earliestNeeded).isBefore(oldest) ? oldest : day(earliestNeeded);
    LocalDate recent = today.minusDays(SETTLING_DAYS);
    LocalDate first = needed.isBefore(recent) ? needed : recent;
    boolean closing =
        today.getDayOfMonth() >= FIRST_CLOSING_DAY && today.getDayOfMonth() <= LAST_CLOSING_DAY;
    LocalDate formerMonth = today.minusMonths(1).withDayOfMonth(1);
    if (closing && formerMonth.isBefore(first)) {
      first = formerMonth;
    }
    LocalDate thisMonth = today.withDayOfMonth(1);
    var ranges = new ArrayList<DateRange>();
    for (LocalDate day = today; !day.isBefore(first); day = day.minusDays(1)) {
      boolean closes = closing && day.isBefore(thisMonth) && !day.isBefore(formerMonth);
      if (!isSettled(day, read) || (closes && !isReadOn(today, day, read))) {
        prepend(day, ranges, maxDays);
      }
    }
    return ranges;
  }

  /// Adds a day to the oldest range where it fits, else as a range of its own.
  private static void prepend(LocalDate day, List<DateRange> ranges, int maxDays) {
    if (!ranges.isEmpty()) {
      DateRange oldest = ranges.getLast();
      boolean follows = oldest.first().minusDays(1).equals(day);
      if (follows && day.isAfter(oldest.last().minusDays(maxDays))) {
        ranges.set(ranges.size() - 1, new DateRange(day, oldest.last()));
        return;
      }
    }
    ranges.add(new DateRange(day, day));
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
