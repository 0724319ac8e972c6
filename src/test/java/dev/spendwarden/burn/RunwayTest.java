package dev.spendwarden.burn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RunwayTest {

  private static final LocalDate JANUARY = LocalDate.of(2027, 1, 1);

  /// Friday 30 April 2027, six in the morning.
  private static final Instant NOW = Instant.parse("2027-04-30T06:00:00Z");

  private static final DateSpan MAY =
      new DateSpan(LocalDate.of(2027, 5, 1), LocalDate.of(2027, 6, 1));

  private static final double DAY = Duration.ofDays(1).toSeconds();

  private static Forecast of(java.util.function.ToDoubleFunction<LocalDate> amount) {
    double[] amounts =
        IntStream.range(0, 119).mapToObj(JANUARY::plusDays).mapToDouble(amount).toArray();
    return Forecaster.forecast(DailySeries.of(JANUARY, amounts), MAY, 0);
  }

  @Test
  void evenDaysLastAsLongAsTheMoney() {
    Forecast forecast = of(day -> 10);
    for (double days : new double[] {0.5, 1, 6.9, 7, 7.1, 40}) {
      assertThat(Runway.seconds(forecast, 10 * days, NOW)).isCloseTo(days * DAY, within(1.0));
    }
  }

  @Test
  void waitsOverTheWeekendWhenNothingIsSpentThen() {
    Forecast forecast = of(day -> day.getDayOfWeek().getValue() >= 6 ? 0 : 20);
    // 15 are left to be spent on Friday; what is beyond them is spent on Monday.
    assertThat(Runway.seconds(forecast, 14.9, NOW)).isLessThan(0.75 * DAY);
    assertThat(Runway.seconds(forecast, 15.5, NOW)).isBetween(2.75 * DAY, 2.85 * DAY);
  }

  @Test
  void growsWithTheLimit() {
    Forecast forecast = of(day -> day.getDayOfWeek().getValue() * 3);
    double before = 0;
    for (double limit = 0; limit < 400; limit += 0.7) {
      double seconds = Runway.seconds(forecast, limit, NOW);
      assertThat(seconds).as("limit %s", limit).isGreaterThanOrEqualTo(before);
      before = seconds;
    }
  }

  @Test
  void isZeroOverTheLimitInfiniteWithoutSpendAndUnknownWithoutLimit() {
    Forecast forecast = of(day -> 10);
    assertThat(Runway.seconds(forecast, 0, NOW)).isZero();
    assertThat(Runway.seconds(forecast, -5, NOW)).isZero();
    assertThat(Runway.seconds(of(day -> 0), 5, NOW)).isInfinite();
    assertThat(Runway.seconds(forecast, Double.NaN, NOW)).isNaN();
    assertThat(Runway.seconds(forecast, Double.POSITIVE_INFINITY, NOW)).isInfinite();
  }
}
