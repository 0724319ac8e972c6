package dev.spendwarden.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.sun.management.ThreadMXBean;
import dev.spendwarden.alert.Snapshot;
import dev.spendwarden.alert.Snapshot.BudgetView;
import dev.spendwarden.bench.BenchTable;
import dev.spendwarden.bench.Figure;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.policy.Assessment;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/// What a scrape of very many budgets costs, beside a plain Micrometer registry that holds a gauge
/// for each of the same series. Ours is given another snapshot before each scrape, as after a poll:
/// repeated scrapes of one are cheaper. `-Dbench.budgets` sets how many, 100,000 by default.
@Tag("bench")
class MetricsBench {

  private static final int BUDGETS = Integer.getInteger("bench.budgets", 100_000);
  private static final int SERIES_EACH = 8;
  private static final int ROUNDS = 5;

  private final Meters meters = new Meters("bench");
  private volatile Snapshot snapshot = Snapshot.EMPTY;
  private final Exposition exposition =
      new Exposition(
          meters,
          new BudgetCollector(() -> snapshot, List::of, () -> Integer.MAX_VALUE, dropped -> {}));

  /// Bytes and the lines that are samples of budgets.
  private static final class Counting extends OutputStream {
    private long samples;
    private boolean lineStart = true;
    private boolean comment;

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      for (int i = offset; i < offset + length; i++) {
        if (lineStart) {
          comment = bytes[i] == '#';
        }
        lineStart = bytes[i] == '\n';
        samples += lineStart && !comment ? 1 : 0;
      }
    }
  }

  private interface Scrape {
    void to(OutputStream out) throws IOException;
  }

  /// @param bytes allocated
  private record Cost(double millis, double bytes) {}

  @Test
  void aScrapeBesideAPlainRegistry() throws Exception {
    ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
    List<Assessment> budgets = budgets();
    assertThat(budgets).allMatch(budget -> SeriesPlan.seriesOf(budget) == SERIES_EACH);
    var changing = cost(() -> snapshot = of(budgets), out -> exposition.write(Format.TEXT, out));
    var same = cost(() -> {}, out -> exposition.write(Format.TEXT, out));
    assertThat(samples(out -> exposition.write(Format.TEXT, out)))
        .isGreaterThanOrEqualTo((long) BUDGETS * SERIES_EACH);
    snapshot = Snapshot.EMPTY;
    var registry = plain(budgets);
    assertThat(samples(registry::scrape)).isEqualTo((long) BUDGETS * SERIES_EACH);
    var theirs = cost(() -> {}, registry::scrape);
    registry.close();
    meters.close();
    String what = "/metrics of %,d budgets, %d series each".formatted(BUDGETS, SERIES_EACH);
    String peer = "plain Micrometer registry";
    BenchTable.add(
        Figure.lower(what + ", first after a poll", "ms", changing.millis())
            .beside(peer, theirs.millis())
            .times(3)
            .atMost(1_000));
    BenchTable.add(
        Figure.lower(what + ", again", "ms", same.millis()).beside(peer, theirs.millis()));
    BenchTable.add(
        Figure.lower(what + ", allocated by one", "MB", same.bytes() / 1e6)
            .beside(peer, theirs.bytes() / 1e6));
  }

  private static List<Assessment> budgets() {
    var budgets = new ArrayList<Assessment>(BUDGETS);
    for (int i = 0; i < BUDGETS; i++) {
      String spent = BigDecimal.valueOf(i % 25_000, 2).toPlainString();
      budgets.add(withoutForecast(Samples.full("quota", Samples.user("u" + i), spent, "250")));
    }
    return budgets;
  }

  private static Assessment withoutForecast(Assessment full) {
    return new Assessment(
        full.budget(),
        full.at(),
        full.period(),
        full.unit(),
        full.spent(),
        full.limit(),
        full.used(),
        full.elapsed(),
        full.burn(),
        Optional.empty(),
        full.runwaySeconds(),
        full.dataAsOf(),
        full.dataState(),
        full.unknown(),
        full.verdicts(),
        full.contributors());
  }

  private static Snapshot of(List<Assessment> budgets) {
    List<BudgetView> views = budgets.stream().map(Samples::quiet).toList();
    return Samples.snapshot(List.of(Samples.policy("quota", Dimension.USER)), views);
  }

  /// A gauge for each series, as somebody who uses Micrometer alone would have it.
  private static PrometheusMeterRegistry plain(List<Assessment> budgets) {
    var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    for (Assessment budget : budgets) {
      var tags =
          Tags.of(
              "policy",
              budget.budget().policy(),
              "unit",
              "USD",
              "user",
              budget.budget().labels().valueOrNull(Dimension.USER));
      gauge(registry, "spent", tags, budget.spent().orElseThrow().doubleValue());
      gauge(registry, "limit", tags, budget.limit().orElseThrow().doubleValue());
      gauge(registry, "used.ratio", tags, budget.used().orElseThrow());
      gauge(registry, "elapsed.ratio", tags, budget.elapsed().orElseThrow());
      budget
          .burn()
          .forEach(
              (window, pace) -> gauge(registry, "burn.rate", tags.and("window", window), pace));
      gauge(registry, "exhaustion.timestamp.seconds", tags, SeriesPlan.exhaustionSeconds(budget));
      gauge(registry, "period.end.timestamp.seconds", tags, SeriesPlan.periodEndSeconds(budget));
    }
    return registry;
  }

  private static void gauge(
      PrometheusMeterRegistry registry, String name, Tags tags, double value) {
    Gauge.builder("spendwarden.budget." + name, () -> value).tags(tags).register(registry);
  }

  private static long samples(Scrape scrape) throws IOException {
    var out = new Counting();
    scrape.to(out);
    return out.samples;
  }

  /// Medians.
  private static Cost cost(Runnable before, Scrape scrape) throws IOException {
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    var millis = new double[ROUNDS];
    var bytes = new double[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      before.run();
      long allocated = threads.getCurrentThreadAllocatedBytes();
      long start = System.nanoTime();
      scrape.to(OutputStream.nullOutputStream());
      millis[i] = (System.nanoTime() - start) / 1e6;
      bytes[i] = threads.getCurrentThreadAllocatedBytes() - allocated;
    }
    Arrays.sort(millis);
    Arrays.sort(bytes);
    return new Cost(millis[ROUNDS / 2], bytes[ROUNDS / 2]);
  }
}
