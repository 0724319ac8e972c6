package dev.spendwarden.sources.ionq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.Evaluation;
import dev.spendwarden.alert.Snapshot.BudgetView;
import dev.spendwarden.charge.Amount;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.SourceTerms;
import dev.spendwarden.policy.cel.WrittenPolicies;
import dev.spendwarden.sandbox.IonqTwin;
import dev.spendwarden.sandbox.Sandbox;
import dev.spendwarden.sources.PollResult;
import dev.spendwarden.sources.Source;
import dev.spendwarden.sources.Source.PollContext;
import dev.spendwarden.sources.http.Egress;
import dev.spendwarden.sources.http.GuardedClient;
import dev.spendwarden.sources.ionq.IonqSettings.BalanceMeans;
import dev.spendwarden.sources.ionq.IonqUsageSource.GroupBy;
import io.vertx.core.Vertx;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Goal: what the twin booked arrives in the budgets of policies, by both versions of the interface
/// and whatever the balance means. Method: polls of the sandbox, evaluated as the daemon does.
@Timeout(60)
class IonqTwinPollTest {

  private static final Instant JANUARY = Instant.parse("2027-01-01T00:00:00Z");
  private static final LocalDate FIRST = LocalDate.parse("2027-01-01");

  private static final List<Policy> BY_USER =
      WrittenPolicies.read(
          """
          version: 1
          policies:
            - name: whole
              select: { source: ionq-lab }
              budget: { limit: 4000 USD, period: month }
              rules: [{ name: spent, when: used >= 1.0, severity: critical }]
            - name: users
              select: { source: ionq-lab, not: { user: other } }
              per: [user]
              budget: { limit: 250 USD, period: month }
              rules: [{ name: nearly, when: used >= 0.8, severity: warning }]
          """);

  private static final List<Policy> ORGANIZATION =
      WrittenPolicies.read(
          """
          version: 1
          policies:
            - name: organization
              select: { source: ionq-lab, kind: quota }
              budget: { limit: quota, period: month }
              rules: [{ name: nearly, when: used >= 0.8, severity: warning }]
          """);

  private Instant now = Instant.parse("2027-01-20T09:00:00Z");
  private final InstantSource clock = () -> now;
  private final Sandbox sandbox = Sandbox.start(Sandbox.Options.quiet(clock));
  private final IonqTwin ionq = sandbox.ionq();
  private final Vertx vertx = Vertx.vertx();
  private final GuardedClient client =
      new GuardedClient(vertx, Egress.parse(List.of("127.0.0.0/8")));
  private Evaluation evaluation =
      new Evaluation(BY_USER, List.of(new SourceTerms("ionq-lab", Duration.ofHours(1))));

  @AfterEach
  void close() {
    client.close();
    vertx.close().await();
    sandbox.close();
  }

  @Test
  void theWholeIsTheTwinsBooksToTheLastDigitThoughOnlyFiveUsersAreListedADay() {
    for (int user = 0; user < 9; user++) {
      for (int day = 0; day < 20; day++) {
        ionq.member("u" + user)
            .spends(
                new BigDecimal("1.000000000001").multiply(BigDecimal.valueOf(1 + user * day % 13)),
                FIRST.plusDays(day),
                "qpu.forte-1");
      }
    }
    poll(usage(GroupBy.USER));

    BigDecimal booked =
        ionq.booked(FIRST, FIRST.plusDays(30)).values().stream()
            .reduce(BigDecimal.ZERO, BigDecimal::add);
    assertThat(spent("whole", Optional.empty())).isEqualByComparingTo(booked);
  }

  @Test
  void aUserWhoFallsOutOfTheFiveKeepsWhatWasSeenAndTheWholeStaysExact() {
    LocalDate today = FIRST.plusDays(19);
    for (int user = 1; user <= 5; user++) {
      ionq.member("u" + user).spends(new BigDecimal(200 + user), today, "qpu.forte-1");
    }
    Source source = usage(GroupBy.USER);
    poll(source);
    assertThat(firing("u1")).isTrue();

    ionq.member("u6").spends(new BigDecimal("300"), today, "qpu.forte-1");
    ionq.member("u1").spends(new BigDecimal("0.5"), today, "qpu.forte-1");
    poll(source);
    assertThat(spent("users", Optional.of("u1"))).isEqualByComparingTo("201");
    assertThat(firing("u1")).as("falling out of the five is no recovery").isTrue();
    assertThat(spent("whole", Optional.empty())).isEqualByComparingTo("1315.5");

    ionq.member("u1").spends(new BigDecimal("100"), today, "qpu.forte-1");
    poll(source);
    assertThat(spent("users", Optional.of("u1"))).isEqualByComparingTo("301.5");
    assertThat(spent("users", Optional.of("u2"))).isEqualByComparingTo("202");
    assertThat(spent("whole", Optional.empty())).isEqualByComparingTo("1415.5");
  }

  @Test
  void whatTheRemainderNoLongerHoldsIsGivenUp() {
    LocalDate today = FIRST.plusDays(19);
    for (int user = 1; user <= 6; user++) {
      ionq.member("u" + user).spends(new BigDecimal(10 * user), today, "qpu.forte-1");
    }
    Source source = usage(GroupBy.USER);
    poll(source);
    assertThat(spent("users", Optional.of("u2"))).isEqualByComparingTo("20");

    // A restatement: u2 gets most of it back and is not among the five any more.
    ionq.member("u2").spends(new BigDecimal("-15"), today, "qpu.forte-1");
    poll(source);
    assertThat(spent("users", Optional.of("u2"))).isEqualByComparingTo("5");
    assertThat(spent("whole", Optional.empty())).isEqualByComparingTo("195");
  }

