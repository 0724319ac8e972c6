package dev.spendwarden.burn;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/// Forecasts a series of daily amounts as they would have been made on mornings in it. Immutable.
public final class SeriesForecast {

  private final NavigableMap<LocalDate, BigDecimal> amounts;
  private final double[] days;

  /// @param amounts by day; a day left out between the first and the last had no spend
  /// @throws IllegalArgumentException when there is no day
  public SeriesForecast(NavigableMap<LocalDate, BigDecimal> amounts) {
    if (amounts.isEmpty()) {
      throw new IllegalArgumentException("a series has at least one day");
    }
    this.amounts = new TreeMap<>(amounts);
    LocalDate first = amounts.firstKey();
    this.days = new double[(int) (amounts.lastKey().toEpochDay() - first.toEpochDay()) + 1];
    amounts.forEach((day, amount) ->
        days[(int) (day.toEpochDay() - first.toEpochDay())] = amount.doubleValue());
  }

  /// One morning.
  ///
  /// @param at the day; only the days before it were known
  /// @param period the one that `at` is in
  /// @param spent in the period before `at`
  /// @param actual what the period cost, where the series reaches its end
  public record Morning(
      LocalDate at,
      DateSpan period,
      BigDecimal spent,
      Forecast forecast,
      Optional<BigDecimal> actual) {}

  /// The last morning whose days before it are all known.
  public LocalDate lastMorning() {
    return amounts.lastKey().plusDays(1);
  }

  /// @throws IllegalArgumentException for a morning after [#lastMorning]
  public Morning on(LocalDate at, CalendarPeriod spec) {
    if (at.isAfter(lastMorning())) {
      throw new IllegalArgumentException(
          "the series ends on "
              + amounts.lastKey()
              + ": nothing is known of the days before "
              + at
              + "; the last morning that can be forecast is "
              + lastMorning());
    }
    DateSpan period = spec.containing(at);
    BigDecimal spent = sum(period.start(), at);
    Forecast forecast = Forecaster.forecast(known(at), period, spent.doubleValue());
    boolean endIsKnown =
        period.end().isAfter(amounts.firstKey()) && !period.end().isAfter(lastMorning());
    Optional<BigDecimal> actual =
        endIsKnown ? Optional.of(sum(period.start(), period.end())) : Optional.empty();
    return new Morning(at, period, spent, forecast, actual);
  }

  private DailySeries known(LocalDate at) {
    LocalDate first = amounts.firstKey();
    long count = Math.max(0, at.toEpochDay() - first.toEpochDay());
    // Before the series begins nothing is known; its end is still the morning asked for.
    LocalDate start = count == 0 ? at : first;
    return DailySeries.of(start, Arrays.copyOf(days, (int) count));
  }

  private BigDecimal sum(LocalDate from, LocalDate to) {
    return amounts.subMap(from, true, to, false).values().stream()
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }
}
