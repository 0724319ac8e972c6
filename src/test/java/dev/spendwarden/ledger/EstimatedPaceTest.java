package dev.spendwarden.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.spendwarden.charge.Amount;
import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.ChargePeriod;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.Estimate;
import dev.spendwarden.charge.Reading;
import dev.spendwarden.charge.Unit;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// An estimate tells how fast money goes inside the day, and is never money spent.
class EstimatedPaceTest {

  private static final Instant NOW = Instant.parse("2027-01-20T09:40:00Z");
  private static final ChargePeriod MONTH =
      new ChargePeriod(
          Instant.parse("2027-01-01T00:00:00Z"), Instant.parse("2027-02-01T00:00:00Z"));
  private static final ChargePeriod COVERED =
      new ChargePeriod(
          Instant.parse("2027-01-18T23:00:00Z"), Instant.parse("2027-01-20T09:00:00Z"));
  private static final Dimensions WS_A = Dimensions.of(Dimension.WORKSPACE, "ws-a");
  private static final Dimensions WS_B = Dimensions.of(Dimension.WORKSPACE, "ws-b");

  private final Ledger ledger = new Ledger();
  private final View byWorkspace =
      new View(
          new Selection(
              Set.of("claude", "other"),
              Selection.Kind.SPEND,
              Map.of(),
              Map.of(),
              List.of(Dimension.WORKSPACE)),
          at -> MONTH.start());

  @BeforeEach
  void billYesterday() {
    byWorkspace.expectEstimates("claude");
    ledger.register(byWorkspace);
    post(charge("claude", WS_A, "48"));
  }

  @Test
  void aWindowInsideTheDayIsAnsweredByTheEstimateOverWholeHours() {
    show(hour(WS_A, 6, "100"), hour(WS_A, 7, "3"), hour(WS_A, 8, "5"));

    BudgetSeries.Pace pace = pace(WS_A, Duration.ofHours(2));

    assertThat(pace.perSecond()).isEqualTo(8.0 / 7200, within(1e-12));
    assertThat(pace.estimated()).isTrue();
    assertThat(pace(WS_A, Duration.ofMinutes(20)).perSecond()).isEqualTo(5.0 / 3600, within(1e-12));
  }

  @Test
  void aWindowOfADayAndMoreIsAnsweredByTheBill() {
    show(hour(WS_A, 8, "5000"));
    BudgetSeries.Pace pace = pace(WS_A, Duration.ofDays(1));
    assertThat(pace.perSecond()).isEqualTo(48.0 / 86_400, within(1e-12));
    assertThat(pace.estimated()).isFalse();
  }

  @Test
  void anEstimateIsNotSpentNorPartOfAnyDayOrContribution() {
    BudgetSeries series = series(WS_A);
    var spent = series.spent(MONTH, Unit.USD, false);
    double[] daily = series.daily(MONTH.start(), NOW, Unit.USD, false);
    show(hour(WS_A, 8, "5000"));
    assertThat(series.spent(MONTH, Unit.USD, false)).isEqualTo(spent).isEqualByComparingTo("48");
    assertThat(series.daily(MONTH.start(), NOW, Unit.USD, false)).isEqualTo(daily);
    assertThat(series.contributions(MONTH, Unit.USD, false, 9)).hasSize(1);
  }

  @Test
  void anEstimateOfWhatWasNeverChargedOpensNoBudget() {
    show(hour(WS_B, 8, "5"));
    assertThat(byWorkspace.series(WS_B)).isEmpty();
  }

  @Test
  void thePaceIsUnknownUntilTheFirstEstimateAndWhereItDoesNotReach() {
    assertThat(pace(WS_A, Duration.ofHours(1)).perSecond()).isNaN();
    show();
    assertThat(pace(WS_A, Duration.ofHours(1)).perSecond()).isZero();
    Instant old = Instant.parse("2027-01-19T00:30:00Z");
    assertThat(series(WS_A).pace(Duration.ofHours(3), NOW, old, Unit.USD, false).perSecond())
        .isNaN();
  }

  @Test
  void aLaterEstimateReplacesTheFormer() {
    show(hour(WS_A, 8, "5"));
    show(hour(WS_A, 8, "6"));
    assertThat(pace(WS_A, Duration.ofHours(1)).perSecond()).isEqualTo(6.0 / 3600, within(1e-12));
    show();
    assertThat(pace(WS_A, Duration.ofHours(1)).perSecond()).isZero();
  }

  @Test
  void aBudgetOverTwoSourcesAddsTheBillOfTheOneThatDoesNotEstimate() {
    post(charge("other", WS_A, "24"));
    show(hour(WS_A, 8, "5"));
    assertThat(pace(WS_A, Duration.ofHours(1)).perSecond())
        .isEqualTo(24.0 / 86_400 + 5.0 / 3600, within(1e-12));
  }

  @Test
  void estimatesOfOtherBudgetsAndUnitsDoNotCount() {
    post(charge("claude", WS_B, "1"));
    show(hour(WS_B, 8, "5"), hour(WS_A, 8, "7", Unit.of("EUR")));
    assertThat(pace(WS_A, Duration.ofHours(1)).perSecond()).isZero();
    assertThat(pace(WS_B, Duration.ofHours(1)).perSecond()).isPositive();
  }

  @Test
  void showingAnEstimateLeavesNothingToStore() {
    var again =
        new Reading(
            "claude",
            NOW,
            List.of(charge("claude", WS_A, "48")),
            List.of(),
            List.of(),
            List.of(MONTH),
            Reading.Vanished.WITHDRAWN,
            java.util.Optional.of(new Estimate(COVERED, List.of(hour(WS_A, 8, "5")))));
    assertThat(ledger.prepare(again, NOW).isEmpty()).isTrue();
  }

  private BudgetSeries.Pace pace(Dimensions labels, Duration window) {
    return series(labels).pace(window, NOW, NOW, Unit.USD, false);
  }

  private BudgetSeries series(Dimensions labels) {
    return byWorkspace.series(labels).orElseThrow();
  }

  private void show(Charge... hours) {
    ledger.show("claude", new Estimate(COVERED, Arrays.asList(hours)));
  }

  private void post(Charge charge) {
    ledger.apply(
        new Posting(
            charge.source(),
            NOW,
            List.of(new ChargeRevision(charge, NOW, false)),
            List.of(),
            List.of()));
  }

  private static Charge charge(String source, Dimensions of, String amount) {
    return Charge.of(
        source,
        ChargePeriod.ofUtcDay(LocalDate.parse("2027-01-19")),
        of,
        Amount.of(amount, Unit.USD));
  }

  private static Charge hour(Dimensions of, int hour, String amount) {
    return hour(of, hour, amount, Unit.USD);
  }

  private static Charge hour(Dimensions of, int hour, String amount, Unit unit) {
    Instant start = Instant.parse("2027-01-20T00:00:00Z").plus(Duration.ofHours(hour));
    return Charge.of(
        "claude",
        new ChargePeriod(start, start.plus(Duration.ofHours(1))),
        of,
        Amount.of(amount, unit));
  }
}
