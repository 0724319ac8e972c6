package dev.spendwarden.alert;

import static dev.spendwarden.policy.PolicyFixtures.rule;
import static dev.spendwarden.policy.PolicyFixtures.usedAtLeast;
import static dev.spendwarden.policy.PolicyFixtures.userQuota;

import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.QuotaReading;
import dev.spendwarden.charge.Reading;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.policy.Severity;
import dev.spendwarden.policy.SourceTerms;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What one look costs with 100,000 budgets, of which a poll changes ten. Prints medians in
/// milliseconds.
@Tag("bench")
class EvaluationBench {

  private static final int BUDGETS = 100_000;
  private static final Instant START = Instant.parse("2027-01-20T09:00:00Z");

  private final Evaluation evaluation =
      new Evaluation(
          List.of(
              userQuota(
                  rule("nearly-spent", Severity.WARNING, usedAtLeast(0.8)),
                  rule("spent", Severity.CRITICAL, usedAtLeast(1)))),
          List.of(new SourceTerms("ionq-lab", Duration.ofHours(1))));

  @Test
  void aPollThatChangesTenOfAHundredThousandBudgets() {
    var scopes = new ArrayList<Dimensions>();
    for (int i = 0; i < BUDGETS; i++) {
      scopes.add(Dimensions.of(Dimension.USER, "u" + i));
    }
    time("poll", 30, i -> evaluation.accept(reading(scopes, i), at(i)));
    time("failed poll", 30, i -> evaluation.failed("ionq-lab", "server", at(100 + i)));
    time("nothing due", 20, i -> evaluation.tick(at(100).plusMillis(i)));
    time("next wake-up", 20, i -> evaluation.nextWakeUp());
    time("snapshot", 20, i -> evaluation.snapshot(at(200)));
  }

  private static Instant at(int polls) {
    return START.plusSeconds(300L * polls / 100);
  }

  private static Reading reading(List<Dimensions> scopes, int poll) {
    var quotas = new ArrayList<QuotaReading>(BUDGETS);
    for (int i = 0; i < BUDGETS; i++) {
      quotas.add(
          new QuotaReading(
              "ionq-lab",
              scopes.get(i),
              Unit.USD,
              Optional.of(new BigDecimal(100)),
              BigDecimal.valueOf(i % 70 + (i % 10_000 == 0 ? poll / 10 : 0))));
    }
    return new Reading(
        "ionq-lab", at(poll), List.of(), quotas, List.of(), List.of(), Reading.Vanished.MISSING);
  }

  private static void time(String what, int times, IntConsumer work) {
    var nanos = new long[times];
    for (int i = 0; i < times; i++) {
      long start = System.nanoTime();
      work.accept(i);
      nanos[i] = System.nanoTime() - start;
    }
    Arrays.sort(nanos);
    System.out.printf(
        "%-40s %8.2f (worst %.2f)%n", what, nanos[times / 2] / 1e6, nanos[times - 1] / 1e6);
  }
}
