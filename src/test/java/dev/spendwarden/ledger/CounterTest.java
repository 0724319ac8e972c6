package dev.spendwarden.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CounterTest {

  private static final Instant START = Instant.parse("2027-01-10T00:00:00Z");

  /// Random steps, some on midnight to the millisecond, against the definition.
  @Test
  void dailyIncreasesAreTheIncreasesOfTheDays() {
    for (int seed = 0; seed < 50; seed++) {
      var random = new Random(seed);
      var counter = new Counter();
      Instant at = START.plus(Duration.ofHours(random.nextInt(100)));
      int steps = random.nextInt(300);
      for (int i = 0; i < steps; i++) {
        counter.append(at, new BigDecimal(random.nextInt(1000)), random.nextInt(20) == 0);
        at = at.plus(Duration.ofHours(1 + random.nextInt(30)));
      }
      long firstDay = START.getEpochSecond() / 86_400 - 5 + random.nextInt(10);
      var days = new double[40];
      counter.addDaily(days, firstDay);
      for (int i = 0; i < days.length; i++) {
        Instant day = Instant.ofEpochSecond((firstDay + i) * 86_400);
        assertThat(days[i])
            .as("seed %d, day %d", seed, i)
            .isCloseTo(counter.increase(day, day.plusSeconds(86_400)), within(1e-9));
      }
    }
  }
}
