package dev.spendwarden.enforce;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.alert.Snapshot;
import dev.spendwarden.charge.Amount;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.ledger.DataState;
import dev.spendwarden.ledger.Selection;
import dev.spendwarden.ledger.SourceStatus;
import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Budget;
import dev.spendwarden.policy.Limit;
import dev.spendwarden.policy.Period;
import dev.spendwarden.policy.PeriodSpec;
import dev.spendwarden.policy.Policy;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

final class DecisionsTest {

  private static final Instant NOW = Instant.parse("2027-01-20T09:00:00Z");
  private static final Period MONTH =
      new Period(
          Instant.parse("2027-01-01T00:00:00Z"),
          Instant.parse("2027-02-01T00:00:00Z"),
          ZoneOffset.UTC);

  private final Map<String, Policy> policies = new LinkedHashMap<>();
  private final Map<String, Snapshot.BudgetView> budgets = new LinkedHashMap<>();
  private final Decisions decisions = new Decisions();
  private final Holds holds = new Holds();

  private Policy policy(
      String name,
      Map<Dimension, Set<String>> where,
      List<Dimension> per,
      boolean enforce,
      boolean allow) {
    var selection = new Selection(Set.of("lab"), Selection.Kind.SPEND, where, Map.of(), per);
    var policy =
        new Policy(
            name,
            "",
            "",
            "",
            Map.of(),
            selection,
            new Limit.Fixed(Amount.of("250", Unit.USD)),
            new PeriodSpec.None(),
            ZoneOffset.UTC,
            false,
            Optional.empty(),
            BigDecimal.valueOf(20),
            Optional.empty(),
            new Policy.Decisions(enforce, allow),
            List.of(),
            List.of(),
            name);
    policies.put(name, policy);
    return policy;
  }

  private void budget(Policy policy, Dimensions labels, String spent, DataState state) {
    Budget budget = Budget.of(policy.name(), labels);
    budgets.put(
        budget.id(),
        new Snapshot.BudgetView(
            new Assessment(
                budget,
                NOW,
                MONTH,
                Optional.of(Unit.USD),
                Optional.of(new BigDecimal(spent)),
                Optional.of(new BigDecimal("250")),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                Map.of(),
                Optional.empty(),
                OptionalDouble.empty(),
                Optional.of(NOW),
                state,
                Optional.empty(),
                List.of(),
                List.of()),
            Optional.empty()));
  }

  private Policy perUser(boolean enforce, boolean allowUnknown) {
    return policy("quota", Map.of(), List.of(Dimension.USER), enforce, allowUnknown);
  }

  private static Dimensions user(String id) {
    return Dimensions.of(Dimension.USER, id);
  }

  private Snapshot snapshot() {
    var status = new SourceStatus("lab", Optional.of(NOW), Optional.empty(), Optional.empty());
    return new Snapshot(NOW, new LinkedHashMap<>(policies), budgets, List.of(status), List.of());
  }

  private Decision ask(String amount, String unit, String... labels) {
    return decisions.decide(request(amount, unit, labels), snapshot(), holds, NOW);
  }

  private static Decision.Request request(String amount, String unit, String... labels) {
    var dimensions = new LinkedHashMap<Dimension, String>();
    for (String label : labels) {
      String[] parts = label.split("=");
      dimensions.put(Dimension.parse(parts[0]).orElseThrow(), parts[1]);
    }
    return new Decision.Request(dimensions, Amount.of(amount, Unit.of(unit)));
  }

  @Test
  void exactlyAtTheLimitIsAllowedAndAPennyMoreIsNot() {
    budget(perUser(true, true), user("u1"), "205", DataState.FRESH);
    Decision at = ask("45", "USD", "source=lab", "user=u1");
    assertThat(at.allow()).isTrue();
    assertThat(at.reasons()).isEmpty();
    assertThat(at.left()).contains(new BigDecimal("45"));
    Decision over = ask("45.01", "USD", "source=lab", "user=u1");
    assertThat(over.allow()).isFalse();
    assertThat(over.reasons())
        .containsExactly(
            "budget quota (user=u1) has 45 USD left (205 of 250 spent); 45.01 more would pass its"
                + " limit");
  }

  @Test
  void aPolicyThatDoesNotEnforceIsShownAndNeverRefuses() {
    budget(perUser(false, false), user("u1"), "250", DataState.STALE);
    Decision decision = ask("1", "USD", "source=lab", "user=u1");
    assertThat(decision.allow()).isTrue();
    assertThat(decision.reasons()).isEmpty();
    assertThat(decision.policies()).hasSize(1);
    assertThat(decision.policies().getFirst().allow()).isFalse();
  }

