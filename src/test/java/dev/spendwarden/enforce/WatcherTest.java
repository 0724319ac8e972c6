package dev.spendwarden.enforce;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.RuleState;
import dev.spendwarden.alert.Snapshot;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.ledger.DataState;
import dev.spendwarden.ledger.Selection;
import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Budget;
import dev.spendwarden.policy.ConditionCompiler.Compiled;
import dev.spendwarden.policy.Limit;
import dev.spendwarden.policy.Period;
import dev.spendwarden.policy.PeriodSpec;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.Rule;
import dev.spendwarden.policy.Severity;
import dev.spendwarden.policy.Truth;
import dev.spendwarden.policy.cel.CelConditions;
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

/// What an action needs before it is even planned: two good readings in a row of two different
/// data, the rule firing and its condition holding on both.
final class WatcherTest {

  private static final Instant NOON = Instant.parse("2027-01-20T12:00:00Z");
  private static final Duration POLL = Duration.ofMinutes(5);
  private static final Period MONTH =
      new Period(
          Instant.parse("2027-01-01T00:00:00Z"),
          Instant.parse("2027-02-01T00:00:00Z"),
          ZoneOffset.UTC);
  private static final Budget BUDGET = Budget.of("quota", Dimensions.NONE);

  private static final Policy POLICY =
      new Policy(
          "quota",
          "",
          "",
          "",
          Map.of(),
          new Selection(Set.of("lab"), Selection.Kind.SPEND, Map.of(), Map.of(), List.of()),
          new Limit.None(),
          new PeriodSpec.None(),
          ZoneOffset.UTC,
          false,
          Optional.empty(),
          BigDecimal.valueOf(20),
          Optional.empty(),
          new Policy.Decisions(false, true),
          List.of(),
          List.of(
              new Rule(
                  "spent",
                  ((Compiled.Ok) new CelConditions().compile("spent > limit", Selection.Kind.SPEND))
                      .condition(),
                  Duration.ZERO,
                  Duration.ZERO,
                  Severity.CRITICAL,
                  "",
                  List.of("stop"))),
          "quota");

  private final Watcher watcher = new Watcher();

  /// A look at data of the reading with this number.
  private List<Watcher.Wanted> look(int reading, DataState data, boolean holds, String spent) {
    var assessment =
        new Assessment(
            BUDGET,
            NOON,
            MONTH,
            Optional.of(Unit.USD),
            Optional.of(new BigDecimal(spent)),
            Optional.of(BigDecimal.TEN),
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            Map.of(),
            Optional.empty(),
            OptionalDouble.empty(),
            Optional.of(NOON.plus(POLL.multipliedBy(reading))),
            data,
            Optional.empty(),
            List.of(new Assessment.Verdict("spent", holds ? Truth.TRUE : Truth.FALSE)),
            List.of());
    var alert =
        new Alert(
            "a1",
            "quota",
            BUDGET.id(),
            Dimensions.NONE,
            "quota",
            MONTH.start(),
            MONTH.end(),
            1,
            1,
            Alert.State.FIRING,
            Severity.CRITICAL,
            Map.of("spent", new RuleState.Firing(NOON, Optional.empty())),
            NOON,
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    var snapshot =
        new Snapshot(
            NOON,
            Map.of("quota", POLICY),
            Map.of(BUDGET.id(), new Snapshot.BudgetView(assessment, Optional.of(alert))),
            List.of(),
            List.of());
    Watcher.Considered considered = watcher.consider(snapshot);
    watcher.accept(considered);
    return considered.wanted();
  }

  private List<Watcher.Wanted> good(int reading) {
    return look(reading, DataState.FRESH, true, "12");
  }

  @Test
  void oneReadingIsNotEnoughTwoAre() {
    assertThat(good(1)).isEmpty();
    assertThat(good(2)).hasSize(1);
    assertThat(good(3)).hasSize(1);
  }

  @Test
  void theSameDataLookedAtTwiceIsOneReading() {
    assertThat(good(1)).isEmpty();
    assertThat(good(1)).isEmpty();
    assertThat(good(2)).hasSize(1);
  }

  @Test
  void whatIsNotFreshBreaksTheRow() {
    for (DataState data : DataState.values()) {
      if (data != DataState.FRESH) {
        watcher.restore(List.of());
        assertThat(good(1)).isEmpty();
        assertThat(look(2, data, true, "12")).as(data.word()).isEmpty();
        assertThat(good(3)).as("after " + data.word()).isEmpty();
        assertThat(good(4)).hasSize(1);
      }
    }
  }

  @Test
  void aRuleThatOnlyKeepsFiringDoesNotCount() {
    assertThat(good(1)).isEmpty();
    assertThat(look(2, DataState.FRESH, false, "9")).isEmpty();
    assertThat(good(3)).isEmpty();
    assertThat(good(4)).hasSize(1);
  }

  @Test
  void aFigureAHundredTimesAsHighIsSuspiciousAlsoAfterARestart() {
    look(1, DataState.FRESH, false, "0.5");
    look(2, DataState.FRESH, true, "50");
    assertThat(look(3, DataState.FRESH, true, "51").getFirst().suspicious()).isTrue();
    assertThat(watcher.isSuspicious(BUDGET.id())).isTrue();
    var stored =
        new Figure(
            BUDGET.id(), Period.FAR_PAST, new BigDecimal("51"), Optional.of(new BigDecimal("0.5")));
    watcher.restore(List.of(stored));
    look(4, DataState.FRESH, true, "52");
    assertThat(look(5, DataState.FRESH, true, "52").getFirst().suspicious()).isTrue();
  }
}
