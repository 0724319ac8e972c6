package dev.spendwarden.enforce;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.ledger.DataState;
import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Budget;
import dev.spendwarden.policy.Period;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PlannerTest {

  private static final Instant NOW = Instant.parse("2027-01-20T09:00:00Z");
  private static final Instant START = Instant.parse("2027-01-01T00:00:00Z");
  private static final Instant END = Instant.parse("2027-02-01T00:00:00Z");
  private static final Budget BUDGET = Budget.of("quota", Dimensions.NONE);

  private static Situation situation(
      DataState data, boolean fires, boolean suspicious, boolean enabled) {
    var assessment =
        new Assessment(
            BUDGET,
            NOW,
            new Period(START, END, ZoneOffset.UTC),
            Optional.of(Unit.USD),
            Optional.of(BigDecimal.TEN),
            Optional.of(BigDecimal.ONE),
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            Map.of(),
            Optional.empty(),
            OptionalDouble.empty(),
            Optional.of(NOW),
            data,
            Optional.empty(),
            List.of(),
            List.of());
    return new Situation(Optional.of(assessment), fires, suspicious, enabled);
  }

  private static Action action() {
    return Action.planned(
        new Action.Kind("stop", "webhook", ActionSpec.Mode.AUTO, ActionSpec.Undo.NEVER),
        new Action.Subject(
            "quota",
            BUDGET.id(),
            Dimensions.NONE,
            "spent",
            "a1",
            1,
            "u1",
            START,
            END,
            Optional.of(Unit.USD),
            Optional.of(BigDecimal.TEN),
            Optional.of(BigDecimal.ONE)),
        "why",
        NOW);
  }

  @ParameterizedTest
  @CsvSource({
    "FRESH,   true,  false, true,  false, ''",
    "STALE,   true,  false, true,  true,  stale",
    "PARTIAL, true,  false, true,  true,  partial",
    "MISSING, true,  false, true,  true,  missing",
    "ERROR,   true,  false, true,  true,  error",
    "FRESH,   false, false, true,  true,  recovered",
    "FRESH,   true,  true,  true,  false, suspicious",
    "FRESH,   true,  true,  true,  true,  ''",
    "FRESH,   true,  false, false, true,  disabled",
  })
  void whatObjects(
      DataState data,
      boolean fires,
      boolean suspicious,
      boolean enabled,
      boolean approved,
      String reason) {
    Optional<Refusal> objection =
        Planner.objection(action(), situation(data, fires, suspicious, enabled), approved, NOW);
    assertThat(objection.map(refusal -> refusal.reason().word()).orElse("")).isEqualTo(reason);
  }

  @Test
  void aPeriodThatHasEndedIsNeverActedOn() {
    Situation good = situation(DataState.FRESH, true, false, true);
    assertThat(Planner.objection(action(), good, true, END).orElseThrow().reason())
        .isEqualTo(Refusal.Reason.PERIOD_CLOSED);
    assertThat(Planner.objection(action(), good, true, END.minusNanos(1))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "100, 2000,   1000, false, exactly the factor is no jump",
    "100, 2000.01,1000, true,  beyond it is",
    "0,   20000,  1000, false, from nothing the limit stands in",
    "0,   20001,  1000, true,  a reading of twenty limits out of nothing",
    "100, 50,     1000, false, going down is a restatement",
  })
  void whatIsAJump(
      BigDecimal from, BigDecimal to, BigDecimal limit, boolean suspicious, String note) {
    var former = new Figure("b", START, from, Optional.empty());
    Figure next =
        Figure.next(
            Optional.of(former), "b", START, to, Optional.of(limit), BigDecimal.valueOf(20));
    assertThat(next.isSuspicious()).as(note).isEqualTo(suspicious);
  }

  @Test
  void aSuspiciousFigureStaysSuspiciousUntilItFallsBackOrThePeriodEnds() {
    BigDecimal twenty = BigDecimal.valueOf(20);
    Optional<BigDecimal> limit = Optional.of(new BigDecimal(100));
    var calm = new Figure("b", START, BigDecimal.ONE, Optional.empty());
    Figure jumped = Figure.next(Optional.of(calm), "b", START, new BigDecimal(90), limit, twenty);
    Figure same = Figure.next(Optional.of(jumped), "b", START, new BigDecimal(91), limit, twenty);
    assertThat(same.isSuspicious()).isTrue();
    assertThat(
            Figure.next(Optional.of(same), "b", START, new BigDecimal(15), limit, twenty)
                .isSuspicious())
        .isFalse();
    assertThat(
            Figure.next(Optional.of(same), "b", END, new BigDecimal(15), limit, twenty)
                .isSuspicious())
        .isFalse();
  }

  private static List<Target> targets(String... ids) {
    return List.of(ids).stream().map(id -> Target.of(id, "a", "b")).toList();
  }

  private static ActionSpec spec(Integer atMost, String... except) {
    return new ActionSpec(
        "stop",
        "webhook",
        ActionSpec.Mode.AUTO,
        Optional.empty(),
        Optional.ofNullable(atMost),
        Duration.ofHours(1),
        Duration.ZERO,
        Set.of(except),
        ActionSpec.Undo.NEVER,
        ActionSpec.QuietHours.NONE,
        Optional.empty());
  }

  @Test
  void whatIsPlanned() {
    assertThat(Planner.plan(spec(null), targets("a", "b"), 0, Set.of()))
        .isEqualTo(new Planner.Plan(targets("a", "b"), "2 of 2"));
    assertThat(Planner.plan(spec(3, "b"), targets("a", "b", "c", "d"), 1, Set.of()))
        .isEqualTo(
            new Planner.Plan(targets("a", "c"), "2 of 4, capped at 3 within 1h, 1 excepted"));
    assertThat(refusal(Planner.plan(spec(3), targets("a"), 3, Set.of())))
        .isEqualTo(Refusal.Reason.CAPPED);
    assertThat(refusal(Planner.plan(spec(null, "a"), targets("a"), 0, Set.of())))
        .isEqualTo(Refusal.Reason.NOTHING_TO_DO);
    assertThat(refusal(Planner.plan(spec(null), targets(), 0, Set.of())))
        .isEqualTo(Refusal.Reason.NOTHING_TO_DO);
    assertThat(refusal(Planner.plan(spec(null), targets("a"), 0, Set.of("a"))))
        .isEqualTo(Refusal.Reason.CHANGED_BACK);
  }

  private static Refusal.Reason refusal(Planner.Planned planned) {
    return ((Planner.Refused) planned).refusal().reason();
  }
}
