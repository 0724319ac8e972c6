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

  /// A rolling budget of a quarter asks for what its oldest month had grown by since the budget's
  /// window began; forecasts and charts ask for a year.
  @Test
  void aBusyCounterStillKnowsItsDaysAYearLater() {
    var counter = new Counter();
    for (int hour = 0; hour < 365 * 24; hour++) {
      Instant polled = START.plus(Duration.ofHours(hour)).plusSeconds(600);
      counter.append(polled, new BigDecimal(hour), false);
    }
    Instant now = START.plus(Duration.ofDays(365));
    assertThat(counter.exactIncrease(daysBefore(now, 90), daysBefore(now, 65)))
        .isEqualByComparingTo("600");
    assertThat(counter.exactIncrease(daysBefore(now, 360), daysBefore(now, 330)))
        .isEqualByComparingTo("720");
    var days = new double[300];
    counter.addDaily(days, daysBefore(now, 330).getEpochSecond() / 86_400);
    assertThat(days).containsOnly(24);
  }

  private static Instant daysBefore(Instant now, int days) {
    return now.minus(Duration.ofDays(days));
  }

  @Test
  void whatWasMissedBeforeAnEndIsDatedThereAndMovesNothingLater() {
    var counter = new Counter();
    Instant end = START.plus(Duration.ofDays(1));
    counter.append(START, new BigDecimal("10"), false);
    counter.append(end.minusSeconds(60), new BigDecimal("14"), false);
    counter.begin(end.plusSeconds(60), new BigDecimal("3"));
    counter.append(end.plusSeconds(120), new BigDecimal("5"), false);

    counter.addBefore(end, new BigDecimal("0.5"));
    counter.addBefore(end, new BigDecimal("0.25"));

    assertThat(counter.exactIncrease(START, end.minusMillis(1))).isEqualByComparingTo("4.75");
    assertThat(counter.exactIncrease(end.minusSeconds(60), end)).isEqualByComparingTo("0.75");
    assertThat(counter.exactIncrease(end, end.plusSeconds(60))).isEqualByComparingTo("3");
    assertThat(counter.exactIncrease(end, end.plusSeconds(120))).isEqualByComparingTo("5");
    assertThat(counter.value()).isEqualByComparingTo("5");
  }

  @Test
  void whatWasNeverSeenBeforeAnEndGainsNothingThere() {
    var counter = new Counter();
    counter.begin(START, new BigDecimal("3"));
    counter.addBefore(START.minusSeconds(60), new BigDecimal("1000"));
    assertThat(counter.exactIncrease(Instant.EPOCH, START.plusSeconds(1)))
        .isEqualByComparingTo("0");
  }
}
