package dev.spendwarden.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.ledger.ChargeRevision;
import dev.spendwarden.sandbox.AnthropicTwin.Line;
import dev.spendwarden.sandbox.Fault;
import dev.spendwarden.sandbox.UsageRow;
import dev.spendwarden.store.SqliteDatabase;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Goal: with every provider configured, each charge that was booked is in the ledger to the last
/// digit, and no fault of any of them moves an alert. Method: the daemon against the sandbox, whose
/// own books are the measure: what is spent on the way, taken back, and booked late for earlier
/// days; then every fault on all providers at once.
@Timeout(600)
class AllSourcesE2E {

  private static final LocalDate FIRST = LocalDate.parse("2027-01-01");
  private static final LocalDate LAST = LocalDate.parse("2027-01-31");
  private static final List<String> SOURCES =
      List.of("ionq-lab", "ionq-daily", "claude", "github-corvid", "gcore-edge");
  private static final List<String> MOUNTS = List.of("ionq", "anthropic", "github", "gcore");

  private static final String POLICIES =
      """
      version: 1
      policies:
        - { name: ionq-lab, select: { source: ionq-lab }, budget: { limit: 10 USD, period: month },
            rules: [{ name: spent, when: used >= 1.0 }] }
        - { name: ionq-quota, select: { source: ionq-lab, kind: quota }, per: [user],
            budget: { limit: quota, period: month }, rules: [{ name: spent, when: used >= 1.0 }] }
        - { name: ionq-daily, select: { source: ionq-daily },
            budget: { limit: 10 USD, period: month }, rules: [{ name: spent, when: used >= 1.0 }] }
        - { name: claude, select: { source: claude }, budget: { limit: 10 USD, period: month },
            rules: [{ name: spent, when: used >= 1.0 }] }
        - { name: github-corvid, select: { source: github-corvid, where: { currency: USD } },
            budget: { limit: 10 USD, period: month }, rules: [{ name: spent, when: used >= 1.0 }] }
        - { name: gcore-usd, select: { source: gcore-edge, where: { currency: USD } },
            budget: { limit: 10 USD, period: month }, rules: [{ name: spent, when: used >= 1.0 }] }
        - { name: gcore-eur, select: { source: gcore-edge, where: { currency: EUR } },
            budget: { limit: 10 EUR, period: month }, rules: [{ name: spent, when: used >= 1.0 }] }
      """;

  private static final Line INPUT = Line.tokens("ws-a", "claude-sonnet-5", "uncached_input_tokens");
  private static final Line OUTPUT = Line.tokens(null, "claude-haiku-5", "output_tokens");
  private static final UsageRow LINUX =
      UsageRow.actions(FIRST, "actions_linux", "0.006", "0", "corvid-labs", "widget");

  @TempDir Path folder;
  private Laboratory lab;
  private int withdrawn;

  @BeforeEach
  void open() {
    lab = new Laboratory(folder, 900);
    lab.sources(
        """
        { name: ionq-lab, type: ionq, base_url: "%1$s/ionq/v0.3", api_key: "${KEY}",
          organization: %2$s, poll_interval: 4m, timeout: 1s, max_age: 2w },
        { name: ionq-daily, type: ionq, base_url: "%1$s/ionq/v0.4", api: v0.4, api_key: "${KEY}",
          organization: %2$s, poll_interval: 4m, timeout: 1s, max_age: 2w },
        { name: claude, type: anthropic, base_url: "%1$s/anthropic", admin_key: "${KEY}",
          poll_interval: 4m, timeout: 1s, max_age: 2w },
        { name: github-corvid, type: github, base_url: "%1$s/github", token: "${KEY}",
          enterprise: corvid, reports: [detailed, ai_credit], poll_interval: 4m, timeout: 1s,
          max_age: 2w },
        { name: gcore-edge, type: gcore, base_url: "%1$s/gcore", api_key: "${KEY}",
          poll_interval: 4m, timeout: 1s, max_age: 2w }
        """
            .formatted(lab.sandbox.url(""), Laboratory.ORGANIZATION));
    spendAll("0", FIRST, FIRST.plusDays(8));
    for (int day = 0; day < 9; day++) {
      var amount = new BigDecimal("3.000000001").multiply(BigDecimal.valueOf(day + 1));
      for (int user = 1; user <= 7; user++) {
        ionq("u" + user, amount.multiply(BigDecimal.valueOf(user)), FIRST.plusDays(day));
      }
      gcore(amount.negate(), FIRST.plusDays(day));
    }
    for (int user = 1; user <= 7; user++) {
      lab.sandbox.ionq().member("u" + user).quota(new BigDecimal("100"));
    }
    withdrawn =
        lab.sandbox
            .gcore()
            .spends(20044, FIRST, "Cloud", "USD", new BigDecimal("5000.000000000001"));
    lab.sandbox.github().rowsPerPart(2).buildTime(Duration.ofMinutes(2));
  }

