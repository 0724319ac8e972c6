package dev.spendwarden.sources.github;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.bench.BenchTable;
import dev.spendwarden.bench.Figure;
import dev.spendwarden.charge.Dimension;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Goal: one thread sums a detailed report at least as fast as DuckDB on two, plain and gzipped,
/// with the same sums. Method: the same generated file for both, in turns, in one run; the best
/// round of each counts. `-Dbench.rows` sets its length, 2,000,000 rows (some 300 MB) by default.
@Tag("bench")
class GithubCsvBench {

  private static final int ROUNDS = 6;
  private static final List<Dimension> KEEP = List.of(Dimension.PRODUCT, Dimension.ORGANIZATION);
  private static final List<Dimension> DEFAULT_KEEP =
      List.of(
          Dimension.ORGANIZATION,
          Dimension.PRODUCT,
          Dimension.SKU,
          Dimension.USER,
          Dimension.COST_CENTER);

  @TempDir Path folder;

  private interface Run {
    Map<String, BigDecimal> sums() throws Exception;
  }

  @Test
  void sumsADetailedReportAsFastAsDuckDbOnTwoThreads() throws Exception {
    long rows = Long.getLong("bench.rows", 2_000_000);
    Path plain = folder.resolve("detailed.csv");
    Path packed = folder.resolve("detailed.csv.gz");
    try (var out = new FileOutputStream(plain.toFile())) {
      UsageFile.write(out, rows, 7);
    }
    try (var in = new FileInputStream(plain.toFile());
        var out = new GZIPOutputStream(new FileOutputStream(packed.toFile()), 1 << 16)) {
      in.transferTo(out);
    }
    double megabytes = Files.size(plain) / 1e6;
    System.out.printf(
        "%,d rows, %.0f MB, %.0f MB gzipped%n", rows, megabytes, Files.size(packed) / 1e6);
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        var statement = duck.createStatement()) {
      statement.execute("SET threads = 2");
      compare(
          "plain",
          1,
          megabytes,
          () -> ours(plain, KEEP),
          () -> duckDb(duck, plain, "date, product, organization"));
      compare(
          "gzipped",
          1,
          megabytes,
          () -> ours(packed, KEEP),
          () -> duckDb(duck, packed, "date, product, organization"));
      compare(
          "plain, by all default dimensions",
          0,
          megabytes,
          () -> ours(plain, DEFAULT_KEEP),
          () ->
              duckDb(duck, plain, "date, organization, product, sku, username, cost_center_name"));
    }
  }

  /// Sources poll on virtual threads, which share as many platform threads as there are cores: how
  /// late does one that polls every 100 ms start while another sums a report?
  @Test
  void otherSourcesPollOnTimeMeanwhile() throws Exception {
    Path plain = folder.resolve("detailed.csv");
    try (var out = new FileOutputStream(plain.toFile())) {
      UsageFile.write(out, Long.getLong("bench.rows", 2_000_000), 7);
    }
    var late = new ArrayList<Double>();
    var done = new AtomicBoolean();
    Thread poller =
        Thread.ofVirtual()
            .start(() -> {
              long due = System.nanoTime();
              while (!done.get()) {
                due += 100_000_000;
                LockSupport.parkNanos(due - System.nanoTime());
                late.add((System.nanoTime() - due) / 1e6);
              }
            });
    for (int round = 0; round < ROUNDS; round++) {
      Thread.ofVirtual()
          .start(() -> {
            try {
              ours(plain, KEEP);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          })
          .join();
    }
    done.set(true);
    poller.join();
    late.sort(null);
    double p99 = late.get((int) Math.ceil(late.size() * 0.99) - 1);
    BenchTable.add(
        Figure.lower("polls due every 100 ms beside a report: late, p99", "ms", p99).atMost(100));
    assertThat(p99).as("a busy source delays the others by at most 100 ms").isLessThan(100);
  }

  /// @param target times as fast as DuckDB; 0: none
  private static void compare(String what, double target, double megabytes, Run ours, Run theirs)
      throws Exception {
    assertThat(ours.sums()).isEqualTo(theirs.sums());
    double bestOurs = Double.MAX_VALUE;
    double bestTheirs = Double.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      bestOurs = Math.min(bestOurs, seconds(ours));
      bestTheirs = Math.min(bestTheirs, seconds(theirs));
    }
    Figure figure =
        Figure.higher("GitHub report, one thread: " + what, "MB/s", megabytes / bestOurs)
            .beside("DuckDB, two threads", megabytes / bestTheirs);
    BenchTable.add(target > 0 ? figure.times(target) : figure);
  }

  private static double seconds(Run run) throws Exception {
    long start = System.nanoTime();
    run.sums();
    return (System.nanoTime() - start) / 1e9;
  }

  private static Map<String, BigDecimal> ours(Path file, List<Dimension> keep) throws IOException {
    var sums =
        new ReportSums(
            ReportType.DETAILED, UsageFile.MONTH, keep, new Ledgers(List.of(ReportType.DETAILED)));
    try (InputStream in = open(file)) {
      sums.add(in);
    }
    var book = new ReportSums.Book("github");
    sums.bookTo(book);
    var net = new TreeMap<String, BigDecimal>();
    book.charges()
        .forEach(charge ->
            net.merge(
                charge.period().start().toString().substring(0, 10) + " " + charge.unit(),
                charge.net(),
                BigDecimal::add));
    net.replaceAll((key, value) -> value.stripTrailingZeros());
    return net;
  }

  private static InputStream open(Path file) throws IOException {
    var in = new FileInputStream(file.toFile());
    return file.toString().endsWith(".gz") ? new GZIPInputStream(in, 1 << 16) : in;
  }

  /// The same work: every money column and the quantity, exact, in the groups that ours makes.
  private static Map<String, BigDecimal> duckDb(Connection duck, Path file, String group)
      throws Exception {
    String sql =
        """
        SELECT unit_type, %s, sum(net_amount), sum(gross_amount), sum(quantity)
        FROM read_csv('%s', header = true, columns = {
          'date': 'DATE', 'product': 'VARCHAR', 'sku': 'VARCHAR', 'quantity': 'DECIMAL(18,4)',
          'unit_type': 'VARCHAR', 'applied_cost_per_quantity': 'DECIMAL(18,8)',
          'gross_amount': 'DECIMAL(18,12)', 'discount_amount': 'DECIMAL(18,12)',
          'net_amount': 'DECIMAL(18,12)', 'username': 'VARCHAR', 'organization': 'VARCHAR',
          'repository': 'VARCHAR', 'workflow_path': 'VARCHAR', 'cost_center_name': 'VARCHAR'})
        GROUP BY ALL\
        """
            .formatted(group, file);
    var net = new TreeMap<String, BigDecimal>();
    try (var statement = duck.createStatement();
        var rows = statement.executeQuery(sql)) {
      int columns = rows.getMetaData().getColumnCount();
      while (rows.next()) {
        String day = rows.getString(2);
        String unit = Ledgers.unit(rows.getString(1)).orElseThrow().code();
        net.merge(day + " USD", rows.getBigDecimal(columns - 2), BigDecimal::add);
        net.merge(day + " " + unit, rows.getBigDecimal(columns), BigDecimal::add);
      }
    }
    net.replaceAll((key, value) -> value.stripTrailingZeros());
    return net;
  }
}
