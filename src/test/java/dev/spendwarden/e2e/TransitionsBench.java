package dev.spendwarden.e2e;

import static dev.spendwarden.e2e.Laboratory.soon;

import dev.spendwarden.app.Daemon;
import dev.spendwarden.bench.BenchTable;
import dev.spendwarden.bench.Figure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How many changes of alerts a second become durable and are delivered, each by a webhook of its
/// own, beside how many rows a second SQLite commits one by one on the same disk. All 1,000 budgets
/// cross a threshold in one poll, several times; the time runs from the last byte of that answer to
/// the last webhook. Once with one receiver, who is told one after the other, and once with twenty.
@Tag("bench")
class TransitionsBench {

  private static final int ROUNDS = 6;

  /// Of a cold program.
  private static final int WARM_UP = 2;

  private static final int ROWS = 2_000;

  @TempDir private Path folder;

  /// Which share of their quota everybody has used: each step is a transition of each.
  private volatile String level = "100";

  private final AtomicInteger heard = new AtomicInteger();
  private final AtomicLong heardAt = new AtomicLong();
  private volatile LongSupplier newestAnswer = () -> 0;

  /// When the answer that carried this round's step was out.
  private volatile long answered;

  @Test
  void transitionsWithDelivery() throws Exception {
    double commits = singleRowCommits();
    add("one receiver", rate(Files.createDirectory(folder.resolve("one")), 1), commits);
    add("twenty receivers", rate(Files.createDirectory(folder.resolve("twenty")), 20), commits);
  }

  private static void add(String who, double rate, double commits) throws IOException {
    BenchTable.add(
        Figure.higher("durable transitions, each delivered to a webhook, " + who, "/s", rate)
            .beside("SQLite's single-row commits", commits)
            .atLeast(1_000));
  }

  private double rate(Path place, int receivers) throws Exception {
    var rates = new double[ROUNDS];
    try (var lab = new SpeedLab(place, (member, answer) -> level, this::take);
        Daemon daemon = lab.start("1s", receivers)) {
      newestAnswer = lab::answeredAt;
      soon().until(() -> daemon.port() > 0);
      lab.awaitAnswer(5);
      for (int round = 0; round < WARM_UP + ROUNDS; round++) {
        double rate = round(round % 2 == 0 ? "205" : "100");
        if (round >= WARM_UP) {
          rates[round - WARM_UP] = rate;
        }
      }
    }
    Arrays.sort(rates);
    return rates[ROUNDS / 2];
  }

  private void take(SpeedLab.Heard webhook) {
    if (heard.getAndIncrement() == 0) {
      answered = newestAnswer.getAsLong();
    }
    heardAt.accumulateAndGet(webhook.at(), Math::max);
  }

  private double round(String next) {
    heard.set(0);
    level = next;
    soon().atMost(Duration.ofMinutes(2)).until(() -> heard.get() == SpeedLab.MEMBERS);
    return SpeedLab.MEMBERS / ((heardAt.get() - answered) / 1e9);
  }

  private double singleRowCommits() throws Exception {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("rows.db"));
        var statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
      statement.execute("PRAGMA synchronous = FULL");
      statement.execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, text TEXT)");
      try (var insert = connection.prepareStatement("INSERT INTO rows (text) VALUES (?)")) {
        long start = System.nanoTime();
        for (int i = 0; i < ROWS; i++) {
          insert.setString(1, "transition " + i);
          insert.executeUpdate();
        }
        return ROWS / ((System.nanoTime() - start) / 1e9);
      }
    }
  }
}
