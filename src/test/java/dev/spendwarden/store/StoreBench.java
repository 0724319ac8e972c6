package dev.spendwarden.store;

import static dev.spendwarden.store.Samples.T0;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;

/// What the store costs on this disk; run by hand. Prints medians in milliseconds.
final class StoreBench {

  private StoreBench() {}

  public static void main(String[] args) throws Exception {
    Path file = Files.createTempDirectory("store-bench").resolve("spendwarden.db");
    String url = "jdbc:sqlite:" + file;
    time(
        "open, first in this process, new file",
        1,
        i -> SqliteDatabase.open(url, InstantSource.system()).close());
    time("open, again", 5, i -> SqliteDatabase.open(url, InstantSource.system()).close());
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
      time(
          "commit 1,000 alerts and notifications",
          20,
          i ->
              database.transact(ports -> {
                for (int n = 0; n < 1_000; n++) {
                  ports.alerts().put(Samples.alert("a" + n, "b" + n, T0, 1));
                  long sequence = ports.outbox().nextSequence("p", "b" + n, "hooks");
                  ports
                      .outbox()
                      .add(Samples.notification("n" + i + "-" + n, "hooks", "b" + n, sequence, T0));
                }
                return true;
              }));
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

  private static void time(String what, int times, java.util.function.IntConsumer work) {
    var nanos = new long[times];
    for (int i = 0; i < times; i++) {
      long start = System.nanoTime();
      work.accept(i);
      nanos[i] = System.nanoTime() - start;
    }
    Arrays.sort(nanos);
    System.out.printf(
        "%-50s %8.2f (worst %.2f)%n", what, nanos[times / 2] / 1e6, nanos[times - 1] / 1e6);
  }
}
