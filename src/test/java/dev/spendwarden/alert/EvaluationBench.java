package dev.spendwarden.alert;

import dev.spendwarden.bench.BenchTable;
import dev.spendwarden.bench.Figure;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.QuotaReading;
import dev.spendwarden.charge.Reading;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.SourceTerms;
import dev.spendwarden.policy.cel.CelConditions;
import dev.spendwarden.policy.yaml.PolicyReader;
import dev.spendwarden.policy.yaml.Problems;
import dev.spendwarden.policy.yaml.YamlDocument;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What one look costs with 100,000 budgets under six rules: burn over two windows twice, ratio
/// twice, forecast twice. Every budget has three weeks of figures behind it. The pure core on one
/// thread, nothing stored: milliseconds of that thread's processor time, medians, so that
/// neighbours do not count.
@Tag("bench")
class EvaluationBench {

  private static final int BUDGETS = 100_000;
  private static final Instant START = Instant.parse("2027-01-01T00:30:00Z");
  private static final Duration POLL = Duration.ofMinutes(5);

  private static final String POLICIES =
      """
      version: 1
      policies:
        - name: quota
          select: { source: lab, kind: quota }
          per: [user]
          budget: { limit: quota, period: month }
          rules:
            - { name: nearly-spent, when: used >= 0.8, severity: warning }
            - { name: spent, when: used >= 1.0, severity: critical }
            - { name: fast, when: "burn('1h') > 6.0 && burn('6h') > 6.0", severity: warning }
            - { name: hot, when: "burn('6h') > 3.0 && burn('1d') > 3.0", severity: info }
            - { name: will-not-last, when: prob_over > 0.9, severity: info }
            - { name: may-not-last, when: forecast.p90 > limit, severity: info }
      """;

  private final Evaluation evaluation =
      new Evaluation(policies(), List.of(new SourceTerms("lab", Duration.ofHours(12))));
  private final List<Dimensions> scopes = new ArrayList<>();
  private final long[] spent = new long[BUDGETS];
  private Instant now = START;

  @TempDir private Path folder;

  @Test
  void aHundredThousandBudgetsUnderSixRules() throws Exception {
    for (int i = 0; i < BUDGETS; i++) {
      scopes.add(Dimensions.of(Dimension.USER, "u" + i));
    }
    for (int day = 0; day < 21; day++) {
      now = START.plus(Duration.ofDays(day));
      evaluation.accept(reading(1), now);
    }
    Figure all = time("a poll that changes every budget", 9, i -> poll(1));
    add(time("a poll that changes one in a hundred", 15, i -> poll(100)));
    add(time("a poll that changes ten", 15, i -> poll(BUDGETS / 10)));
    Figure again =
        time(
            "every budget judged again, figures the same",
            15,
            i -> {
              evaluation.unsee();
              poll(BUDGETS);
            });
    add(time("failed poll: every budget is held", 1, i -> evaluation.failed("lab", "server", now)));
    add(time("good poll after it", 1, i -> poll(BUDGETS)));
    add(time("tick, nothing due", 20, i -> evaluation.tick(now.plusMillis(i))));
    add(time("next wake-up", 20, i -> evaluation.nextWakeUp()));
    add(
        time(
            "snapshot after a poll that changes ten",
            15,
            i -> evaluation.snapshot(now),
            () -> poll(BUDGETS / 10)));
    add(
        time(
            "snapshot after a poll that changes all",
            5,
            i -> evaluation.snapshot(now),
            () -> poll(1)));
    // Theirs is by the clock, with two cores to itself meanwhile: to their advantage, if any.
    Optional<Double> theirs =
        PrometheusRules.evaluation(folder, BUDGETS).map(took -> took.toNanos() / 1e6);
    add(beside(again.times(5).atMost(500), theirs));
    add(beside(all, theirs));
  }

  private static Figure beside(Figure ours, Optional<Double> theirs) {
    return theirs
        .map(millis -> ours.beside("Prometheus, the same rules", millis))
        .orElseGet(() -> ours.alone("no Prometheus, see the output"));
  }

  private static void add(Figure figure) {
    BenchTable.add(figure);
  }

  private void poll(int oneIn) {
    now = now.plus(POLL);
    evaluation.accept(reading(oneIn), now);
  }

  /// Every `oneIn`th budget has spent more than before.
  private Reading reading(int oneIn) {
    var quotas = new ArrayList<QuotaReading>(BUDGETS);
    for (int i = 0; i < BUDGETS; i++) {
      if (i % oneIn == 0) {
        spent[i] += 100 + i % 70;
      }
      quotas.add(
          new QuotaReading(
              "lab",
              scopes.get(i),
              Unit.USD,
              Optional.of(new BigDecimal(100)),
              BigDecimal.valueOf(spent[i], 2)));
    }
    return new Reading(
        "lab", now, List.of(), quotas, List.of(), List.of(), Reading.Vanished.MISSING);
  }

  private static List<Policy> policies() {
    var problems = new Problems();
    YamlDocument document = YamlDocument.parse("bench", POLICIES, problems).orElseThrow();
    return new PolicyReader(new CelConditions(), problems)
        .read(document).stream().map(entry -> entry.policy().orElseThrow()).toList();
  }

  private static Figure time(String what, int times, IntConsumer work) {
    return time(what, times, work, () -> {});
  }

  private static Figure time(String what, int times, IntConsumer work, Runnable before) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    var nanos = new long[times];
    for (int i = 0; i < times; i++) {
      before.run();
      long start = threads.getCurrentThreadCpuTime();
      work.accept(i);
      nanos[i] = threads.getCurrentThreadCpuTime() - start;
    }
    Arrays.sort(nanos);
    return Figure.lower("100,000 budgets × 6 rules: " + what, "ms", nanos[times / 2] / 1e6);
  }
}
