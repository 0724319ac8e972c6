package dev.spendwarden.e2e;

import static dev.spendwarden.e2e.Laboratory.soon;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/// A provider that suddenly has very many users, under a policy with a budget for each: some in
/// every build, a hundred thousand with the suites that take long.
class CardinalityE2E {

  /// Of `metrics.max_series_per_policy`.
  private static final int CAP = 2_000;

  /// A user's budget holds its counter's history and its judgement: 4.2 KiB as measured.
  private static final long HEAP_MAX_EACH = 6L << 10;

  private static final long HEAP_OF_ALL_ELSE = 64L << 20;

  @TempDir Path folder;

  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger("dev.spendwarden.metrics");
  private Laboratory lab;

  @BeforeEach
  void open() {
    lines.setContext(logger.getLoggerContext());
    lines.start();
    logger.addAppender(lines);
    lab = new Laboratory(folder, 60);
    lab.sources(
        """
        { name: ionq-lab, type: ionq, base_url: "%s", api_key: "${KEY}", organization: %s,
          poll_interval: 1h, timeout: 1m, max_age: 2w }
        """
            .formatted(lab.sandbox.url("/ionq/v0.3"), Laboratory.ORGANIZATION));
  }

  @AfterEach
  void close() {
    lab.close();
    logger.detachAppender(lines);
  }

  @Test
  void manyUsersStayUnderTheCapAndTheRestIsCountedAndTold() {
    staysUnderTheCap(20_000);
  }

  @Test
  @Tag("soak")
  void aHundredThousandUsersStayUnderTheCapAndTheRestIsCountedAndTold() {
    staysUnderTheCap(100_000);
  }

  private void staysUnderTheCap(int users) {
    for (int i = 0; i < users; i++) {
      lab.sandbox.ionq().member("u" + i).quota(BigDecimal.TEN).consumed(BigDecimal.ONE);
    }
    long before = heapAfterCollection();
    lab.start(SpineE2E.QUOTA);
    soon()
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofMillis(250))
        .until(() -> lab.sample("spendwarden_budget_spent", "user=\"other\"").isPresent());

    String metrics = lab.text("/metrics");
    List<String> series =
        metrics.lines().filter(line -> line.contains("policy=\"user-quota\"")).toList();
    assertThat(series).hasSizeBetween(CAP / 2, CAP);
    assertThat(metrics.length()).as("size of a scrape").isLessThan(1 << 20);
    double own =
        series.stream()
            .filter(line -> line.startsWith("spendwarden_budget_spent"))
            .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
            .sum();
    assertThat(own).as("the parts and the rest are the whole").isEqualTo(users);

    double dropped = lab.sample("spendwarden_series_dropped_total").orElseThrow();
    assertThat(dropped).isGreaterThan(users);
    lab.text("/metrics");
    assertThat(lab.sample("spendwarden_series_dropped_total")).as("once").hasValue(dropped);
    assertThat(lines.list)
        .singleElement()
        .extracting(ILoggingEvent::getFormattedMessage)
        .asString()
        .contains("series_dropped policy=user-quota", "metrics.max_series_per_policy");

    long heap = heapAfterCollection() - before;
    System.out.printf(
        "%d budgets: %.0f MiB of heap, %.1f KiB each; a scrape of %d KiB%n",
        users, heap / 1048576.0, heap / 1024.0 / users, metrics.length() >> 10);
    assertThat(heap).isLessThan(HEAP_OF_ALL_ELSE + users * HEAP_MAX_EACH);
  }

  private static long heapAfterCollection() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
