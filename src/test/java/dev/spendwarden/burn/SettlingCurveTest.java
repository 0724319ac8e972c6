package dev.spendwarden.burn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.spendwarden.burn.SettlingCurve.Observation;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SettlingCurveTest {

  @Test
  void withoutObservationsEveryFigureIsFinal() {
    SettlingCurve curve = SettlingCurve.learn(List.of());
    assertThat(IntStream.range(0, 40).mapToDouble(curve::share)).containsOnly(1.0);
  }

  @Test
  void manyObservationsGiveTheirMedian() {
    List<Observation> seen =
        IntStream.range(0, 99).mapToObj(i -> new Observation(1, i == 0 ? 0.0 : 0.4)).toList();
    assertThat(SettlingCurve.learn(seen).share(1)).isCloseTo(0.4, within(0.01));
  }

  @Test
  void oneObservationBendsItOnlyHalfway() {
    assertThat(SettlingCurve.learn(List.of(new Observation(1, 0.2))).share(1)).isEqualTo(0.6);
  }

  @Test
  void neverFallsWithAgeAndFillsGaps() {
    SettlingCurve curve =
        SettlingCurve.learn(
            IntStream.range(0, 60)
                .mapToObj(i -> new Observation(i % 2 == 0 ? 1 : 4, i % 2 == 0 ? 0.9 : 0.5))
                .toList());
    assertThat(curve.share(1)).isLessThanOrEqualTo(curve.share(2));
    assertThat(curve.share(2)).isEqualTo(curve.share(4)).isLessThan(0.6);
    assertThat(curve.share(5)).isEqualTo(1);
  }

  @Test
  void figuresThatWereLoweredLaterCountAsComplete() {
    assertThat(SettlingCurve.learn(Collections.nCopies(20, new Observation(2, 1.4))).share(2))
        .isEqualTo(1);
  }

  @Test
  void sharesOfNothingAndAbsurdAgesAreLeftOut() {
    List<Observation> seen =
        List.of(
            new Observation(1, Double.NaN),
            new Observation(1, Double.POSITIVE_INFINITY),
            new Observation(-1, 0.1),
            new Observation(5000, 0.1));
    assertThat(SettlingCurve.learn(seen)).isSameAs(SettlingCurve.IDENTITY);
  }

  @Test
  void severalSourcesWeighAsMuchAsTheyCost() {
    SettlingCurve late = SettlingCurve.learn(Collections.nCopies(200, new Observation(1, 0.0)));
    SettlingCurve blended = SettlingCurve.blend(Map.of(late, 100.0, SettlingCurve.IDENTITY, 300.0));
    assertThat(blended.share(1)).isCloseTo(0.75, within(0.01));
    assertThat(SettlingCurve.blend(Map.of(late, 0.0))).isEqualTo(SettlingCurve.IDENTITY);
  }
}
