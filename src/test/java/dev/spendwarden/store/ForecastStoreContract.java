package dev.spendwarden.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.spendwarden.alert.BudgetScore;
import dev.spendwarden.alert.ScoredPeriod;
import dev.spendwarden.burn.ForecastRecord;
import dev.spendwarden.burn.ForecastScore;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What the memory of forecasts does, whatever it is made of.
abstract class ForecastStoreContract extends DatabaseContract {

  private static final Instant START = Instant.parse("2027-01-01T00:00:00Z");
  private static final Instant END = Instant.parse("2027-02-01T00:00:00Z");
  private static final ForecastScore SCORE = new ForecastScore(10, 8, 9, 1.0 / 3);

  private static ForecastRecord forecast(String budget, Instant start, int tenth) {
    Instant at = start.plus(Duration.ofDays(3L * tenth)).plusNanos(123_456_789);
    Instant end = start.plus(Duration.between(START, END));
    return new ForecastRecord(budget, start, end, tenth, at, "USD", 0.1, 1.0 / 3, 1e15);
  }

  private static ScoredPeriod scored(String budget, Instant start) {
    Instant end = start.plus(Duration.between(START, END));
    return new ScoredPeriod(
        budget, start, end, new BigDecimal("0.12345678901234567890123456789"), SCORE);
  }

  private void keep(ForecastRecord... forecasts) {
    database.transact(ports -> {
      ports.forecasts().keep(List.of(forecasts));
      return true;
    });
  }

  private void score(ScoredPeriod... periods) {
    database.transact(ports -> {
      ports.forecasts().score(List.of(periods));
      return true;
    });
  }

  private List<ForecastRecord> open(Instant after) {
    return database.transact(ports -> ports.forecasts().open(after));
  }

  private List<BudgetScore> scores() {
    return database.transact(ports -> ports.forecasts().scores());
  }

  @Test
  void givesBackWhatWaitsInTheOrderItWasMadeToTheLastDigit() {
    var second = forecast("b1", START, 1);
    var first = forecast("b1", START, 0);
    keep(second, first);
    assertThat(open(START)).containsExactly(first, second);
    assertThat(open(END)).isEmpty();
  }

  @Test
  void theSameTenthAgainChangesNothing() {
    var first = forecast("b1", START, 0);
    keep(first);
    keep(new ForecastRecord("b1", START, END, 0, first.at().plusSeconds(60), "USD", 7, 8, 9));
    assertThat(open(START)).containsExactly(first);
  }

  @Test
  void aScoredPeriodWaitsNoMoreAndTheTallyReplacesTheFormerOne() {
    keep(forecast("b1", START, 0), forecast("b1", END, 0), forecast("b2", START, 0));
    score(new ScoredPeriod("b1", START, END, BigDecimal.ONE, new ForecastScore(1, 1, 1, 0)));
    score(scored("b1", START));
    assertThat(open(START)).containsExactly(forecast("b2", START, 0), forecast("b1", END, 0));
    assertThat(scores()).containsExactly(new BudgetScore("b1", SCORE));
  }

  @Test
  void manyAreKeptAndScoredAtOnce() {
    var forecasts = new ArrayList<ForecastRecord>();
    var periods = new ArrayList<ScoredPeriod>();
    for (int i = 0; i < 2_500; i++) {
      forecasts.add(forecast("b" + i, START, 0));
      periods.add(scored("b" + i, START));
    }
    keep(forecasts.toArray(ForecastRecord[]::new));
    assertThat(open(START)).hasSize(2_500);
    score(periods.toArray(ScoredPeriod[]::new));
    assertThat(open(START)).isEmpty();
    assertThat(scores()).hasSize(2_500);
  }

  @Test
  void whatIsTakenBackWasNeverThere() {
    assertThatThrownBy(() ->
            database.transact(ports -> {
              ports.forecasts().keep(List.of(forecast("b1", START, 0)));
              ports.forecasts().score(List.of(scored("b2", START)));
              throw new DatabaseContract.Unwanted();
            }))
        .isInstanceOf(DatabaseContract.Unwanted.class);
    assertThat(open(START)).isEmpty();
    assertThat(scores()).isEmpty();
  }

  @Test
  void retentionForgetsPeriodsThatEndedBeforeAndTalliesThatGrowNoMore() {
    keep(forecast("b1", START, 0), forecast("b2", END, 0));
    score(scored("b3", START), scored("b4", END));
    database.prune(END.plusSeconds(1));
    assertThat(open(Instant.EPOCH)).containsExactly(forecast("b2", END, 0));
    assertThat(scores()).extracting(BudgetScore::budgetId).containsExactly("b4");
  }
}
