package dev.spendwarden.sources.ionq;

import dev.spendwarden.charge.ChargePeriod;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/// The fixed dates every poll asks for. Left to itself IonQ answers with the last 30 days, a window
/// that slides and whose total falls without anybody being paid back.
///
/// @param from the day each window starts on: of the month (clamped to its end), of the first month
///   of a quarter or year, or of the week (1 is Monday); without meaning for days
public record IonqWindow(Every every, int from) {

  public static final IonqWindow CALENDAR_MONTH = new IonqWindow(Every.MONTH, 1);

  public enum Every {
    DAY,
    WEEK,
    MONTH,
    QUARTER,
    YEAR
  }

  public IonqWindow {
    if (from < 1 || from > (every == Every.WEEK ? 7 : 31)) {
      throw new IllegalArgumentException("a window starts on a day from 1, not " + from);
    }
  }

  /// The window that holds `now`, in UTC days.
  public Dates at(Instant now) {
    LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
    return switch (every) {
      case DAY -> new Dates(today, today);
      case WEEK -> {
        int ahead = today.getDayOfWeek().getValue() - DayOfWeek.of(from).getValue();
        LocalDate start = today.minusDays(Math.floorMod(ahead, 7));
        yield new Dates(start, start.plusDays(6));
      }
      case MONTH -> months(today, today.withDayOfMonth(1), 1);
      case QUARTER ->
          months(today, today.with(today.getMonth().firstMonthOfQuarter()).withDayOfMonth(1), 3);
      case YEAR -> months(today, today.withDayOfYear(1), 12);
    };
  }

  /// The window that ended where `dates` begin.
  Dates before(Dates dates) {
    return at(dates.span().start().minusMillis(1));
  }

  // Each start is computed from its own first of the month: adding months to a clamped start
  // drifts.
  private Dates months(LocalDate today, LocalDate first, int length) {
    LocalDate base = anchored(first).isAfter(today) ? first.minusMonths(length) : first;
    return new Dates(anchored(base), anchored(base.plusMonths(length)).minusDays(1));
  }

  private LocalDate anchored(LocalDate firstOfMonth) {
    return firstOfMonth.withDayOfMonth(Math.min(from, firstOfMonth.lengthOfMonth()));
  }

  /// Both days included, as IonQ's v0.3 takes them.
  public record Dates(LocalDate first, LocalDate last) {

    ChargePeriod span() {
      return new ChargePeriod(
          first.atStartOfDay(ZoneOffset.UTC).toInstant(),
          last.plus(1, ChronoUnit.DAYS).atStartOfDay(ZoneOffset.UTC).toInstant());
    }
  }
}
