package dev.spendwarden.sources.gcore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.charge.Amount;
import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.Reading;
import dev.spendwarden.charge.ReportStatus;
import dev.spendwarden.charge.ReportStatus.State;
import dev.spendwarden.ledger.ChargeRevision;
import dev.spendwarden.ledger.Ledger;
import dev.spendwarden.ledger.Posting;
import dev.spendwarden.sandbox.GcoreTwin;
import dev.spendwarden.sandbox.Sandbox;
import dev.spendwarden.sources.PollResult;
import dev.spendwarden.sources.Source.PollContext;
import dev.spendwarden.sources.http.Egress;
import dev.spendwarden.sources.http.GuardedClient;
import io.vertx.core.Vertx;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Goal: what the twin booked is what the ledger knows, to the last digit, and tasks are followed
/// to their end. Method: polls of the sandbox, taken into a ledger, under a clock turned by hand.
@Timeout(60)
class GcoreTwinPollTest {

  private static final LocalDate FIRST = LocalDate.parse("2027-01-01");
  private static final Instant JANUARY = Instant.parse("2027-01-01T00:00:00Z");

  private Instant now = Instant.parse("2027-01-20T09:00:00Z");
  private final InstantSource clock = () -> now;
  private final Sandbox sandbox = Sandbox.start(Sandbox.Options.quiet(clock));
  private final GcoreTwin gcore = sandbox.gcore();
  private final Vertx vertx = Vertx.vertx();
  private final GuardedClient client =
      new GuardedClient(vertx, Egress.parse(List.of("127.0.0.0/8")));
  private final GcoreSource source =
      new GcoreSource(
          new GcoreSettings(
              "gcore-edge",
              URI.create(sandbox.url("/gcore")),
              () -> "1234$abcdef",
              true,
              Set.of(),
              Duration.ofSeconds(20)),
          client);
  private final Ledger ledger = new Ledger();
  private final Map<String, Charge> newest = new TreeMap<>();

  @AfterEach
  void close() {
    client.close();
    vertx.close().await();
    sandbox.close();
  }

  @Test
  void everyChargeTheTwinBookedIsFoundToTheLastDigitInEveryCurrency() {
    for (int i = 0; i < 330; i++) {
      gcore.spends(
          20040 + i % 7,
          FIRST.plusDays(i % 20),
          i % 3 == 0 ? "CDN" : "Cloud",
          i % 2 == 0 ? "EUR" : "USD",
          new BigDecimal("118.204400000001").multiply(BigDecimal.valueOf(i % 11 - 2)));
    }
    gcore.spends(20044, FIRST.plusDays(30), "CDN", "EUR", new BigDecimal("0.000000000001"));

    post(poll());

    assertThat(knownByCurrency()).isEqualTo(plain(gcore.booked(FIRST, FIRST.plusDays(30))));
    assertThat(post(poll()).isEmpty()).isTrue();
  }

  @Test
  void aWithdrawnRowIsTakenBackAndItsReplacementBooked() {
    gcore.spends(20044, FIRST.plusDays(3), "Cloud", "USD", new BigDecimal("64"));
    int overcommit = gcore.spends(20044, FIRST.plusDays(1), "Cloud", "USD", new BigDecimal("640"));
    int only = gcore.spends(20099, FIRST.plusDays(2), "CDN", "EUR", new BigDecimal("3.5"));
    post(poll());
    assertThat(knownByCurrency()).containsEntry("USD", "704").containsEntry("EUR", "3.5");

    gcore.withdraw(overcommit).withdraw(only);
    gcore.spends(20044, FIRST.plusDays(1), "Cloud", "USD", new BigDecimal("512.25"));
    Posting posting = post(poll());

    assertThat(posting.charges()).hasSize(2).noneMatch(ChargeRevision::vanished);
    assertThat(knownByCurrency()).containsEntry("USD", "576.25").containsEntry("EUR", "0");
    assertThat(plain(gcore.booked(FIRST, FIRST.plusDays(30)))).containsEntry("USD", "576.25");
  }

  @Test
  void aTaskThatIsNotFinishedIsFollowedWhenTheListNoLongerHasIt() {
    String failing = gcore.report("ResellerExpenses", "Pending");
    String stuck = gcore.report("ResellerPlans", "InProgress");
    String deleted = gcore.report("ResellerCredits", "Pending");
    assertThat(states(poll())).containsValue(State.PENDING).hasSize(3);

    now = now.plus(Duration.ofHours(30));
    String latest = gcore.report("ResellerExpenses", "Completed");
    poll();
    now = now.plus(Duration.ofHours(1));
    gcore.status(failing, "Failed", "statistics unavailable").delete(deleted);
    Reading reading = poll();

    assertThat(states(reading))
        .containsOnly(
            Map.entry(failing, State.FAILED),
            Map.entry(stuck, State.PENDING),
            Map.entry(deleted, State.CANCELLED),
            Map.entry(latest, State.COMPLETED));
  }

  @Test
  void manyUnfinishedTasksAreListedAgainInsteadOfAskedForOneByOne() {
    for (int i = 0; i < 120; i++) {
      gcore.report("ResellerExpenses", "Pending");
    }
    poll();
    now = now.plus(Duration.ofDays(3));
    gcore.report("ResellerExpenses", "Completed");
    poll();
    long before = requests();
    assertThat(states(poll())).hasSize(121);
    assertThat(requests() - before).isLessThan(5);
  }

  @Test
  void aTaskFromBeforeTheLastWeeksIsForgottenHere() {
    gcore.report("ResellerExpenses", "Pending");
    assertThat(poll().reports()).hasSize(1);
    now = now.plus(Duration.ofDays(36));
    assertThat(poll(now).reports()).isEmpty();
  }

  @Test
  void aTaskWithErrorsThatWasCompletedIsDegraded() {
    String task = gcore.report("ResellerExpenses", "InProgress");
    gcore.status(task, "Completed", "region skipped");
    assertThat(poll().reports()).singleElement().matches(ReportStatus::degraded);
  }

  private Reading poll() {
    return poll(JANUARY);
  }

  private Reading poll(Instant earliestNeeded) {
    PollResult result = source.poll(new PollContext(now, earliestNeeded));
    assertThat(result).isInstanceOf(PollResult.Complete.class);
    return ((PollResult.Complete) result).reading();
  }

  private Posting post(Reading reading) {
    Posting posting = ledger.prepare(reading, now);
    ledger.apply(posting);
    for (ChargeRevision revision : posting.charges()) {
      Charge charge = revision.charge();
      newest.put(charge.period() + "/" + charge.dimensions() + "/" + charge.unit(), charge);
    }
    return posting;
  }

  private Map<String, String> knownByCurrency() {
    var known = new TreeMap<String, BigDecimal>();
    newest
        .values()
        .forEach(charge -> known.merge(charge.unit().code(), charge.net(), BigDecimal::add));
    return plain(known);
  }

  private static Map<String, String> plain(Map<String, BigDecimal> amounts) {
    var plain = new TreeMap<String, String>();
    amounts.forEach((unit, amount) -> plain.put(unit, Amount.plain(amount)));
    return plain;
  }

  private static Map<String, State> states(Reading reading) {
    var states = new TreeMap<String, State>();
    reading.reports().forEach(task -> states.put(task.id(), task.state()));
    return states;
  }

  private long requests() {
    return sandbox.requests().counts("gcore").requests();
  }
}