  @AfterEach
  void close() {
    lab.close();
  }

  @Test
  void everyChargeIsInTheLedgerAndNoFaultMovesAnAlert() {
    lab.start(POLICIES);
    awaitBooks();

    grow(true);
    lab.awaitPolls(lab.sandbox, 20);
    grow(false);
    spendAll("0.000000000001", today().minusDays(3), today());
    lab.sandbox.gcore().withdraw(withdrawn);
    ionq("u7", new BigDecimal("-2.5"), FIRST.plusDays(2));
    awaitBooks();

    Map<String, String> alerts = alerts();
    assertThat(alerts.values()).hasSize(6 + 7).allMatch(alert -> alert.startsWith("firing"));
    List<String> told = lab.types();
    assertThat(told).hasSize(alerts.size()).containsOnly("alert.fired");

    for (var fault : faults().entrySet()) {
      MOUNTS.forEach(mount -> lab.sandbox.faults().add(mount, fault.getValue()));
      awaitUp(fault.getKey(), 0, SOURCES);
      assertThat(alerts()).as(fault.getKey()).isEqualTo(alerts);
      lab.sandbox.faults().clear();
      awaitUp(fault.getKey() + " is over", 1, SOURCES);
    }
    for (var fault : fileFaults().entrySet()) {
      lab.sandbox.faults().add("github-download", fault.getValue());
      awaitUp(fault.getKey(), 0, List.of("github-corvid"));
      assertThat(alerts()).as(fault.getKey()).isEqualTo(alerts);
      lab.sandbox.faults().clear();
      awaitUp(fault.getKey() + " is over", 1, SOURCES);
    }

    spendAll("7.25", today().minusDays(3), today());
    awaitBooks();
    assertThat(alerts()).isEqualTo(alerts);
    assertThat(lab.types()).as("nothing was told twice").isEqualTo(told);
    MOUNTS.stream()
        .filter(mount -> !mount.equals("ionq"))
        .forEach(mount ->
            assertThat(lab.sandbox.requests().counts(mount).maxInFlight()).as(mount).isOne());
    lab.stop();
    everyDayIsThatOfTheBooks();
  }

  private static Map<String, Fault> faults() {
    var faults = new LinkedHashMap<String, Fault>();
    for (int status : List.of(401, 403, 404, 500, 503)) {
      faults.put("status " + status, new Fault.Status(status, Optional.empty()));
    }
    faults.put("status 429", new Fault.Status(429, Optional.of("7")));
    faults.put("a hang", new Fault.Hang(false));
    faults.put("a hang after it was handled", new Fault.Hang(true));
    faults.put("closed", new Fault.Close(false));
    faults.put("cut off", new Fault.Truncate());
    faults.put("a trickle", new Fault.Trickle(Duration.ofMillis(50)));
    faults.put("half JSON", new Fault.Body("application/json", "[1, 2"));
    faults.put("nothing", new Fault.Body("application/json", "{}"));
    faults.put("a sign-in page", new Fault.Body("text/html", "<title>Sign in</title>"));
    faults.put("a redirect", new Fault.Redirect(302, "http://127.0.0.1:1/"));
    faults.put("a gzip bomb", new Fault.GzipBomb(64));
    return faults;
  }

