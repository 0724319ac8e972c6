package dev.spendwarden.burn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ForecasterTest {

  private static final LocalDate JANUARY = LocalDate.of(2027, 1, 1);
  private static final DateSpan MAY =
      new DateSpan(LocalDate.of(2027, 5, 1), LocalDate.of(2027, 6, 1));

  private static double[] flat(int days, double amount) {
    var amounts = new double[days];
    Arrays.fill(amounts, amount);
    return amounts;
  }

  private static Forecast ofMay(double[] fromJanuary) {
    var series = DailySeries.of(JANUARY, fromJanuary);
    int before = (int) (MAY.start().toEpochDay() - JANUARY.toEpochDay());
    double spent = 0;
    for (int day = before; day < fromJanuary.length; day++) {
      spent += fromJanuary[day];
    }
    return Forecaster.forecast(series, MAY, spent);
  }

  @Test
  void theFirstDayDoesNotPanic() {
    var alone = DailySeries.of(MAY.start(), new double[] {100});
    Forecast firstEver = Forecaster.forecast(alone, MAY, 100);
    assertThat(firstEver.p50()).isBetween(100.0, 2000.0);
    assertThat(firstEver.coldStart()).isTrue();

    double[] quiet = flat(121, 3);
    quiet[120] = 100;
    assertThat(ofMay(quiet).p50()).as("3 a day, then 100 once").isBetween(150.0, 350.0);
  }

  @Test
  void aSteadyBillEndsWhereItAlwaysDid() {
    Forecast forecast = ofMay(flat(130, 10));
    assertThat(forecast.p50()).isCloseTo(310, within(1e-6));
    assertThat(forecast.dailyRate()).isCloseTo(10, within(1e-9));
    assertThat(forecast.coldStart()).isFalse();
    assertThat(forecast.p90()).isBetween(310.0, 350.0);
  }

  @Test
  void nothingKnownForecastsNothingAndSaysSo() {
    for (double[] amounts : List.of(new double[0], new double[5])) {
      Forecast forecast = Forecaster.forecast(DailySeries.of(MAY.start(), amounts), MAY, 0);
      assertThat(forecast.p10()).isZero();
      assertThat(forecast.p90()).isZero();
      assertThat(forecast.probOver(10)).isZero();
      assertThat(forecast.coldStart()).isTrue();
    }
  }

  @Test
  void emptyWeekendsAreNotForecastToCost() {
    double[] amounts =
        IntStream.range(0, 126)
            .mapToObj(JANUARY::plusDays)
            .mapToDouble(day -> day.getDayOfWeek().getValue() >= 6 ? 0 : 20)
            .toArray();
    Forecast forecast = ofMay(amounts);
    assertThat(forecast.parts().week().weight(DayOfWeek.SUNDAY)).isZero();
    // May 2027 has 21 working days.
    assertThat(forecast.p50()).isCloseTo(21 * 20, within(5.0));
  }

  @Test
  void aSpikeIsCountedOnceAndNotCarriedOn() {
    double[] amounts = flat(128, 10);
    amounts[122] = 200;
    amounts[123] = 150;
    Forecast forecast = ofMay(amounts);
    assertThat(forecast.p50()).isBetween(310.0 + 330, 310.0 + 330 + 60);
  }

  @Test
  void aNewLevelThatLastsIsFollowed() {
    double[] amounts = flat(131, 10);
    Arrays.fill(amounts, 122, 131, 30);
    assertThat(ofMay(amounts).dailyRate()).isBetween(25.0, 31.0);
  }

  @Test
  void steadyGrowthIsCarriedOnButDamped() {
    double[] amounts = IntStream.range(0, 122).mapToDouble(d -> 10 * Math.exp(0.01 * d)).toArray();
    Forecast forecast = ofMay(amounts);
    double without = forecast.spent() + 29 * 10 * Math.exp(1.22);
    double undamped = IntStream.range(120, 151).mapToDouble(d -> 10 * Math.exp(0.01 * d)).sum();
    assertThat(forecast.p50()).isBetween(without * 1.02, undamped);
  }

  @Test
  void creditsLowerTheRateButNeverBelowNothing() {
    double[] amounts = flat(125, 10);
    amounts[124] = -500;
    Forecast forecast = ofMay(amounts);
    assertThat(forecast.dailyRate()).isBetween(0.0, 10.0);
    assertThat(forecast.p10()).isGreaterThanOrEqualTo(forecast.spent());

    double[] onlyCredits = flat(125, -10);
    assertThat(ofMay(onlyCredits).p50()).isEqualTo(-50);
    assertThat(ofMay(onlyCredits).dailyRate()).isZero();
  }

  @Test
  void aDayThatIsRunningCountsByItsShare() {
    double[] amounts = flat(125, 10);
    amounts[124] = 2.5;
    var series = DailySeries.of(JANUARY, amounts, 0.25, SettlingCurve.IDENTITY);
    assertThat(Forecaster.forecast(series, MAY, 42.5).p50()).isCloseTo(310, within(3.0));
  }

  @Test
  void lateDaysAreCompletedByTheSettlingCurve() {
    SettlingCurve curve =
        SettlingCurve.learn(
            IntStream.range(0, 40)
                .mapToObj(i -> new SettlingCurve.Observation(1 + i % 2, i % 2 == 0 ? 0.2 : 0.6))
                .toList());
    double[] amounts = flat(130, 10);
    amounts[129] = 2;
    amounts[128] = 6;
    var series = DailySeries.of(JANUARY, amounts, 1, curve);
    assertThat(Forecaster.forecast(series, MAY, 88).p50()).isCloseTo(310, within(5.0));
  }

  @Test
  void aCounterFirstSeenInTheMiddleOfThePeriodIsSpreadOverTheDaysBefore() {
    var series = DailySeries.of(MAY.start().plusDays(8), new double[] {0, 0});
    Forecast forecast = Forecaster.forecast(series, MAY, 200);
    assertThat(forecast.dailyRate()).isCloseTo(20, within(1.0));
    assertThat(forecast.p50()).isBetween(500.0, 650.0);
  }

  @Test
  void aPeriodThatIsOverIsCertain() {
    Forecast forecast = ofMay(flat(151, 10));
    assertThat(forecast.p10()).isEqualTo(310);
    assertThat(forecast.p90()).isEqualTo(310);
    assertThat(forecast.probOver(309)).isEqualTo(1);
    assertThat(forecast.probOver(310)).isZero();
  }

  @Test
  void anUnknownLimitHasNoProbability() {
    assertThat(ofMay(flat(130, 10)).probOver(Double.NaN)).isNaN();
  }

  @Test
  void anAmountThatIsNoNumberIsRefused() {
    assertThatThrownBy(() -> DailySeries.of(JANUARY, new double[] {1, Double.NaN}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2027-01-02");
  }

  /// Any series, any settling, any share of a day: the invariants of docs/forecast.md.
  @Test
  void everyForecastKeepsItsPromises() {
    for (long seed = 0; seed < 3000; seed++) {
      var random = new Random(seed);
      double[] amounts = anyAmounts(random);
      var curve =
          SettlingCurve.learn(
              random
                  .doubles(random.nextInt(20))
                  .mapToObj(share -> new SettlingCurve.Observation(random.nextInt(9), 1.3 * share))
                  .toList());
      double share = random.nextInt(3) == 0 ? random.nextDouble() : 1;
      LocalDate end = JANUARY.plusDays(amounts.length);
      CalendarPeriod spec = CalendarPeriod.values()[random.nextInt(5)];
      DateSpan period = spec.containing(end.minusDays(random.nextInt(2)));
      double spent = Math.max(0, 100 * random.nextGaussian());
      var series = DailySeries.of(JANUARY, amounts, share, curve);
      Forecast forecast = Forecaster.forecast(series, period, spent);

      assertThat(forecast.p10()).as("seed %d", seed).isFinite().isGreaterThanOrEqualTo(spent);
      assertThat(forecast.p50()).as("seed %d", seed).isGreaterThanOrEqualTo(forecast.p10());
      assertThat(forecast.p90()).as("seed %d", seed).isFinite();
      assertThat(forecast.p90()).as("seed %d", seed).isGreaterThanOrEqualTo(forecast.p50());
      assertThat(forecast.dailyRate()).as("seed %d", seed).isNotNegative();
      double before = 1;
      for (double limit = 0; limit < 2 * forecast.p90() + 10; limit += forecast.p90() / 20 + 1) {
        double over = forecast.probOver(limit);
        assertThat(over).as("seed %d, limit %s", seed, limit).isBetween(0.0, before);
        before = over;
      }
      assertThat(Forecaster.forecast(series, period, spent).toString())
          .as("deterministic, seed %d", seed)
          .isEqualTo(forecast.toString());
    }
  }

  private static double[] anyAmounts(Random random) {
    var amounts = new double[random.nextInt(200)];
    double scale = Math.exp(20 * random.nextDouble() - 10);
    double zeros = random.nextDouble();
    boolean credits = random.nextInt(4) == 0;
    for (int day = 0; day < amounts.length; day++) {
      double amount = scale * Math.exp(2 * random.nextGaussian());
      amounts[day] =
          random.nextDouble() < zeros ? 0 : credits && random.nextInt(5) == 0 ? -amount : amount;
    }
    return amounts;
  }
}