  @Test
  void heldDataAnswersByWhenUnknown() {
    budget(perUser(true, true), user("u1"), "0", DataState.STALE);
    Decision allowed = ask("1", "USD", "source=lab", "user=u1");
    assertThat(allowed.allow()).isTrue();
    assertThat(allowed.reasons())
        .containsExactly(
            "budget quota (user=u1) cannot be judged: its data is stale; its when_unknown is"
                + " allow");
    perUser(true, false);
    assertThat(ask("1", "USD", "source=lab", "user=u1").allow()).isFalse();
  }

  @Test
  void anotherUnitIsUnknown() {
    budget(perUser(true, false), user("u1"), "0", DataState.FRESH);
    Decision decision = ask("1", "EUR", "source=lab", "user=u1");
    assertThat(decision.allow()).isFalse();
    assertThat(decision.left()).isEmpty();
    assertThat(decision.reasons().getFirst()).contains("it counts USD, not EUR");
  }

  @Test
  void onlyBudgetsThatTheChargeWouldBeBookedOnMatch() {
    Policy users = perUser(true, true);
    budget(users, user("u1"), "240", DataState.FRESH);
    budget(users, user("u2"), "0", DataState.FRESH);
    Policy all = policy("all", Map.of(), List.of(), true, true);
    budget(all, Dimensions.NONE, "100", DataState.FRESH);
    Policy forte = policy("forte", Map.of(Dimension.QPU, Set.of("forte")), List.of(), true, true);
    budget(forte, Dimensions.NONE, "249", DataState.FRESH);

    assertThat(names(ask("5", "USD", "source=lab", "user=u1"))).containsExactly("quota", "all");
    assertThat(names(ask("5", "USD", "source=lab"))).containsExactly("all");
    assertThat(names(ask("5", "USD", "user=u2"))).containsExactly("quota", "all");
    assertThat(names(ask("5", "USD", "source=other", "user=u1"))).isEmpty();
    Decision onForte = ask("5", "USD", "source=lab", "user=u1", "qpu=forte");
    assertThat(names(onForte)).containsExactlyInAnyOrder("quota", "all", "forte");
    assertThat(onForte.left()).contains(BigDecimal.ONE);
    assertThat(onForte.allow()).isFalse();
    assertThat(onForte.reasons()).hasSize(1);
  }

  private static List<String> names(Decision decision) {
    return decision.policies().stream().map(Decision.Judged::policy).toList();
  }

  @Test
  void aUserWhoHasSpentNothingYetHasAWholeLimit() {
    perUser(true, true);
    Decision decision = ask("251", "USD", "source=lab", "user=new");
    assertThat(decision.allow()).isFalse();
    assertThat(decision.left()).contains(new BigDecimal("250"));
  }

  private Optional<Hold> reserve(String amount) {
    return holds.exclusively(taken -> {
      Decision.Request request = request(amount, "USD", "source=lab", "user=u1");
      Decision decision = decisions.decide(request, snapshot(), taken, NOW);
      if (!decision.allow()) {
        return Optional.empty();
      }
      var hold =
          new Hold(
              "dec_" + taken.size(),
              request.amount(),
              Set.of(decision.policies().getFirst().budgetId()),
              Hold.State.HELD,
              NOW,
              NOW.plus(Duration.ofMinutes(15)),
              Optional.empty());
      taken.put(hold);
      return Optional.of(hold);
    });
  }

  @Test
  void twoAtOnceNeverTakeTheLastFifty() throws Exception {
    budget(perUser(true, true), user("u1"), "200", DataState.FRESH);
    var start = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var answers = new ArrayList<Future<Optional<Hold>>>();
      for (int i = 0; i < 64; i++) {
        answers.add(
            threads.submit(() -> {
              start.await();
              return reserve("50");
            }));
      }
      start.countDown();
      int yes = 0;
      for (Future<Optional<Hold>> answer : answers) {
        yes += answer.get().isPresent() ? 1 : 0;
      }
      assertThat(yes).isEqualTo(1);
    }
    assertThat(ask("0", "USD", "source=lab", "user=u1").left())
        .contains(BigDecimal.ZERO.setScale(0));
  }

  @Test
  void aHoldCountsUntilItExpiresIsReleasedOrItsSpendIsSeen() {
    budget(perUser(true, true), user("u1"), "200", DataState.FRESH);
    Hold hold = reserve("50").orElseThrow();
    Optional<Instant> asOf = Optional.of(NOW);
    assertThat(hold.counts(asOf, hold.expiresAt().minusNanos(1))).isTrue();
    assertThat(hold.counts(asOf, hold.expiresAt())).isFalse();
    assertThat(hold.released(NOW).counts(asOf, NOW)).isFalse();
    Hold settled = hold.settled(Amount.of("38", Unit.USD), NOW.plusSeconds(60));
    assertThat(settled.counts(asOf, hold.expiresAt().plusSeconds(1))).isTrue();
    assertThat(settled.counts(Optional.of(NOW.plusSeconds(61)), NOW.plusSeconds(61))).isFalse();
    holds.put(settled);
    assertThat(ask("0", "USD", "source=lab", "user=u1").left()).contains(new BigDecimal("12"));
  }
}