  private static Map<String, Fault> fileFaults() {
    var faults = new LinkedHashMap<String, Fault>();
    faults.put("a file that is refused", new Fault.Status(403, Optional.empty()));
    faults.put("a file that fails", new Fault.Status(500, Optional.empty()));
    faults.put("a file cut off", new Fault.Truncate());
    faults.put("a ragged row", new Fault.Body("text/csv", "date,product,sku\n2027-01-09\n"));
    faults.put("a file that bursts", new Fault.GzipBomb(64));
    return faults;
  }

  // Spending.

  private void grow(boolean on) {
    var pace = on ? new BigDecimal("12.5") : BigDecimal.ZERO;
    for (int user = 1; user <= 7; user++) {
      lab.sandbox.ionq().member("u" + user).grows(pace);
    }
    lab.sandbox.anthropic().grows(INPUT, pace).grows(OUTPUT, pace);
    lab.sandbox.github().grows(LINUX, pace);
  }

  private LocalDate today() {
    return LocalDate.ofInstant(lab.clock.instant(), ZoneOffset.UTC);
  }

  /// Something at every provider on each of the days. GitHub's are settled after five, and then
  /// read again only when their month has closed.
  private void spendAll(String more, LocalDate... days) {
    for (LocalDate day : days) {
      Instant noon = day.atTime(12, 0).toInstant(ZoneOffset.UTC);
      BigDecimal amount = new BigDecimal("1201.50417").add(new BigDecimal(more));
      ionq("u1", amount, day);
      lab.sandbox.anthropic().spends(INPUT, noon, amount).spends(OUTPUT, noon, amount);
      lab.sandbox
          .github()
          .spends(UsageRow.actions(day, "actions_macos", "0.062", "212.25", "corvid-labs", "ios"))
          .spends(UsageRow.actions(day, "actions_linux", "0.006", "" + amount, "owl", "w"))
          .spends(UsageRow.credits(day, "ada", "gpt-5.4", "88.2", "corvid-labs"));
      gcore(amount, day);
    }
  }

  private void ionq(String user, BigDecimal amount, LocalDate day) {
    lab.sandbox.ionq().member(user).spends(amount, day, "qpu.forte-1");
  }

  private void gcore(BigDecimal amount, LocalDate day) {
    lab.sandbox.gcore().spends(20044, day, "CDN", "EUR", amount);
    lab.sandbox.gcore().spends(20001, day, "Cloud", "USD", amount);
  }

  // Comparing.

  private void awaitBooks() {
    inTime()
        .untilAsserted(() ->
            booked()
                .forEach((policy, amount) ->
                    assertThat(new BigDecimal(lab.budget(policy, null).getString("spent", "-1")))
                        .as(policy)
                        .isEqualByComparingTo(amount)));
    lab.sandbox
        .ionq()
        .booked()
        .forEach((user, consumed) ->
            assertThat(new BigDecimal(lab.budget("ionq-quota", user).getString("spent")))
                .as(user)
                .isEqualByComparingTo(consumed));
  }

  /// What each policy should show.
  private Map<String, BigDecimal> booked() {
    var gcore = lab.sandbox.gcore().booked(FIRST, LAST);
    return Map.of(
        "ionq-lab", sum(lab.sandbox.ionq().booked(FIRST, LAST)),
        "ionq-daily", sum(lab.sandbox.ionq().booked(FIRST, LAST)),
        "claude", sum(lab.sandbox.anthropic().booked(FIRST, LAST)).movePointLeft(2),
        "github-corvid", sum(lab.sandbox.github().booked(FIRST, LAST)),
        "gcore-usd", gcore.get("USD"),
        "gcore-eur", gcore.get("EUR"));
  }

