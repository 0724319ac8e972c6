package dev.spendwarden.notify;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// A recurring stretch of time in Alertmanager's meaning: an instant lies in it when each kind of
/// condition that is given holds, and one of a kind holds when any of its ranges does. Pure.
///
/// @param times of the day; empty: the whole day. Likewise the other lists
/// @param daysOfMonth from 1, or from -1 for the month's last day backwards
/// @param zone in which all of it is meant
public record TimeInterval(
    List<Times> times,
    Set<DayOfWeek> weekdays,
    List<Span> daysOfMonth,
    List<Span> months,
    List<Span> years,
    ZoneId zone) {

  public TimeInterval {
    times = List.copyOf(times);
    weekdays = Set.copyOf(weekdays);
    daysOfMonth = List.copyOf(daysOfMonth);
    months = List.copyOf(months);
    years = List.copyOf(years);
  }

  private static final int MINUTES_OF_DAY = 24 * 60;

  /// Minutes of the day from `start` up to but without `end`; 1440 is the day's end (24:00).
  public record Times(int start, int end) {}

  /// Whole numbers from `first` to `last`, both included.
  public record Span(int first, int last) {
    boolean holds(int value) {
      return first <= value && value <= last;
    }
  }

  public boolean contains(Instant at) {
    ZonedDateTime local = at.atZone(zone);
    int minute = local.getHour() * 60 + local.getMinute();
    return (times.isEmpty() || times.stream().anyMatch(t -> t.start <= minute && minute < t.end))
        && (weekdays.isEmpty() || weekdays.contains(local.getDayOfWeek()))
        && (daysOfMonth.isEmpty() || isDayOfMonth(local.toLocalDate()))
        && (months.isEmpty() || months.stream().anyMatch(m -> m.holds(local.getMonthValue())))
        && (years.isEmpty() || years.stream().anyMatch(y -> y.holds(local.getYear())));
  }

  /// A range that begins after a short month's end has no day in it; one that only ends after it
  /// goes to its last day.
  private boolean isDayOfMonth(LocalDate date) {
    int length = date.lengthOfMonth();
    return daysOfMonth.stream()
        .map(days -> new Span(fromStart(days.first, length), fromStart(days.last, length)))
        .anyMatch(days -> days.first <= length && days.holds(date.getDayOfMonth()));
  }

  private static int fromStart(int day, int length) {
    return day < 0 ? length + day + 1 : day;
  }

  /// The first instant after `at` at which [#contains] may answer otherwise: a day begins, a range
  /// of times does or ends, or the clocks are changed.
  Instant nextChange(Instant at) {
    LocalDate today = at.atZone(zone).toLocalDate();
    var candidates = new ArrayList<Instant>();
    for (LocalDate date = today; date.isBefore(today.plusDays(2)); date = date.plusDays(1)) {
      addInstantsOf(date.atStartOfDay(), candidates);
      for (Times range : times) {
        addInstantsOf(timeOf(date, range.start), candidates);
        addInstantsOf(timeOf(date, range.end), candidates);
      }
    }
    candidates.add(today.plusDays(1).atStartOfDay(zone).toInstant());
    ZoneOffsetTransition clocks = zone.getRules().nextTransition(at);
    if (clocks != null) {
      candidates.add(clocks.getInstant());
    }
    return candidates.stream().filter(c -> c.isAfter(at)).min(Instant::compareTo).orElseThrow();
  }

  private static LocalDateTime timeOf(LocalDate date, int minute) {
    return minute == MINUTES_OF_DAY
        ? date.plusDays(1).atStartOfDay()
        : date.atTime(LocalTime.ofSecondOfDay(minute * 60L));
  }

  /// Two where the clocks are set back, none where they leap over it.
  private void addInstantsOf(LocalDateTime local, List<Instant> instants) {
    zone.getRules().getValidOffsets(local).forEach(o -> instants.add(local.toInstant(o)));
  }
}
