package dev.spendwarden.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.spendwarden.alert.Alert;
import dev.spendwarden.app.config.Config;
import dev.spendwarden.app.config.ConfigReader;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.QuotaReading;
import dev.spendwarden.charge.Reading;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.policy.Budget;
import dev.spendwarden.policy.cel.CelConditions;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/// Goal: after a year a daemon costs what it cost once retention had begun to bite, and a poll that
/// changes nothing costs no row. Method: the daemon's own parts on a turned clock and a real SQLite
/// file, polled every minute, every poll accepted. Each user's figure changes once a day, at a
/// minute of their own by day; at night nothing does. Some cross their limit each month, and the
/// provider's counters start anew with the next.
///
/// `-Dgrowth.days`, `-Dgrowth.users` and `-Dgrowth.retention` (days) set the scale.
class GrowthTest {

  private static final Instant START = Instant.parse("2027-01-01T00:00:00Z");
  private static final Duration MINUTE = Duration.ofMinutes(1);

  /// Users' figures change from the first to the last of these minutes of the day.
  private static final int MORNING = 6 * 60;

  private static final int EVENING = 22 * 60;

  private static final int MINUTES_A_DAY = 24 * 60;
  private static final int REPORT_DAYS = 30;

  /// The days after retention has begun to bite whose sizes are not exceeded by much later.
  private static final int BASE_DAYS = 3 * 31;

  private static final double LEVEL = 1.1;

  /// By the clock of a machine that may be busy: only absurd growth fails.
  private static final double GROSSLY = 4;

  /// One in so many spends too much each month.
  private static final int ONE_IN = 25;

  @TempDir private Path folder;

