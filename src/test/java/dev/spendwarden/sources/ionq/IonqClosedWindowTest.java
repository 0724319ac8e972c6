package dev.spendwarden.sources.ionq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.alert.Evaluation;
import dev.spendwarden.alert.Outcome;
import dev.spendwarden.alert.Snapshot.BudgetView;
import dev.spendwarden.alert.Transition;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.ledger.DataState;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.SourceTerms;
import dev.spendwarden.policy.cel.WrittenPolicies;
import dev.spendwarden.sandbox.Fault;
import dev.spendwarden.sandbox.Sandbox;
import dev.spendwarden.sources.PollResult;
import dev.spendwarden.sources.Source.PollContext;
import dev.spendwarden.sources.http.Egress;
import dev.spendwarden.sources.http.GuardedClient;
import dev.spendwarden.sources.ionq.IonqSettings.BalanceMeans;
import io.vertx.core.Vertx;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Goal: what was spent after a window's last poll arrives in the period it belongs to, is told as
/// late, and the present window neither sees nor suffers anything of it. Method: polls of the
/// sandbox over a month's end, evaluated as the daemon does, on a clock turned by hand.
@Timeout(60)
class IonqClosedWindowTest {

  private static final List<Policy> POLICIES =
      WrittenPolicies.read(
          """
          version: 1
          policies:
            - name: whole
              select: { source: ionq-lab }
              budget: { limit: 1000 USD, period: month }
              rules: [{ name: spent, when: used >= 1.0, severity: critical }]
            - name: across
              select: { source: ionq-lab }
              budget: { limit: 100000 USD, period: { every: month, from: 15 } }
              rules: [{ name: spent, when: used >= 1.0 }]
            - name: users
              select: { source: ionq-lab, kind: quota }
              per: [user]
              budget: { limit: quota, period: month }
              rules: [{ name: nearly, when: used >= 0.8, severity: warning }]
          """);
  private static final LocalDate LAST_DAY = LocalDate.parse("2027-01-31");

  private Instant now = Instant.parse("2027-01-31T23:58:00Z");
  private final Sandbox sandbox = Sandbox.start(Sandbox.Options.quiet(() -> now));
  private final Vertx vertx = Vertx.vertx();
  private final GuardedClient client =
      new GuardedClient(vertx, Egress.parse(List.of("127.0.0.0/8")));
  private final IonqSource source =
      new IonqSource(
          new IonqSettings(
              "ionq-lab",
              URI.create(sandbox.url("/ionq/v0.3")),
              () -> "k-1",
              "lab",
              BalanceMeans.IGNORE,
              IonqWindow.CALENDAR_MONTH,
              Duration.ofSeconds(20)),
          client);
  private final Evaluation evaluation =
      new Evaluation(POLICIES, List.of(new SourceTerms("ionq-lab", Duration.ofHours(1))));
  private final List<Transition> told = new ArrayList<>();

  @BeforeEach
  void aMonthThatAllButSpendsItsBudget() {
    sandbox.ionq().member("u1").quota(new BigDecimal("5000"));
    spendsInJanuary("990");
    poll();
    assertThat(told).isEmpty();
  }

  @AfterEach
  void close() {
    client.close();
    vertx.close().await();
    sandbox.close();
  }

  @Test
  void whatWasSpentInTheLastMinutesIsLate() {
    spendsInJanuary("10.25");
    now = Instant.parse("2027-02-01T00:03:00Z");
    sandbox.ionq().member("u1").spends(new BigDecimal("7"), LAST_DAY.plusDays(1), "qpu.forte-1");
    poll();

    assertThat(told).extracting(Transition::kind).containsExactly(Transition.Kind.LATE);
    assertThat(told.getFirst().alert().periodStart())
        .isEqualTo(Instant.parse("2027-01-01T00:00:00Z"));
    assertThat(told.getFirst().assessment().spent().orElseThrow()).isEqualByComparingTo("1000.25");
    assertThat(spent("whole")).as("February").isEqualByComparingTo("7");
    assertThat(spent("users")).as("the counter is February's").isEqualByComparingTo("7");
    assertThat(spent("across"))
        .as("growth since it was first seen, of January and of February, each once")
        .isEqualByComparingTo("17.25");
  }

