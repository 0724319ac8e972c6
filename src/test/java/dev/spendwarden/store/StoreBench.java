package dev.spendwarden.store;

import static dev.spendwarden.store.Samples.T0;

import dev.spendwarden.bench.BenchTable;
import dev.spendwarden.bench.Figure;
import dev.spendwarden.charge.QuotaReading;
import dev.spendwarden.ledger.Posting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the store costs on this disk, and what a year in the ledger takes beside the same rows in a
/// plain table of SQLite: no ids, no index, nothing looked up, as durable.
@Tag("bench")
class StoreBench {

  private static final int BUDGETS = 1_000;
  private static final int DAYS = 365;

  @TempDir private Path folder;

  @Test
  void aYearInTheLedgerBesideAPlainTable() throws Exception {
    Path plain = folder.resolve("plain.db");
    double theirs = fillPlain(plain);
    Path file = folder.resolve("spendwarden.db");
    double ours;
    try (var database = SqliteDatabase.open("jdbc:sqlite:" + file, InstantSource.system())) {
      long nanos = 0;
      for (int day = 0; day < DAYS; day++) {
        Posting posting = day(day);
        long start = System.nanoTime();
        database.transact(ports -> {
          ports.ledger().append(posting);
          return true;
        });
        nanos += System.nanoTime() - start;
      }
      ours = BUDGETS * DAYS / (nanos / 1e9);
    }
    BenchTable.add(
        Figure.lower(
                "ledger: a budget's year of daily changes", "KB", Files.size(file) / 1e3 / BUDGETS)
            .beside("a plain table, not indexed", Files.size(plain) / 1e3 / BUDGETS));
    BenchTable.add(
        Figure.higher("ledger: insert, 1,000 rows a commit", "rows/s", ours)
            .beside("a plain table, not indexed", theirs));
  }

  private static Posting day(int day) {
    return SqliteDatabaseTest.quotas(BUDGETS, T0.plus(Duration.ofDays(day)));
  }

  /// @return rows a second
  private static double fillPlain(Path file) throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      SqlitePragmas.apply(connection, file);
      try (var statement = connection.createStatement()) {
        statement.execute(
            "CREATE TABLE revision (source TEXT, user TEXT, unit TEXT, known_at TEXT,"
                + " quota_limit TEXT, consumed TEXT)");
      }
      connection.setAutoCommit(false);
      long nanos = 0;
      try (PreparedStatement insert =
          connection.prepareStatement("INSERT INTO revision VALUES (?, ?, ?, ?, ?, ?)")) {
        for (int day = 0; day < DAYS; day++) {
          Posting posting = day(day);
          long start = System.nanoTime();
          for (var revision : posting.quotas()) {
            QuotaReading reading = revision.reading();
            insert.setString(1, reading.source());
            insert.setString(2, reading.scope().toString());
            insert.setString(3, reading.unit().code());
            insert.setString(4, revision.knownAt().toString());
            insert.setString(5, reading.limit().map(Object::toString).orElse(null));
            insert.setString(6, reading.consumed().toString());
            insert.addBatch();
          }
          insert.executeBatch();
          connection.commit();
          nanos += System.nanoTime() - start;
        }
      }
      return BUDGETS * DAYS / (nanos / 1e9);
    }
  }

  @Test
  void whatTheStoreCosts() {
    String url = "jdbc:sqlite:" + folder.resolve("costs.db");
    time(
        "open a new file, the first in its process",
        1,
        i -> SqliteDatabase.open(url, InstantSource.system()).close());
    time("open again", 5, i -> SqliteDatabase.open(url, InstantSource.system()).close());
    try (var database = SqliteDatabase.open(url, InstantSource.system())) {
      time(
          "commit 1,000 quota revisions",
          40,
          i ->
              database.transact(ports -> {
                ports.ledger().append(SqliteDatabaseTest.quotas(1_000, T0.plusSeconds(i)));
                return true;
              }));
      time(
          "replay 40,000 revisions",
          5,
          i ->
              database.read(ports -> {
                ports.ledger().replay(T0.plusSeconds(1_000), p -> {});
                return true;
              }));
      time("commit 1,000 alerts and notifications", 20, i -> alerts(database, i));
      queue(database);
      time(
          "next due of 20,000, the oldest is due",
          20,
          i -> database.transact(p -> p.outbox().nextDue("hooks", T0)));
      time(
          "next due of 100,000, none is due",
          20,
          i -> database.transact(p -> p.outbox().nextDue("am", T0.plusSeconds(1))));
      time(
          "next due of 100,000 behind 99,000 in back-off",
          20,
          i -> database.transact(p -> p.outbox().nextDue("am", T0.plusSeconds(8_000))));
    }
  }

  private static void alerts(SqliteDatabase database, int round) {
    database.transact(ports -> {
      for (int n = 0; n < 1_000; n++) {
        ports.alerts().put(Samples.alert("a" + n, "b" + n, T0, 1));
        long sequence = ports.outbox().nextSequence("p", "b" + n, "hooks");
        ports
            .outbox()
            .add(Samples.notification("n" + round + "-" + n, "hooks", "b" + n, sequence, T0));
      }
      return true;
    });
  }

  private static void queue(SqliteDatabase database) {
    database.transact(ports -> {
      for (int n = 0; n < 100_000; n++) {
        ports
            .outbox()
            .add(
                Samples.notification(
                    "m" + n, "am", "c" + n % 50_000, n, T0.plusSeconds(n < 99_000 ? 9_000 : 0)));
      }
      return true;
    });
  }

  private static void time(String what, int times, IntConsumer work) {
    var nanos = new long[times];
    for (int i = 0; i < times; i++) {
      long start = System.nanoTime();
      work.accept(i);
      nanos[i] = System.nanoTime() - start;
    }
    Arrays.sort(nanos);
    BenchTable.add(Figure.lower("store: " + what, "ms", nanos[times / 2] / 1e6));
  }
}
