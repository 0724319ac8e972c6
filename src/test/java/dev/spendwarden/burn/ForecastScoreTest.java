package dev.spendwarden.burn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ForecastScoreTest {

  private static final Instant START = Instant.parse("2027-01-01T00:00:00Z");
  private static final Instant END = Instant.parse("2027-02-01T00:00:00Z");

  private static ForecastScore score(double p50, double came) {
    return ForecastScore.NONE.with(forecast(p50), came);
  }

  private static ForecastRecord forecast(double p50) {
    return new ForecastRecord("bud_1", START, END, 0, START, "USD", p50 - 20, p50, p50 + 20);
  }

  @Test
  void theErrorIsTheShareOfTheFinalAmount() {
    assertThat(score(90, 100).meanAbsolutePercentageError()).isCloseTo(0.1, within(1e-12));
    assertThat(score(110, 100).meanAbsolutePercentageError()).isCloseTo(0.1, within(1e-12));
    assertThat(score(-5, -10).meanAbsolutePercentageError()).isCloseTo(0.5, within(1e-12));
  }

  @Test
  void periodsThatCostNothingHaveNoShareAndAreLeftOutOfTheMean() {
    assertThat(score(0, 0).meanAbsolutePercentageError()).isZero();
    assertThat(score(3, 0).meanAbsolutePercentageError()).isNaN();
    ForecastScore three = score(90, 100).plus(score(130, 100)).plus(score(3, 0));
    assertThat(three.meanAbsolutePercentageError()).isCloseTo(0.2, within(1e-12));
    assertThat(ForecastScore.NONE.meanAbsolutePercentageError()).isNaN();
  }

  @Test
  void coverageCountsPeriodsInsideTheRangeItsEndsIncluded() {
    assertThat(score(90, 110).coverage()).isEqualTo(1);
    assertThat(score(90, 110.1).coverage()).isZero();
    assertThat(score(90, 70).plus(score(90, 69)).coverage()).isEqualTo(0.5);
    assertThat(ForecastScore.NONE.coverage()).isNaN();
  }

  @Test
  void aPeriodHasTenTenths() {
    assertThat(ForecastRecord.tenthOf(START, START, END)).isZero();
    assertThat(ForecastRecord.tenthOf(START.plus(Duration.ofDays(16)), START, END)).isEqualTo(5);
    assertThat(ForecastRecord.tenthOf(END.minusNanos(1), START, END)).isEqualTo(9);
    assertThat(ForecastRecord.tenthOf(END, START, END)).isEqualTo(9);
  }
}
