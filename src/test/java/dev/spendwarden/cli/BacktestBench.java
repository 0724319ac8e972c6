package dev.spendwarden.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.bench.BenchTable;
import dev.spendwarden.bench.Figure;
import dev.spendwarden.charge.Amount;
import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.ChargePeriod;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.ledger.ChargeRevision;
import dev.spendwarden.ledger.Posting;
import dev.spendwarden.store.Database;
import dev.spendwarden.store.SqliteDatabase;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How long `spendwarden backtest` takes over a year of 1,000 budgets: the command itself over a
/// real SQLite store, by the clock and in the process's processor time.
@Tag("bench")
class BacktestBench {

  private static final LocalDate FIRST = LocalDate.parse("2026-01-01");
  private static final int DAYS = 365;
  private static final int BUDGETS = 1_000;

  @TempDir Path folder;

  @Test
  void aYearOfAThousandBudgets() throws Exception {
    Path config = configuration();
    String url = "jdbc:sqlite:" + folder.resolve("bench.db");
    try (Database database = SqliteDatabase.open(url, InstantSource.system())) {
      fill(database, BUDGETS);
    }
    for (int i = 0; i < 2; i++) {
      long start = System.nanoTime();
      long used = processorTime();
      var out = new StringWriter();
      int status =
          Main.commandLine()
              .setOut(new PrintWriter(out))
              .setErr(new PrintWriter(new StringWriter()))
              .execute(
                  "backtest",
                  "--config",
                  config.toString(),
                  "--from",
                  FIRST.toString(),
                  "--to",
                  FIRST.plusDays(DAYS).toString());
      assertThat(status).isZero();
      String what =
          "backtest, 1,000 budgets × 365 days, " + (i == 0 ? "fresh process" : "warm process");
      BenchTable.add(Figure.lower(what, "s", (System.nanoTime() - start) / 1e9).atMost(10));
      BenchTable.add(Figure.lower(what + ", processor time", "s", (processorTime() - used) / 1e9));
      System.out.println(out.toString().lines().skip(1).findFirst().orElse(""));
    }
  }

  private static long processorTime() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private Path configuration() throws Exception {
    Files.writeString(
        folder.resolve("policies.yaml"),
        """
        version: 1
        policies:
          - name: workspaces
            select: { source: claude }
            per: [workspace]
            budget: { limit: 1000 USD }
            rules:
              - { name: nearly-spent, when: used >= 0.8, severity: warning }
              - { name: spent, when: used >= 1.0, severity: critical }
              - { name: running-hot, when: burn('1d') > 3.0 && burn('7d') > 1.5, severity: warning }
              - { name: will-not-last, when: elapsed > 0.1 && prob_over > 0.9, severity: info }
        """);
    return Files.writeString(
        folder.resolve("spendwarden.yaml"),
        """
        storage: { url: "jdbc:sqlite:%s" }
        sources: [{ name: claude, type: anthropic, admin_key_file: %s }]
        receivers: [{ name: hooks, webhook: { url: "https://hooks.example.org/x", secret_file: %s } }]
        route: { receiver: hooks }
        policies: [policies.yaml]
        """
            .formatted(
                folder.resolve("bench.db"),
                secretFile("key", "k"),
                secretFile("secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")));
  }

  private Path secretFile(String name, String text) throws Exception {
    Path file = Files.writeString(folder.resolve(name), text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  /// Each day's charges become known the next morning, and are restated once a week later.
  private static void fill(Database database, int budgets) {
    var random = new Random(7);
    for (int day = 0; day < DAYS; day++) {
      LocalDate date = FIRST.plusDays(day);
      Instant knownAt = date.plusDays(1).atTime(6, 0).toInstant(ZoneOffset.UTC);
      var revisions = new ArrayList<ChargeRevision>();
      for (int i = 0; i < budgets; i++) {
        revisions.add(revision(date, i, random.nextInt(20, 45), knownAt));
        if (day >= 7 && random.nextInt(10) == 0) {
          revisions.add(revision(date.minusDays(7), i, random.nextInt(20, 45), knownAt));
        }
      }
      var posting = new Posting("claude", knownAt, revisions, List.of(), List.of());
      database.transact(ports -> {
        ports.ledger().append(posting);
        return posting;
      });
    }
  }

  private static ChargeRevision revision(LocalDate day, int budget, int amount, Instant knownAt) {
    var dimensions = Dimensions.of(Dimension.WORKSPACE, "ws-" + budget);
    var net = new Amount(BigDecimal.valueOf(amount), Unit.USD);
    return new ChargeRevision(
        Charge.of("claude", ChargePeriod.ofUtcDay(day), dimensions, net), knownAt, false);
  }
}
