package dev.spendwarden.app.rehearse;

import dev.spendwarden.charge.Amount;
import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.ChargePeriod;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.ledger.ChargeRevision;
import dev.spendwarden.ledger.Posting;
import dev.spendwarden.notify.RouteNode;
import dev.spendwarden.notify.Routes;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.cel.CelConditions;
import dev.spendwarden.policy.yaml.PolicyReader;
import dev.spendwarden.policy.yaml.Problems;
import dev.spendwarden.policy.yaml.YamlDocument;
import dev.spendwarden.store.Database;
import dev.spendwarden.store.SqliteDatabase;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/// How long a backtest of a year of 1,000 budgets takes, the store included. Run by hand:
/// `BacktestBench [BUDGETS]`.
final class BacktestBench {

  private static final LocalDate FIRST = LocalDate.parse("2026-01-01");
  private static final int DAYS = 365;

  private static final String POLICIES =
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
      """;

  private BacktestBench() {}

  public static void main(String[] args) throws Exception {
    int budgets = args.length > 0 ? Integer.parseInt(args[0]) : 1_000;
    Path folder = Files.createTempDirectory("backtest");
    String url = "jdbc:sqlite:" + folder.resolve("bench.db");
    try (Database database = SqliteDatabase.open(url, InstantSource.system())) {
      fill(database, budgets);
      List<Policy> policies = policies();
      var routes = new Routes(RouteNode.to("hooks", Optional.empty()), Set.of("hooks"));
      Instant from = FIRST.atStartOfDay(ZoneOffset.UTC).toInstant();
      for (int i = 0; i < 3; i++) {
        long start = System.nanoTime();
        BacktestReport report =
            database.read(ports ->
                Backtest.run(
                    policies,
                    Map.of(),
                    routes,
                    ports,
                    from,
                    from.plus(Duration.ofDays(DAYS)),
                    at -> {}));
        System.out.printf(
            "%d budgets x %d days: %.2f s, %d messages%n",
            budgets, DAYS, (System.nanoTime() - start) / 1e9, report.messages());
      }
    }
  }

  private static List<Policy> policies() {
    var problems = new Problems();
    YamlDocument document = YamlDocument.parse("bench", POLICIES, problems).orElseThrow();
    return new PolicyReader(new CelConditions(), problems)
        .read(document).stream().map(entry -> entry.policy().orElseThrow()).toList();
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
