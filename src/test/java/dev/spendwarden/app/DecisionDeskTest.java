package dev.spendwarden.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.spendwarden.alert.Snapshot;
import dev.spendwarden.charge.Amount;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.enforce.Decision;
import dev.spendwarden.ledger.DataState;
import dev.spendwarden.ledger.Selection;
import dev.spendwarden.ledger.SourceStatus;
import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Budget;
import dev.spendwarden.policy.Limit;
import dev.spendwarden.policy.Period;
import dev.spendwarden.policy.PeriodSpec;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.store.Database;
import dev.spendwarden.store.SqliteDatabase;
import dev.spendwarden.web.Commands.Result;
import dev.spendwarden.web.Enforcing.Reserved;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two jobs that ask at the same instant for the last of a budget, and what is left of it after a
/// restart.
class DecisionDeskTest {

  private static final Instant NOW = Instant.parse("2027-01-20T09:00:00Z");
  private static final Duration KEEP = Duration.ofMinutes(15);
  private static final Decision.Request LAST_FIFTY =
      new Decision.Request(Map.of(Dimension.USER, "u1"), Amount.of("50", Unit.USD));

  @TempDir private Path folder;
  private Database database;

  @BeforeEach
  void open() {
    database =
        SqliteDatabase.open("jdbc:sqlite:" + folder.resolve("s.db"), InstantSource.fixed(NOW));
  }

  @AfterEach
  void close() {
    database.close();
  }

  /// Each is kept in the middle of its decision until the other is there too or waits for its turn.
  @Test
  void twoAtOnceNeverBothTakeTheLastFifty() throws Exception {
    Snapshot snapshot = snapshot();
    Set<Thread> inside = ConcurrentHashMap.newKeySet();
    List<Thread> asking = new ArrayList<>();
    var desk =
        new DecisionDesk(
            () -> {
              inside.add(Thread.currentThread());
              await()
                  .until(() ->
                      asking.stream()
                          .allMatch(
                              t -> inside.contains(t) || t.getState() == Thread.State.BLOCKED));
              return snapshot;
            },
            database,
            InstantSource.fixed(NOW),
            () -> false);
    List<FutureTask<Reserved>> answers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      var answer = new FutureTask<>(() -> desk.reserve(LAST_FIFTY, KEEP));
      answers.add(answer);
      asking.add(new Thread(answer));
    }
    asking.forEach(Thread::start);

    List<Boolean> allowed = new ArrayList<>();
    for (FutureTask<Reserved> answer : answers) {
      allowed.add(answer.get().decision().allow());
    }
    assertThat(allowed).containsExactlyInAnyOrder(true, false);
  }

  @Test
  void whatIsReservedIsStillTakenAfterARestart() {
    InstantSource clock = InstantSource.fixed(NOW);
    assertThat(alone(clock).reserve(LAST_FIFTY, KEEP).hold()).isPresent();
    var again = alone(clock);
    assertThat(again.decide(LAST_FIFTY).allow()).isFalse();
  }

  private DecisionDesk alone(InstantSource clock) {
    return new DecisionDesk(this::snapshot, database, clock, () -> false);
  }

  @Test
  void whatIsReservedAtOneReplicaIsTakenAtAllOthersAtOnce() {
    DecisionDesk one = amongOthers();
    DecisionDesk two = amongOthers();
    Reserved reserved = one.reserve(LAST_FIFTY, KEEP);
    assertThat(reserved.hold()).isPresent();
    assertThat(two.reserve(LAST_FIFTY, KEEP).hold()).isEmpty();

    String id = reserved.hold().orElseThrow().id();
    assertThat(two.release(id)).isEqualTo(Result.Done.NOTHING_MADE);
    assertThat(one.settle(id, new BigDecimal("50"))).isInstanceOf(Result.Conflict.class);
    assertThat(one.reserve(LAST_FIFTY, KEEP).hold()).isPresent();
  }

  @Test
  void whatOthersReservedCountsInDecisionsOnceItWasReadBack() {
    DecisionDesk one = amongOthers();
    DecisionDesk two = amongOthers();
    String id = one.reserve(LAST_FIFTY, KEEP).hold().orElseThrow().id();
    await()
        .untilAsserted(() -> {
          two.lookAround();
          assertThat(two.decide(LAST_FIFTY).allow()).isFalse();
        });
    one.release(id);
    await()
        .untilAsserted(() -> {
          two.lookAround();
          assertThat(two.decide(LAST_FIFTY).allow()).isTrue();
        });
  }

  private DecisionDesk amongOthers() {
    return new DecisionDesk(this::snapshot, database, InstantSource.fixed(NOW), () -> true);
  }

  /// One budget of 250 USD of which 200 are spent.
  private Snapshot snapshot() {
    var policy =
        new Policy(
            "quota",
            "",
            "",
            "",
            Map.of(),
            new Selection(
                Set.of("lab"), Selection.Kind.SPEND, Map.of(), Map.of(), List.of(Dimension.USER)),
            new Limit.Fixed(Amount.of("250", Unit.USD)),
            new PeriodSpec.None(),
            ZoneOffset.UTC,
            false,
            Optional.empty(),
            BigDecimal.valueOf(20),
            Optional.empty(),
            new Policy.Decisions(true, false),
            List.of(),
            List.of(),
            "quota");
    Budget budget = Budget.of("quota", Dimensions.of(Dimension.USER, "u1"));
    var month =
        new Period(
            Instant.parse("2027-01-01T00:00:00Z"),
            Instant.parse("2027-02-01T00:00:00Z"),
            ZoneOffset.UTC);
    var assessment =
        new Assessment(
            budget,
            NOW,
            month,
            Optional.of(Unit.USD),
            Optional.of(new BigDecimal("200")),
            Optional.of(new BigDecimal("250")),
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            Map.of(),
            Optional.empty(),
            OptionalDouble.empty(),
            Optional.of(NOW),
            DataState.FRESH,
            Optional.empty(),
            List.of(),
            List.of());
    return new Snapshot(
        NOW,
        Map.of("quota", policy),
        Map.of(budget.id(), new Snapshot.BudgetView(assessment, Optional.empty())),
        List.of(new SourceStatus("lab", Optional.of(NOW), Optional.empty(), Optional.empty())),
        List.of());
  }
}
