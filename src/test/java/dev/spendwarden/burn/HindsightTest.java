package dev.spendwarden.burn;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The goal: what is taken over from the day before is what would have been worked out anew. A
/// series grows day by day for fourteen months, days of it are restated, its beginning falls out of
/// sight and its source turns late; each morning the past mistakes are looked at with the hindsight
/// of the morning before and without any.
class HindsightTest {

  private static final LocalDate FIRST = LocalDate.parse("2026-01-01");
  private static final int DAYS = 420;
  private static final int SEEN = 323;
  private static final SettlingCurve LATE =
      SettlingCurve.learn(
          List.of(
              new SettlingCurve.Observation(0, 0.2),
              new SettlingCurve.Observation(0, 0.2),
              new SettlingCurve.Observation(4, 0.7),
              new SettlingCurve.Observation(4, 0.7)));

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void whatIsTakenOverIsWhatWouldBeWorkedOutAnew(long seed) {
    var random = new Random(seed);
    CalendarPeriod periods = CalendarPeriod.values()[1 + (int) (seed % 3)];
    var amounts = new double[DAYS];
    Hindsight hindsight = Hindsight.NONE;
    int asked = 0;
    int takenOver = 0;
    for (int day = random.nextInt(40); day < DAYS; day++) {
      amounts[day] = random.nextInt(6) == 0 ? 0 : random.nextInt(20, 40);
      if (random.nextInt(10) == 0) {
        int restated = Math.max(0, day - random.nextInt(60));
        amounts[restated] = random.nextInt(100);
      }
      int start = Math.max(0, day + 1 - SEEN);
      boolean late = day > 200 && day < 300;
      var series =
          DailySeries.of(
              FIRST.plusDays(start),
              Arrays.copyOfRange(amounts, start, day + 1),
              random.nextDouble(),
              late ? LATE : SettlingCurve.IDENTITY);
      DateSpan period = periods.containing(FIRST.plusDays(day));
      Hindsight before = hindsight;
      hindsight = Hindsight.of(series, period, before);
      assertThat(Experience.of(series, period, hindsight))
          .as("seed %d, day %d", seed, day)
          .isEqualTo(Experience.of(series, period));
      asked += hindsight.rates().size();
      takenOver += (int) hindsight.rates().stream().filter(before.rates()::contains).count();
    }
    assertThat(takenOver).as("taken over, of %d, seed %d", asked, seed).isGreaterThan(asked / 2);
  }
}