  private static BigDecimal sum(Map<?, BigDecimal> amounts) {
    return amounts.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  /// The store itself, day by day and by what each provider tells its charges apart.
  private void everyDayIsThatOfTheBooks() {
    Map<String, BigDecimal> stored = stored();
    Map<String, BigDecimal> booked = new TreeMap<>();
    FIRST
        .datesUntil(LAST)
        .forEach(day -> {
          put(booked, day + " ionq-daily USD", sum(lab.sandbox.ionq().booked(day, day)));
          lab.sandbox
              .anthropic()
              .booked(day, day)
              .forEach((line, cents) ->
                  put(
                      booked,
                      day + " claude USD " + (line.workspace() == null ? "default" : "ws-a"),
                      cents.movePointLeft(2)));
          lab.sandbox
              .github()
              .booked(day, day)
              .forEach((product, net) -> put(booked, day + " github-corvid USD " + product, net));
          lab.sandbox
              .gcore()
              .booked(day, day)
              .forEach((currency, money) -> put(booked, day + " gcore-edge " + currency, money));
        });
    put(booked, FIRST + " ionq-lab USD", sum(lab.sandbox.ionq().booked(FIRST, LAST)));
    assertThat(stored.keySet()).isEqualTo(booked.keySet());
    booked.forEach(
        (key, amount) -> assertThat(stored.get(key)).as(key).isEqualByComparingTo(amount));
  }

  private static void put(Map<String, BigDecimal> sums, String key, BigDecimal amount) {
    if (amount.signum() != 0) {
      sums.merge(key, amount, BigDecimal::add);
    }
  }

  private Map<String, BigDecimal> stored() {
    var newest = new HashMap<List<Object>, Charge>();
    try (var database = SqliteDatabase.open("jdbc:sqlite:" + lab.store(), lab.clock)) {
      database.transact(ports -> {
        ports
            .ledger()
            .replay(
                Instant.parse("2100-01-01T00:00:00Z"),
                posting ->
                    posting.charges().stream()
                        .map(ChargeRevision::charge)
                        .forEach(charge ->
                            newest.put(
                                List.of(
                                    charge.source(),
                                    charge.period(),
                                    charge.dimensions(),
                                    charge.unit()),
                                charge)));
        return true;
      });
    }
    Map<String, BigDecimal> sums = new TreeMap<>();
    newest.values().stream()
        .filter(charge -> charge.unit().isCurrency())
        .forEach(charge -> sums.merge(key(charge), charge.net(), BigDecimal::add));
    sums.values().removeIf(sum -> sum.signum() == 0);
    return sums;
  }

  private static String key(Charge charge) {
    LocalDate day = LocalDate.ofInstant(charge.period().start(), ZoneOffset.UTC);
    Optional<String> apart =
        switch (charge.source()) {
          case "claude" -> charge.dimensions().get(Dimension.WORKSPACE);
          case "github-corvid" -> charge.dimensions().get(Dimension.PRODUCT);
          default -> Optional.empty();
        };
    return Stream.of(
            Optional.of(day.toString()),
            Optional.of(charge.source()),
            Optional.of(charge.unit().code()),
            apart)
        .flatMap(Optional::stream)
        .reduce((a, b) -> a + " " + b)
        .orElseThrow();
  }

  // Looking.

  /// Of our own policies: what is told of the sources' health comes and goes with the faults.
  private Map<String, String> alerts() {
    var alerts = new TreeMap<String, String>();
    for (JsonObject alert : lab.items("/api/v1/alerts?limit=100")) {
      if (!alert.getString("policy").endsWith("-health")) {
        alerts.put(
            alert.getString("id"),
            alert.getString("state") + " " + alert.getString("severity") + alert.getValue("rules"));
      }
    }
    return alerts;
  }

  private void awaitUp(String what, int up, List<String> sources) {
    inTime()
        .untilAsserted(() ->
            sources.forEach(source ->
                assertThat(lab.sample("spendwarden_source_up", "source=\"" + source + "\""))
                    .as("%s at %s", source, what)
                    .hasValue(up)));
  }

  private static ConditionFactory inTime() {
    return await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(50));
  }
}
