package dev.spendwarden.store;

import static dev.spendwarden.store.Samples.T0;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatObject;

import dev.spendwarden.charge.Amount;
import dev.spendwarden.charge.Names;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.enforce.Action;
import dev.spendwarden.enforce.ActionSpec;
import dev.spendwarden.enforce.AuditChain;
import dev.spendwarden.enforce.AuditRow;
import dev.spendwarden.enforce.EnforceStore;
import dev.spendwarden.enforce.Figure;
import dev.spendwarden.enforce.Hold;
import dev.spendwarden.enforce.Target;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.assertj.core.api.ObjectAssert;
import org.junit.jupiter.api.Test;

/// What every [EnforceStore] does.
abstract class EnforceStoreContract extends DatabaseContract {

  private static final Instant LATER = T0.plusSeconds(60);

  private static Action planned(String name, String alertId, int round, Instant at) {
    return Action.planned(
        new Action.Kind(
            name, "ionq.cancel_jobs", ActionSpec.Mode.APPROVE, ActionSpec.Undo.PERIOD_END),
        new Action.Subject(
            "policy",
            "budget",
            Samples.user("u1"),
            "rule",
            alertId,
            round,
            "u1",
            T0,
            T0.plusSeconds(3600),
            Optional.of(Unit.of("USD")),
            Optional.of(new BigDecimal("120.500")),
            Optional.empty()),
        "it is spent",
        at);
  }

  private static Action done(Action action, Instant at) {
    return action
        .edit()
        .to(Action.State.DONE, Action.Phase.ACT)
        .targets(List.of(Target.of("job-1", "ready", "canceled").marked(Target.Mark.DONE)))
        .acting(at, 1)
        .outcome("one of one")
        .decidedBy("ada")
        .attempts(2)
        .done();
  }

  @Test
  void anActionComesBackAsItWasPutTheSameIdReplaces() {
    Action action = planned("cancel", "a1", 1, T0);
    change(store -> store.put(action));
    found(store -> store.find(action.id())).isEqualTo(Optional.of(action));

    Action after = done(action, LATER);
    change(store -> store.put(after));
    found(store -> store.find(action.id())).isEqualTo(Optional.of(after));
    found(store -> store.find("act_none")).isEqualTo(Optional.empty());
  }

  @Test
  void actionsAreFoundByAlertBudgetTimeAndCap() {
    Action first = done(planned("cancel", "a1", 1, T0), T0);
    Action second = planned("cancel", "a1", 2, LATER);
    change(store -> {
      store.put(first);
      store.put(second);
      store.put(planned("other", "a1", 1, LATER));
    });

    found(store -> store.newest("cancel", "a1")).isEqualTo(Optional.of(second));
    found(store -> store.inForce("cancel", "budget", T0)).isEqualTo(List.of(first));
    found(store -> store.due(T0, 10)).isEqualTo(List.of());
    found(store -> store.due(LATER, 1).size()).isEqualTo(1);
    found(EnforceStore::nextDue).isEqualTo(Optional.of(LATER));
    found(store -> store.due(LATER, 9, Names.only(List.of("policy"))).size()).isEqualTo(2);
    found(store -> store.due(LATER, 9, Names.allBut(List.of("policy")))).isEqualTo(List.of());
    found(store -> store.nextDue(Names.allBut(List.of("other")))).isEqualTo(Optional.of(LATER));
    found(store -> store.nextDue(Names.only(List.of("other")))).isEqualTo(Optional.empty());
    found(store -> store.live().size()).isEqualTo(2);
    found(store -> store.page(0, 2).size()).isEqualTo(2);
    found(store -> store.page(2, 2)).isEqualTo(List.of(first));
    found(store -> store.acted("cancel", T0.minusSeconds(1))).isEqualTo(1L);
    found(store -> store.acted("cancel", T0)).isEqualTo(0L);
  }

  @Test
  void auditRowsKeepTheirChain() {
    AuditRow one = AuditChain.next(Optional.empty(), T0, "ada", "approved", "act_1", details("€"));
    AuditRow two = AuditChain.next(Optional.of(one), LATER, "ada", "undone", "", details(""));
    found(EnforceStore::lastAudit).isEqualTo(Optional.empty());
    change(store -> store.append(one));
    change(store -> store.append(two));

    found(EnforceStore::lastAudit).isEqualTo(Optional.of(two));
    found(store -> store.audit(0, 1)).isEqualTo(List.of(one));
    found(store -> store.audit(1, 10)).isEqualTo(List.of(two));
    var chain = new AuditChain.Check();
    asked(store -> store.audit(0, 10)).forEach(chain::add);
    assertThat(chain.problems()).isEmpty();
  }

  private static TreeMap<String, String> details(String comment) {
    return new TreeMap<>(Map.of("comment", comment, "action", "cancel"));
  }

  @Test
  void figuresAndHoldsComeBackTheSameKeyReplaces() {
    var figure = new Figure("b1", T0, new BigDecimal("12.0"), Optional.of(new BigDecimal("0.5")));
    Hold held = hold("h1", "40", Hold.State.HELD, Optional.empty());
    Hold settled = hold("h2", "38.25", Hold.State.SETTLED, Optional.of(LATER));
    change(store -> {
      store.put(new Figure("b1", T0, BigDecimal.ONE, Optional.empty()));
      store.put(figure);
      store.put(held);
      store.put(hold("h2", "40", Hold.State.HELD, Optional.empty()));
      store.put(settled);
    });

    found(EnforceStore::figures).isEqualTo(List.of(figure));
    found(store -> store.hold("h2")).isEqualTo(Optional.of(settled));
    found(store -> Set.copyOf(store.holds(T0))).isEqualTo(Set.of(held, settled));
    found(store -> store.holds(T0.plusSeconds(1_000_000))).isEqualTo(List.of());
  }

  private static Hold hold(String id, String amount, Hold.State state, Optional<Instant> closed) {
    return new Hold(
        id,
        Amount.of(amount, Unit.of("USD")),
        Set.of("b1", "b2"),
        state,
        T0,
        T0.plusSeconds(900),
        closed);
  }

  @Test
  void theKillSwitchIsOnUntilSomebodyUsesIt() {
    found(EnforceStore::isEnabled).isEqualTo(true);
    change(store -> store.enable(false));
    found(EnforceStore::isEnabled).isEqualTo(false);
    change(store -> store.enable(true));
    found(EnforceStore::isEnabled).isEqualTo(true);
  }

  private void change(Consumer<EnforceStore> work) {
    database.transact(ports -> {
      work.accept(ports.enforce());
      return true;
    });
  }

  private <T> T asked(Function<EnforceStore, T> question) {
    return database.read(ports -> question.apply(ports.enforce()));
  }

  private <T> ObjectAssert<T> found(Function<EnforceStore, T> question) {
    return assertThatObject(asked(question));
  }
}