  @Test
  void whatIonqBooksDaysLaterIsLateOnce() {
    pollEvery(Duration.ofHours(1), "2027-02-03T12:00:00Z");
    assertThat(told).isEmpty();
    spendsInJanuary("25");
    pollEvery(Duration.ofHours(1), "2027-02-09T12:00:00Z");
    assertThat(told).extracting(Transition::kind).containsExactly(Transition.Kind.LATE);
    assertThat(spent("whole")).isEqualByComparingTo("0");
  }

  @Test
  void whenThePeriodHasBeenClosedForAWeekItIsNotAskedForAnyMore() {
    pollEvery(Duration.ofHours(1), "2027-02-08T00:00:00Z");
    long before = sandbox.requests().counts("ionq").requests();
    pollEvery(Duration.ofHours(1), "2027-02-09T00:00:00Z");
    assertThat(sandbox.requests().counts("ionq").requests() - before).isEqualTo(24);
    assertThat(sandbox.requests().counts("ionq").maxInFlight()).isEqualTo(1);
  }

  @Test
  void aFailureOfTheSecondRequestAloneHarmsNobodyAndIsMadeUpFor() {
    spendsInJanuary("10.25");
    now = Instant.parse("2027-02-01T00:03:00Z");
    // The twin plays faults in order: the present window is answered, the closed one is not.
    sandbox.faults().add("ionq", new Fault.Slow(Duration.ofMillis(1)), 1);
    sandbox.faults().add("ionq", new Fault.Status(503, Optional.empty()), 1);
    poll();
    assertThat(told).isEmpty();
    assertThat(view("whole").assessment().dataState()).isEqualTo(DataState.FRESH);

    now = Instant.parse("2027-02-01T00:08:00Z");
    poll();
    assertThat(told).as("not tried again at once").isEmpty();
    now = Instant.parse("2027-02-01T01:04:00Z");
    poll();
    assertThat(told).extracting(Transition::kind).containsExactly(Transition.Kind.LATE);
  }

  @Test
  void whatCouldNotBeStoredIsAskedForAgain() {
    spendsInJanuary("10.25");
    now = Instant.parse("2027-02-01T00:03:00Z");
    var lost = (PollResult.Complete) source.poll(new PollContext(now, now));
    assertThat(lost.reading().coverage()).hasSize(2);
    poll();
    assertThat(told).extracting(Transition::kind).containsExactly(Transition.Kind.LATE);
  }

  @Test
  void lateSpendIsNoBurnOfTheNewMonth() {
    now = Instant.parse("2027-02-02T00:00:00Z");
    poll();
    spendsInJanuary("500");
    now = now.plus(Duration.ofDays(1));
    poll();
    double pace =
        evaluation
            .facts("whole", Dimensions.NONE, now)
            .orElseThrow()
            .increase(Duration.ofHours(24));
    assertThat(pace).isZero();
  }

  private void spendsInJanuary(String amount) {
    sandbox.ionq().member("u1").spends(new BigDecimal(amount), LAST_DAY, "qpu.forte-1");
  }

  private void pollEvery(Duration interval, String until) {
    while (now.isBefore(Instant.parse(until))) {
      now = now.plus(interval);
      poll();
    }
  }

  private void poll() {
    PollResult result = source.poll(new PollContext(now, now));
    assertThat(result).isInstanceOf(PollResult.Complete.class);
    var reading = ((PollResult.Complete) result).reading();
    Outcome outcome = evaluation.accept(reading, now);
    source.accepted(reading);
    told.addAll(outcome.transitions());
  }

  private BigDecimal spent(String policy) {
    return view(policy).assessment().spent().orElseThrow();
  }

  private BudgetView view(String policy) {
    return evaluation.snapshot(now).budgets().values().stream()
        .filter(v -> v.assessment().budget().policy().equals(policy))
        .findFirst()
        .orElseThrow();
  }
}
