package dev.spendwarden.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.charge.Amount;
import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.ChargePeriod;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.Unit;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The goal: what a series keeps from one question to the next shows in no answer, not even in the
/// number of decimals. A series that is asked after every revision is held against one that has
/// just taken in the same revisions.
class KeptSumsTest {

  private static final LocalDate FIRST = LocalDate.parse("2027-01-01");
  private static final int DAYS = 70;
  private static final List<Unit> UNITS = List.of(Unit.USD, Unit.of("EUR"));
  private static final List<String> AMOUNTS = List.of("3", "4.25", "0.10", "-2", "7.5000", "0");

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void aSeriesAskedOftenAnswersAsOneThatWasNeverAsked(long seed) {
    var random = new Random(seed);
    // Every other budget holds one unit only, as nearly all do.
    int units = 1 + (int) (seed % 2);
    View asked = view();
    var known = new ArrayList<Posting>();
    for (int i = 0; i < 150; i++) {
      Posting posting = posting(random, units, FIRST.plusDays(i * DAYS / 150));
      known.add(posting);
      asked.accept(posting);
      View fresh = view();
      known.forEach(fresh::accept);
      BudgetSeries a = asked.series(Dimensions.NONE).orElseThrow();
      BudgetSeries b = fresh.series(Dimensions.NONE).orElseThrow();
      ChargePeriod span = span(random);
      List<BudgetSeries.Input> inputs = b.inputs(span, false);
      assertThat(a.units(span))
          .as("seed %d, %d, %s", seed, i, span)
          .isEqualTo(inputs.stream().map(BudgetSeries.Input::unit).collect(Collectors.toSet()));
      assertThat(a.completeness(span))
          .as("seed %d, %d, %s", seed, i, span)
          .isEqualTo(completeness(inputs));
      // A series keeps what was asked last: mostly the same again.
      Unit unit = UNITS.get(random.nextInt(6) / 5);
      assertThat(a.spent(span, unit, false))
          .as("seed %d, %d, %s, %s", seed, i, span, unit)
          .isEqualTo(b.spent(span, unit, false));
      Instant to = posting.knownAt();
      Instant from = to.minusSeconds(random.nextInt(1, 40) * 86_400L);
      assertThat(a.daily(from, to, Unit.USD, false))
          .as("seed %d, %d, days to %s", seed, i, to)
          .isEqualTo(b.daily(from, to, Unit.USD, false));
    }
  }

  private static DataState completeness(List<BudgetSeries.Input> inputs) {
    long vanished = inputs.stream().filter(BudgetSeries.Input::vanished).count();
    if (vanished == 0) {
      return DataState.FRESH;
    }
    return vanished == inputs.size() ? DataState.MISSING : DataState.PARTIAL;
  }

  /// Mostly the same month, now and then another span or one without charges.
  private static ChargePeriod span(Random random) {
    LocalDate start =
        switch (random.nextInt(8)) {
          case 0 -> FIRST.plusMonths(1);
          case 1 -> FIRST.minusMonths(2);
          default -> FIRST;
        };
    return new ChargePeriod(midnight(start), midnight(start.plusMonths(1)));
  }

  private static Posting posting(Random random, int units, LocalDate newest) {
    LocalDate day = newest.minusDays(random.nextInt(5));
    Instant knownAt = newest.plusDays(1).atTime(6, 0).toInstant(ZoneOffset.UTC);
    var charge =
        Charge.of(
            "claude",
            ChargePeriod.ofUtcDay(day),
            Dimensions.of(Dimension.WORKSPACE, "ws-" + random.nextInt(2)),
            new Amount(
                new BigDecimal(AMOUNTS.get(random.nextInt(AMOUNTS.size()))),
                UNITS.get(random.nextInt(units))));
    var revision = new ChargeRevision(charge, knownAt, random.nextInt(20) == 0);
    return new Posting("claude", knownAt, List.of(revision), List.of(), List.of());
  }

  private static Instant midnight(LocalDate day) {
    return day.atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  private static View view() {
    return new View(
        new Selection(Set.of("claude"), Selection.Kind.SPEND, Map.of(), Map.of(), List.of()),
        at -> midnight(FIRST));
  }
}