  /// @param rows of every table
  /// @param freePages of the file, which the next rows use
  private record Size(
      int day, Map<String, Long> rows, long fileBytes, long walBytes, double freePages) {

    long allRows() {
      return rows.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  /// Milliseconds.
  private record Times(
      double series, double alerts, double notifications, double explain, double start) {}

  private record Line(Size size, Times times, long heapMiB) {}

  @Test
  @Tag("soak")
  void aYearLevelsOffOnceRetentionBites() throws Exception {
    int days = Integer.getInteger("growth.days", 365);
    int retention = Integer.getInteger("growth.retention", 60);
    List<Line> lines = grow(Integer.getInteger("growth.users", 1_000), days, 1, retention);
    // What is forgotten goes with the period it was of, so sizes go up and down over three months.
    int bites = retention + 31;
    List<Line> first = between(lines, bites, bites + BASE_DAYS);
    List<Line> rest = between(lines, bites + BASE_DAYS, days + 1);
    assertThat(rest).as("days after " + (bites + BASE_DAYS) + ": raise growth.days").isNotEmpty();
    double rows = most(first, line -> line.size().allRows());
    double bytes = most(first, line -> line.size().fileBytes() + line.size().walBytes());
    double start = Math.max(500, most(first, line -> line.times().start()));
    assertThat(rest)
        .allSatisfy(line -> {
          assertThat((double) line.size().allRows()).as("rows, " + line).isLessThan(LEVEL * rows);
          assertThat((double) line.size().fileBytes() + line.size().walBytes())
              .as("bytes, " + line)
              .isLessThan(LEVEL * bytes);
          assertThat(line.times().start())
              .as("milliseconds to open and restore, " + line)
              .isLessThan(GROSSLY * start);
        });
  }

  private static List<Line> between(List<Line> lines, int fromDay, int toDay) {
    return lines.stream()
        .filter(line -> line.size().day() >= fromDay && line.size().day() < toDay)
        .toList();
  }

  private static double most(List<Line> lines, ToDoubleFunction<Line> number) {
    return lines.stream().mapToDouble(number).max().orElseThrow();
  }

  @Test
  void aNightOfPollsThatChangeNothingAddsNoRow() throws Exception {
    grow(50, 1, 30, 60);
  }

  /// @param every how many minutes it is polled
  private List<Line> grow(int users, int days, int every, int retention) throws Exception {
    ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
    Path file = folder.resolve("spendwarden.db");
    var provider = new Provider(users);
    var lines = new ArrayList<Line>();
    print(
        "day",
        "rows",
        "file MiB",
        "WAL MiB",
        "free",
        "series",
        "alerts",
        "notif.",
        "explain",
        "start",
        "heap MiB",
        "a poll");
    try (var daemon = new TurnedDaemon(config(file, retention), START)) {
      long polls = 0;
      long began = System.nanoTime();
      for (int day = 0; day < days; day++) {
        for (int minute = 0; minute < MINUTES_A_DAY; minute += every, polls++) {
          Instant now = START.plus(Duration.ofDays(day)).plus(MINUTE.multipliedBy(minute));
          if (minute == MORNING / 2) {
            daemon.forget();
          }
          daemon.poll(provider.reading(now, minute));
          if (minute == EVENING) {
            provider.quiet(rows(file));
          }
        }
        provider.stillQuiet(rows(file));
        if ((day + 1) % REPORT_DAYS == 0 || day == days - 1) {
          double each = (System.nanoTime() - began) / 1e6 / polls;
          lines.add(look(daemon, file, day + 1, each));
          polls = 0;
          began = System.nanoTime();
        }
      }
    }
    return lines;
  }

  /// The provider's side: counters of the month, with what changed since the poll before.
  private final class Provider {

    private final int users;
    private final List<QuotaReading> quotas = new ArrayList<>();
    private final long[] cents;
    private int month;
    private Map<String, Long> inTheEvening = Map.of();

    Provider(int users) {
      this.users = users;
      this.cents = new long[users];
      for (int i = 0; i < users; i++) {
        quotas.add(quota(i));
      }
    }

    Reading reading(Instant now, int minute) {
      int current = LocalDate.ofInstant(now, ZoneOffset.UTC).getMonthValue();
      if (current != month) {
        month = current;
        for (int i = 0; i < users; i++) {
          cents[i] = 0;
          quotas.set(i, quota(i));
        }
      }
      // Spread over the day: user i at the minute that is theirs.
      int span = EVENING - MORNING;
      if (minute >= MORNING && minute < EVENING) {
        for (int i = minute - MORNING; i < users; i += span) {
          cents[i] += i % ONE_IN == 0 ? 420 : 150 + i % 70;
          quotas.set(i, quota(i));
        }
      }
      return new Reading(
          "lab", now, List.of(), quotas, List.of(), List.of(), Reading.Vanished.MISSING);
    }

    private QuotaReading quota(int i) {
      return new QuotaReading(
          "lab",
          Dimensions.of(Dimension.USER, "u" + i),
          Unit.USD,
          Optional.of(new BigDecimal(100)),
          BigDecimal.valueOf(cents[i], 2));
    }

    void quiet(Map<String, Long> rows) {
      inTheEvening = withoutForecasts(rows);
    }

    /// At set tenths of a period a forecast is kept, whether or not anything changes.
    private Map<String, Long> withoutForecasts(Map<String, Long> rows) {
      var rest = new LinkedHashMap<>(rows);
      rest.remove("kept_forecast");
      return rest;
    }

    void stillQuiet(Map<String, Long> rows) {
      assertThat(withoutForecasts(rows))
          .as("rows after two hours of polls that changed nothing")
          .isEqualTo(inTheEvening);
    }
  }

  private Config config(Path file, int retention) throws Exception {
    Files.writeString(
        folder.resolve("policies.yaml"),
        """
        version: 1
        policies:
          - name: user-quota
            select: { source: lab, kind: quota }
            per: [user]
            budget: { limit: quota, period: month }
            rules:
              - { name: nearly-spent, when: used >= 0.8, severity: warning }
              - { name: running-hot, when: "burn('1h') > 60.0 && burn('6h') > 60.0", severity: warning }
              - { name: spent, when: used >= 1.0, severity: critical, summary: "${labels.user} spent ${used}" }
        """);
    Path config =
        Files.writeString(
            folder.resolve("spendwarden.yaml"),
            """
            storage: { url: "jdbc:sqlite:%s", retention: %dd }
            sources:
              - { name: lab, type: ionq, api_key: "${KEY}", organization: o, poll_interval: 1m }
            receivers:
              - { name: each, webhook: { url: "https://hooks.example.org/each", secret: "${HOOK}" } }
              - { name: together, webhook: { url: "https://hooks.example.org/all", secret: "${HOOK}" } }
            route:
              receiver: each
              repeat_interval: 1d
              routes:
                - { match: { severity: critical }, receiver: together, group_by: [policy], continue: true }
                - { receiver: each }
            policies: [policies.yaml]
            """
                .formatted(file, retention));
    var read =
        ConfigReader.read(
            config,
            Map.of("KEY", "key", "HOOK", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
            new CelConditions());
    assertThat(read.problems()).isEmpty();
    return read.config().orElseThrow();
  }

  // Looking.

  private Line look(TurnedDaemon daemon, Path file, int day, double pollMillis) throws Exception {
    Size size = size(file, day);
    Budget budget = Budget.of("user-quota", Dimensions.of(Dimension.USER, "u0"));
    Instant now = START.plus(Duration.ofDays(day));
    double series =
        millis(() ->
            daemon
                .evaluation()
                .history(
                    budget, Optional.of(now.minus(Duration.ofDays(29))), Optional.of(now), now));
    double alerts = millis(() -> daemon.database().transact(ports -> ports.alerts().page(0, 100)));
    double notifications =
        millis(() -> daemon.database().transact(ports -> ports.outbox().page(0, 100)));
    double explain =
        millis(() -> daemon.evaluation().explain(budget.policy(), budget.labels(), now));
    TurnedDaemon.Restart restart = daemon.restart();
    assertThat(sorted(restart.readBack())).isEqualTo(sorted(restart.remembered()));
    var times = new Times(series, alerts, notifications, explain, restart.took().toNanos() / 1e6);
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    var line = new Line(size, times, (runtime.totalMemory() - runtime.freeMemory()) >> 20);
    print(
        day,
        size.allRows(),
        mebibytes(size.fileBytes()),
        mebibytes(size.walBytes()),
        "%.0f %%".formatted(100 * size.freePages()),
        ms(times.series()),
        ms(times.alerts()),
        ms(times.notifications()),
        ms(times.explain()),
        ms(times.start()),
        line.heapMiB(),
        ms(pollMillis));
    System.out.println("      " + size.rows());
    return line;
  }

  private static List<Alert> sorted(List<Alert> alerts) {
    return alerts.stream().sorted(Comparator.comparing(Alert::id)).toList();
  }

  private static Map<String, Long> rows(Path file) throws SQLException {
    var rows = new LinkedHashMap<String, Long>();
    try (Connection looker = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = looker.createStatement()) {
      var tables = new ArrayList<String>();
      try (var names =
          statement.executeQuery("SELECT name FROM sqlite_schema WHERE type = 'table'")) {
        while (names.next()) {
          tables.add(names.getString(1));
        }
      }
      for (String table : tables) {
        rows.put(table, number(statement, "SELECT count(*) FROM " + table));
      }
    }
    rows.values().removeIf(count -> count == 0);
    return rows;
  }

  private static Size size(Path file, int day) throws Exception {
    try (Connection looker = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = looker.createStatement()) {
      double pages = number(statement, "PRAGMA page_count");
      double free = number(statement, "PRAGMA freelist_count");
      Path wal = file.resolveSibling(file.getFileName() + "-wal");
      return new Size(day, rows(file), Files.size(file), Files.size(wal), free / pages);
    }
  }

  private static long number(Statement statement, String sql) throws SQLException {
    try (var row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  /// The best of a few, for what it costs and not for what else the machine does.
  private static double millis(Runnable work) {
    double best = Double.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      long start = System.nanoTime();
      work.run();
      best = Math.min(best, (System.nanoTime() - start) / 1e6);
    }
    return best;
  }

  private static String mebibytes(long bytes) {
    return "%.1f".formatted(bytes / 1024.0 / 1024.0);
  }

  private static String ms(double millis) {
    return "%.2f".formatted(millis);
  }

  private static void print(Object... cells) {
    var line = new StringBuilder();
    for (Object cell : cells) {
      line.append("%10s".formatted(cell));
    }
    System.out.println(line);
  }
}
