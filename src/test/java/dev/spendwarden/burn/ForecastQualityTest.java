package dev.spendwarden.burn;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/// The forecaster keeps its lead on a small part of what [ForecastBench] measures, so that a change
/// that makes it worse fails here first.
class ForecastQualityTest {

  private static final int BILLS = 8;

  @Test
  void beatsItsRivalsOnEachMorningAndHalvesTheirFalseAlarms() throws IOException {
    ForecastBench.run(ForecastBench.LOOKED_AT, BILLS, 2).assertTargets();
  }
}
