package dev.spendwarden.app.rehearse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.spendwarden.alert.Evaluation;
import dev.spendwarden.alert.Outcome;
import dev.spendwarden.alert.Transition;
import dev.spendwarden.charge.Amount;
import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.ChargePeriod;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.QuotaReading;
import dev.spendwarden.charge.Reading;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.ledger.Posting;
import dev.spendwarden.ledger.SourceStatus;
import dev.spendwarden.notify.Hours;
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
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The goal: a backtest over what a daemon has stored tells, change by change and to the instant,
/// what the daemon told. An evaluation lives through seven random weeks as a daemon runs it: on the
/// hour every source is polled and has nothing new, at odd minutes it has; timers run out when they
/// are due. What it posts goes into a real store, and the backtest reads it from there. Both look
/// at the same instants, so nothing is left to a tolerance: a moment that the backtest leaves out
/// shows.
class BacktestTest {

  private static final Instant START = Instant.parse("2027-01-12T00:00:00Z");
  private static final int HOURS = 7 * 7 * 24;
  private static final int USERS = 4;
  private static final int WORKSPACES = 3;

  private static final List<String> SOURCES = List.of("claude", "lab");
  private static final Duration POLL = Duration.ofSeconds(1);

  /// How old a backtest takes data to be that has not just changed.
  private static final Duration LAG = POLL.multipliedBy(2);

  private static final String POLICIES =
      """
      version: 1
      policies:
        - name: quota
          select: { source: lab, kind: quota }
          per: [user]
          budget: { limit: quota, period: month }
          rules:
            - { name: near, when: used >= 0.7, for: 20m, keep_firing_for: 150m, severity: warning }
            - { name: spent, when: used >= 1.0, severity: critical }
            - { name: hot, when: "burn('3h') > 6.0 && burn('1d') > 2.0", for: 75m, severity: warning }
            - { name: idle, when: "elapsed > 0.3 && used < 0.1", severity: info }
        - name: account
          select: { source: lab, kind: quota }
          budget: { limit: quota, period: week, zone: America/New_York }
          rules:
            - { name: fast, when: "rate('5h') > 2.0", keep_firing_for: 1h, severity: warning }
            - { name: short, when: "runway < days(2)", severity: info }
            - { name: wont-last, when: "prob_over > 0.6 && elapsed >= 0.2", severity: warning }
        - name: bill
          select: { source: claude }
          per: [workspace]
          budget: { limit: 300 USD, period: month }
          waivers: [{ until: 2027-02-20T10:17:00Z, raise: 60 USD, reason: r, by: b }]
          rules:
            - { name: near, when: used >= 0.6, severity: warning }
            - { name: hot, when: "burn('1d') > 2.0", severity: warning }
            - { name: over, when: "forecast.p50 > limit", for: 90m, severity: critical }
        - name: all
          select: { source: [claude, lab] }
          budget: { limit: 500 USD, period: { every: month, from: 20 } }
          rules: [{ name: ahead, when: "used > 1.2 * elapsed", severity: info }]
        - name: rolling
          select: { source: claude }
          per: [workspace]
          budget: { limit: 50 USD, period: { rolling: 3d } }
          rules: [{ name: near, when: used >= 0.8, keep_firing_for: 2h, severity: warning }]
      """;

  @TempDir Path folder;

  private final List<Policy> policies = policies();
  private final Evaluation daemon = new Evaluation(policies, List.of());
  private final List<Transition> told = new ArrayList<>();
  private final List<Posting> postings = new ArrayList<>();
  private final Map<String, BigDecimal> consumed = new TreeMap<>();
  private final Map<LocalDate, Map<String, BigDecimal>> billed = new TreeMap<>();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void tellsWhatTheDaemonTold(long seed) {
    live(new Random(seed));
    var reports = new ArrayList<BacktestReport>();
    store(database -> {
      for (int replays = 1; replays <= 3; replays++) {
        List<Transition> replayed = Collections.synchronizedList(new ArrayList<>());
        int number = replays;
        reports.add(
            database.read(
                ports -> Backtest.run(question(), ports, number, at -> {}, replayed::add)));
        assertTold("seed %d, %d replays".formatted(seed, replays), replayed);
      }
    });
    assertThat(reports)
        .as("the same report from any number of replays")
        .containsOnly(reports.getFirst());
    assertThat(told.size()).as("enough happened, seed %d", seed).isGreaterThan(60);
    assertThat(told.stream().map(t -> t.policy().name()).distinct())
        .as("told of, seed %d", seed)
        .hasSize(policies.size());
  }