  @Test
  void whoHasFallenOutOfTheFiveKeepsWhatWasSeenOverARestart() {
    LocalDate today = FIRST.plusDays(19);
    for (int user = 1; user <= 5; user++) {
      ionq.member("u" + user).spends(new BigDecimal(200 + user), today, "qpu.forte-1");
    }
    poll(usage(GroupBy.USER));
    ionq.member("u6").spends(new BigDecimal("300"), today, "qpu.forte-1");
    // All that the next source knows is in the ledger.
    poll(usage(GroupBy.USER));
    poll(usage(GroupBy.USER));

    assertThat(firing("u1")).isTrue();
    assertThat(spent("users", Optional.of("u1"))).isEqualByComparingTo("201");
    assertThat(spent("whole", Optional.empty())).isEqualByComparingTo("1315");
  }

  @Test
  void aLedgerThatCannotBeAskedIsWaitedForInsteadOfForgotten() {
    var source =
        new IonqUsageSource(
            settings("/ionq/v0.4", BalanceMeans.IGNORE),
            GroupBy.USER,
            client,
            (_, _) -> {
              throw new IllegalStateException("the store cannot be read");
            });
    assertThat(source.poll(new PollContext(now, JANUARY))).isInstanceOf(PollResult.Waiting.class);
    assertThat(sandbox.requests().counts("ionq").requests()).isZero();
  }

  private boolean firing(String user) {
    return view("users", Optional.of(user))
        .alert()
        .filter(alert -> alert.state() == Alert.State.FIRING)
        .isPresent();
  }

  @Test
  void projectsAreAnotherCutOfTheSameSpend() {
    ionq.member("u1").project("chem").spends(new BigDecimal("30"), FIRST, "qpu.forte-1");
    ionq.member("u2").project("chem").spends(new BigDecimal("12.5"), FIRST, "qpu.forte-1");
    ionq.member("u3").spends(new BigDecimal("4"), FIRST, "qpu.forte-1");
    PollResult result = usage(GroupBy.PROJECT).poll(new PollContext(now, JANUARY));

    Map<String, String> charges = new TreeMap<>();
    ((PollResult.Complete) result)
        .reading()
        .charges()
        .forEach(charge ->
            charges.put(
                charge.dimensions().get(Dimension.PROJECT).orElseThrow(),
                Amount.plain(charge.net())));
    assertThat(charges).containsOnly(Map.entry("chem", "42.5"), Map.entry("other", "4"));
  }

  @Test
  void aUserOverTheShareFiresByDailyCharges() {
    ionq.member("u1").spends(new BigDecimal("205"), FIRST, "qpu.forte-1");
    poll(usage(GroupBy.USER));
    assertThat(view("users", Optional.of("u1")).alert())
        .hasValueSatisfying(alert -> assertThat(alert.state()).isEqualTo(Alert.State.FIRING));
  }

  @ParameterizedTest
  @CsvSource({
    "REMAINING, false, 820",
    "SPENT, true, 820",
    "IGNORE, false, 820",
    "IGNORE, true, 820",
    // Told the wrong way round it shows the rest as spent: why ignoring is the default.
    "SPENT, false, 180",
    "REMAINING, true, 180",
  })
  void theOrganizationsCounterFollowsWhatTheBalanceMeans(
      BalanceMeans means, boolean balanceIsSpent, BigDecimal spent) {
    ionq.budget(new BigDecimal("1000")).balanceIsSpent(balanceIsSpent);
    ionq.member("u1").quota(new BigDecimal("900")).consumed(new BigDecimal("700.5"));
    ionq.member("u2").consumed(new BigDecimal("119.5"));
    evaluation =
        new Evaluation(ORGANIZATION, List.of(new SourceTerms("ionq-lab", Duration.ofHours(1))));

    poll(new IonqSource(settings("/ionq/v0.3", means), client));

    BudgetView view = view("organization", Optional.empty());
    assertThat(view.assessment().spent())
        .hasValueSatisfying(s -> assertThat(s).isEqualByComparingTo(spent));
    assertThat(view.alert().isPresent()).isEqualTo(spent.intValue() >= 800);
  }

  private void poll(Source source) {
    PollResult result = source.poll(new PollContext(now, JANUARY));
    assertThat(result).isInstanceOf(PollResult.Complete.class);
    evaluation.accept(((PollResult.Complete) result).reading(), now);
  }

  private Source usage(GroupBy groupBy) {
    return new IonqUsageSource(
        settings("/ionq/v0.4", BalanceMeans.IGNORE),
        groupBy,
        client,
        (source, from) -> evaluation.charges(source, from));
  }

  private IonqSettings settings(String path, BalanceMeans means) {
    return new IonqSettings(
        "ionq-lab",
        URI.create(sandbox.url(path)),
        () -> "k-1",
        "lab",
        means,
        IonqWindow.CALENDAR_MONTH,
        Duration.ofSeconds(20));
  }

  private BigDecimal spent(String policy, Optional<String> user) {
    return view(policy, user).assessment().spent().orElseThrow();
  }

  private BudgetView view(String policy, Optional<String> user) {
    return evaluation.snapshot(now).budgets().values().stream()
        .filter(v -> v.assessment().budget().policy().equals(policy))
        .filter(v -> v.assessment().budget().labels().get(Dimension.USER).equals(user))
        .findFirst()
        .orElseThrow();
  }
}
