package dev.spendwarden.burn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.spendwarden.burn.ForecastScore.Outcome;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ForecastScoreTest {

  private static Outcome outcome(double p50, double spent) {
    Instant end = Instant.parse("2027-02-01T00:00:00Z");
    return new Outcome(new ForecastRecord("bud_1", end.minusSeconds(9), end, p50), spent);
  }

  @Test
  void isTheShareOfTheFinalAmount() {
    assertThat(outcome(90, 100).absolutePercentageError()).isCloseTo(0.1, within(1e-12));
    assertThat(outcome(110, 100).absolutePercentageError()).isCloseTo(0.1, within(1e-12));
    assertThat(outcome(-5, -10).absolutePercentageError()).isCloseTo(0.5, within(1e-12));
  }

  @Test
  void periodsThatCostNothingHaveNoShare() {
    assertThat(outcome(0, 0).absolutePercentageError()).isZero();
    assertThat(outcome(3, 0).absolutePercentageError()).isNaN();
  }

  @Test
  void theMeanLeavesOutWhatHasNoShare() {
    var outcomes = List.of(outcome(90, 100), outcome(130, 100), outcome(3, 0));
    assertThat(ForecastScore.meanAbsolutePercentageError(outcomes)).isCloseTo(0.2, within(1e-12));
    assertThat(ForecastScore.meanAbsolutePercentageError(List.of())).isNaN();
  }
}