  private void assertTold(String what, List<Transition> replayed) {
    List<String> expected = lines(told);
    List<String> found = lines(replayed);
    for (int i = 0; i < Math.min(expected.size(), found.size()); i++) {
      assertThat(found.get(i)).as("%s, change %d", what, i).isEqualTo(expected.get(i));
    }
    assertThat(found).as(what).hasSameSizeAs(expected);
  }

  /// The seam between the thread that reads the store and those that replay: what fails behind it
  /// comes through, however much is still to be read.
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void whatFailsInAReplayIsThrown(int replays) {
    live(new Random(1));
    store(database ->
        assertThatThrownBy(() ->
                database.read(ports ->
                    Backtest.run(
                        question(),
                        ports,
                        replays,
                        at -> {},
                        transition -> {
                          throw new IllegalStateException("the listener is broken");
                        })))
            .hasStackTraceContaining("the listener is broken"));
    await("no replay goes on")
        .atMost(Duration.ofSeconds(10))
        .until(() ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("spendwarden-replay")));
  }

  @Test
  void progressIsThatOfTheSlowestReplay() {
    var heard = new ArrayList<Instant>();
    var slowest = new SlowestProgress(2, heard::add);
    slowest.at(0, START);
    slowest.at(0, START.plusSeconds(2));
    slowest.at(1, START.plusSeconds(1));
    slowest.at(0, START.plusSeconds(3));
    slowest.at(1, START.plusSeconds(4));
    assertThat(heard).containsExactly(START.plusSeconds(1), START.plusSeconds(3));
  }

  /// A real store that holds what was posted.
  private void store(Consumer<Database> use) {
    try (Database database =
        SqliteDatabase.open("jdbc:sqlite:" + folder.resolve("b.db"), InstantSource.fixed(START))) {
      database.transact(ports -> {
        postings.forEach(ports.ledger()::append);
        return postings;
      });
      use.accept(database);
    }
  }

  private Backtest.Question question() {
    return new Backtest.Question(
        policies,
        Map.of("lab", POLL, "claude", POLL),
        nobody(),
        START,
        START.plus(Duration.ofHours(HOURS)));
  }

  private void live(Random random) {
    step(daemon.restore(List.of(), START));
    answer(random, "claude", START.plusSeconds(1));
    answer(random, "lab", START.plusSeconds(2));
    for (int hour = 1; hour < HOURS; hour++) {
      Instant at = START.plus(Duration.ofHours(hour));
      pass(at);
      polled(at);
      for (String source : SOURCES) {
        step(daemon.accept(reading(source, at.minus(LAG)), at));
      }
      for (int minute = random.nextInt(1, 60); minute < 60; minute += random.nextInt(10, 300)) {
        Instant odd = at.plus(Duration.ofMinutes(minute)).plusMillis(random.nextInt(60_000));
        pass(odd);
        polled(odd);
        answer(random, random.nextInt(4) == 0 ? "claude" : "lab", odd);
      }
    }
    pass(START.plus(Duration.ofHours(HOURS)));
  }

  /// Timers run out.
  private void pass(Instant until) {
    while (daemon.nextWakeUp().isBefore(until)) {
      Instant due = daemon.nextWakeUp();
      polled(due);
      step(daemon.tick(due));
    }
  }

  /// Both sources have been asked every second and had nothing new; that they were not looked at
  /// each time is the step that a backtest allows itself.
  private void polled(Instant now) {
    for (String source : SOURCES) {
      Instant newest = now.minus(LAG);
      if (newest.isAfter(START.plusSeconds(2))) {
        daemon.restore(SourceStatus.unknown(source).succeeded(newest));
      }
    }
  }

  /// The source has other figures than before.
  private void answer(Random random, String source, Instant at) {
    if (source.equals("lab")) {
      use(random, LocalDate.ofInstant(at, ZoneOffset.UTC));
    } else {
      bill(random, LocalDate.ofInstant(at, ZoneOffset.UTC));
    }
    step(daemon.accept(reading(source, at), at));
  }

  private void step(Outcome outcome) {
    outcome.posting().filter(BacktestTest::holdsSomething).ifPresent(postings::add);
    told.addAll(outcome.transitions());
  }

  private static boolean holdsSomething(Posting posting) {
    return !posting.charges().isEmpty() || !posting.quotas().isEmpty();
  }

  private void use(Random random, LocalDate today) {
    if (today.getDayOfMonth() == 1) {
      consumed.clear();
    }
    for (int i = 0; i < USERS; i++) {
      int grows = random.nextInt(12) == 0 ? random.nextInt(8 + 8 * i) : random.nextInt(8) / 7;
      consumed.merge("u" + i, BigDecimal.valueOf(i == 3 ? 0 : grows), BigDecimal::add);
    }
    // Something always changes: what a poll finds unchanged is not stored.
    consumed.merge("u0", new BigDecimal("0.01"), BigDecimal::add);
  }

  private void bill(Random random, LocalDate today) {
    for (int back = 1; back <= 9; back++) {
      Map<String, BigDecimal> row =
          billed.computeIfAbsent(today.minusDays(back), day -> new HashMap<>());
      for (int i = 0; i < WORKSPACES; i++) {
        boolean fresh = !row.containsKey("ws-" + i);
        if (fresh && random.nextInt(3) > 0 || random.nextInt(120) == 0) {
          row.put("ws-" + i, BigDecimal.valueOf(random.nextInt(8 + 10 * i)));
        }
      }
    }
    billed.get(today.minusDays(1)).merge("ws-0", new BigDecimal("0.01"), BigDecimal::add);
  }

  private Reading reading(String source, Instant asked) {
    return source.equals("lab")
        ? new Reading(
            "lab", asked, List.of(), quotas(), List.of(), List.of(), Reading.Vanished.MISSING)
        : new Reading(
            "claude", asked, charges(), List.of(), List.of(), List.of(), Reading.Vanished.MISSING);
  }

  private List<QuotaReading> quotas() {
    var quotas = new ArrayList<QuotaReading>();
    var limit = Optional.of(new BigDecimal(150));
    consumed.forEach((user, value) ->
        quotas.add(
            new QuotaReading("lab", Dimensions.of(Dimension.USER, user), Unit.USD, limit, value)));
    BigDecimal sum = consumed.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
    quotas.add(
        new QuotaReading("lab", Dimensions.NONE, Unit.USD, Optional.of(new BigDecimal(400)), sum));
    return quotas;
  }

  private List<Charge> charges() {
    var charges = new ArrayList<Charge>();
    billed.forEach((day, row) ->
        row.forEach((workspace, amount) ->
            charges.add(
                Charge.of(
                    "claude",
                    ChargePeriod.ofUtcDay(day),
                    Dimensions.of(Dimension.WORKSPACE, workspace),
                    new Amount(amount, Unit.USD)))));
    return charges;
  }

  /// One line for each change, by instant; at one instant in no order.
  private static List<String> lines(List<Transition> transitions) {
    return transitions.stream()
        .sorted(Comparator.comparing(Transition::at).thenComparing(transition -> line(transition)))
        .map(BacktestTest::line)
        .toList();
  }

  private static String line(Transition transition) {
    var alert = transition.alert();
    return "%s %s %s/%s %s %s #%d of %s %s"
        .formatted(
            transition.at(),
            transition.kind(),
            alert.policy(),
            alert.budgetLabels(),
            alert.severity(),
            alert.firingRules(),
            alert.ordinal(),
            alert.periodStart(),
            alert.reason());
  }

  private static Routes nobody() {
    var root =
        new RouteNode(
            Optional.empty(),
            Map.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Hours.ALWAYS,
            false,
            List.of());
    return new Routes(root, Set.of());
  }

  private static List<Policy> policies() {
    var problems = new Problems();
    YamlDocument document = YamlDocument.parse("history", POLICIES, problems).orElseThrow();
    List<Policy> policies =
        new PolicyReader(new CelConditions(), problems)
            .read(document).stream().map(entry -> entry.policy().orElseThrow()).toList();
    assertThat(problems.hasErrors()).as("%s", problems.list()).isFalse();
    return policies;
  }
}
