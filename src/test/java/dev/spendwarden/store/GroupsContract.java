package dev.spendwarden.store;

import static dev.spendwarden.store.Samples.T0;
import static dev.spendwarden.store.Samples.dead;
import static dev.spendwarden.store.Samples.delivered;
import static dev.spendwarden.store.Samples.notification;
import static dev.spendwarden.store.Samples.retried;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.spendwarden.alert.Transition.Kind;
import dev.spendwarden.charge.Names;
import dev.spendwarden.notify.Group;
import dev.spendwarden.notify.Groups.ToldMember;
import dev.spendwarden.notify.Member;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.notify.Outbox;
import dev.spendwarden.notify.Told;
import dev.spendwarden.policy.Severity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What every [dev.spendwarden.notify.Groups] does.
abstract class GroupsContract extends DatabaseContract {

  private static final Instant LATER = T0.plusSeconds(60);

  private static Group group(String id, Optional<Instant> flushAt) {
    return new Group(
        id,
        "hooks",
        "{}/{team=\"a\"}",
        Map.of("team", "a", "user", "ü\"1"),
        true,
        Duration.ofMinutes(5),
        flushAt,
        false,
        Instant.EPOCH);
  }

  private static Member member(String group, String alert, String budget, Kind kind) {
    return new Member(
        group,
        "hooks",
        alert,
        "policy",
        budget,
        kind == Kind.FIRED ? Optional.empty() : Optional.of(Severity.WARNING),
        kind,
        Severity.CRITICAL,
        "swn_" + alert + kind,
        T0,
        "{\"alert\":{\"id\":\"" + alert + "\",\"severity\":\"critical\"}}");
  }

  private void change(Consumer<Outbox> change) {
    ask(outbox -> {
      change.accept(outbox);
      return true;
    });
  }

  private <T> T ask(Function<Outbox, T> question) {
    return database.transact(ports -> question.apply(ports.outbox()));
  }

  private <T> List<T> list(Function<Outbox, List<T>> question) {
    return ask(question);
  }

  private <T> Optional<T> maybe(Function<Outbox, Optional<T>> question) {
    return ask(question);
  }

  private long number(Function<Outbox, Long> question) {
    return ask(question);
  }

  private static List<ToldMember> tell(Outbox outbox, String id, Instant at, Member... members) {
    var told = outbox.groups().tell(id, List.of(members));
    outbox.add(groupMessage(id, at));
    return told;
  }

  private static Notification groupMessage(String id, Instant at) {
    return new Notification(
        id,
        "hooks",
        "alert.group",
        Optional.empty(),
        Optional.empty(),
        1,
        "{}",
        Notification.State.PENDING,
        0,
        Optional.empty(),
        at,
        Optional.of(at),
        Optional.empty());
  }

  @Test
  void aGroupComesBackAsItWasPut() {
    Group first = group("g1", Optional.of(LATER));
    change(o -> o.groups().put(first));
    assertThat(maybe(o -> o.groups().find("g1"))).contains(first);
    Group after = group("g1", Optional.empty());
    change(o -> o.groups().put(after));
    assertThat(maybe(o -> o.groups().find("g1"))).contains(after);
    change(o -> o.groups().remove("g1"));
    assertThat(maybe(o -> o.groups().find("g1"))).isEmpty();
  }

  @Test
  void groupsAreDueInTheOrderOfTheirTimes() {
    change(o -> {
      o.groups().put(group("g1", Optional.of(LATER)));
      o.groups().put(group("g2", Optional.of(T0)));
      o.groups().put(group("g3", Optional.empty()));
    });
    assertThat(maybe(o -> o.groups().nextFlushAt())).contains(T0);
    assertThat(list(o -> o.groups().due(T0.minusNanos(1), 9))).isEmpty();
    assertThat(list(o -> o.groups().due(LATER, 9)))
        .extracting(Group::id)
        .containsExactly("g2", "g1");
    assertThat(list(o -> o.groups().due(LATER, 1))).extracting(Group::id).containsExactly("g2");
  }

  @Test
  void aGroupIsDueWhereThePolicyOfWhatWaitsLongestIs() {
    change(o -> {
      o.groups().put(group("g1", Optional.of(LATER)));
      o.groups().put(group("empty", Optional.of(T0)));
      o.groups().wait(member("g1", "a1", "b1", Kind.FIRED));
    });
    Names here = Names.only(List.of("policy"));
    assertThat(list(o -> o.groups().due(LATER, 9, here)))
        .extracting(Group::id)
        .containsExactly("g1");
    assertThat(maybe(o -> o.groups().nextFlushAt(here))).contains(LATER);
    Names elsewhere = Names.allBut(List.of("policy"));
    assertThat(list(o -> o.groups().due(LATER, 9, elsewhere)))
        .extracting(Group::id)
        .containsExactly("empty");
    assertThat(maybe(o -> o.groups().nextFlushAt(elsewhere))).contains(T0);
    assertThat(list(o -> o.groups().due(LATER, 9, Names.only(List.of("other"))))).isEmpty();
  }

  @Test
  void whatIsHeldCanBeWokenAndWhatIsIdleForgotten() {
    Group held =
        new Group(
            "held", "hooks", "{}", Map.of(), false, Duration.ZERO, Optional.of(LATER), true, T0);
    Group waits = group("waits", Optional.of(LATER));
    change(o -> {
      o.groups().put(held);
      o.groups().put(waits);
      o.groups().put(group("idle", Optional.empty()));
      o.groups().wakeHeld(T0);
      o.groups().removeIdle(T0);
    });
    assertThat(list(o -> o.groups().due(T0, 9))).extracting(Group::id).containsExactly("held");
    assertThat(maybe(o -> o.groups().find("waits"))).contains(waits);
    assertThat(maybe(o -> o.groups().find("idle"))).isEmpty();
  }

  @Test
  void whatIsWokenRestsAllTheSame() {
    Instant rested = T0.plusSeconds(30);
    change(o -> {
      o.groups()
          .put(
              new Group(
                  "g1",
                  "hooks",
                  "{}",
                  Map.of(),
                  true,
                  Duration.ZERO,
                  Optional.of(LATER),
                  true,
                  rested));
      o.groups().wakeHeld(T0);
    });
    assertThat(maybe(o -> o.groups().nextFlushAt())).contains(rested);
  }

  @Test
  void manyWaitAtOnceAsTheyWouldOneByOne() {
    Member escalated = member("g1", "a1", "b1", Kind.ESCALATED);
    Member second = member("g1", "a2", "b2", Kind.FIRED);
    change(o -> {
      o.groups().wait(member("g1", "a1", "b1", Kind.FIRED));
      o.groups().wait(List.of());
      o.groups().wait(List.of(escalated, second));
    });
    assertThat(list(o -> o.groups().waitingIn("g1"))).containsExactly(escalated, second);
  }

  @Test
  void ofAnAlertOneChangeWaitsForEachReceiver() {
    Member fired = member("g1", "a1", "b1", Kind.FIRED);
    Member escalated = member("g2", "a1", "b1", Kind.ESCALATED);
    change(o -> {
      o.groups().wait(fired);
      o.groups().wait(escalated);
      o.groups().wait(member("g2", "a2", "b2", Kind.FIRED));
    });
    assertThat(list(o -> o.groups().waitingOf("a1"))).containsExactly(escalated);
    assertThat(list(o -> o.groups().waitingIn("g1"))).isEmpty();
    assertThat(list(o -> o.groups().waitingIn("g2"))).hasSize(2);
    change(o -> o.groups().forget("hooks", "a1"));
    assertThat(list(o -> o.groups().waitingOf("a1"))).isEmpty();
  }

  @Test
  void whatIsToldIsCountedOnWithItsBudgetAndKnownToHaveBeenTold() {
    Member first = member("g1", "a1", "b1", Kind.RESOLVED);
    Member second = member("g1", "a2", "b1", Kind.FIRED);
    Member other = member("g1", "a3", "b2", Kind.FIRED);
    change(o -> {
      assertThat(o.nextSequence("policy", "b1", "hooks")).isEqualTo(1);
      List.of(first, second, other).forEach(o.groups()::wait);
    });
    assertThat(list(o -> tell(o, "n1", LATER, first, second, other)))
        .containsExactly(
            new ToldMember(first, 2), new ToldMember(second, 3), new ToldMember(other, 1));
    assertThat(number(o -> o.nextSequence("policy", "b1", "hooks"))).isEqualTo(4);
    assertThat(list(o -> o.groups().waitingIn("g1"))).isEmpty();
    assertThat(list(o -> o.groups().membersOf("n1", 2)))
        .containsExactly(new ToldMember(first, 2), new ToldMember(second, 3));
    assertTold("a2", 3);
  }

  private void assertTold(String alertId, long sequence) {
    assertThat(list(o -> o.toldOf(alertId)))
        .extracting(Told::receiver, Told::sequence, Told::at)
        .containsExactly(tuple("hooks", sequence, T0));
  }

  @Test
  void whatIsToldOfDifferentBudgetsIsCountedOnWithEach() {
    Member first = member("g1", "a1", "b1", Kind.FIRED);
    Member other = member("g1", "a2", "b2", Kind.FIRED);
    Member elsewhere = member("g2", "a3", "b1", Kind.FIRED);
    change(o -> {
      assertThat(o.nextSequence("policy", "b1", "hooks")).isEqualTo(1);
      List.of(first, other, elsewhere).forEach(o.groups()::wait);
    });
    assertThat(list(o -> tell(o, "n1", LATER, first, other)))
        .containsExactly(new ToldMember(first, 2), new ToldMember(other, 1));
    assertThat(list(o -> o.groups().waitingIn("g1"))).isEmpty();
    assertThat(list(o -> o.groups().waitingIn("g2"))).containsExactly(elsewhere);
    assertThat(list(o -> o.groups().membersOf("n1", 9)))
        .containsExactly(new ToldMember(first, 2), new ToldMember(other, 1));
    assertThat(number(o -> o.nextSequence("policy", "b2", "hooks"))).isEqualTo(2);
    assertTold("a2", 1);
  }

  @Test
  void whatIsToldAtOnceIsAsIfItHadWaited() {
    Member first = member("g1", "a1", "b1", Kind.FIRED);
    Member other = member("g1", "a2", "b2", Kind.FIRED);
    Member elsewhere = member("g1", "a3", "b3", Kind.FIRED);
    change(o -> {
      assertThat(o.nextSequence("policy", "b1", "hooks")).isEqualTo(1);
      o.groups().wait(elsewhere);
    });
    assertThat(list(o -> tellAtOnce(o, "n1", first, other)))
        .containsExactly(new ToldMember(first, 2), new ToldMember(other, 1));
    assertThat(list(o -> o.groups().membersOf("n1", 9)))
        .containsExactly(new ToldMember(first, 2), new ToldMember(other, 1));
    assertThat(list(o -> o.groups().waitingIn("g1"))).containsExactly(elsewhere);
    assertThat(list(o -> o.groups().waitingOf("a1"))).isEmpty();
    assertThat(list(o -> o.groups().notificationsOf("a1"))).containsExactly("n1");
    assertThat(number(o -> o.nextSequence("policy", "b2", "hooks"))).isEqualTo(2);
    assertTold("a1", 2);
    assertTold("a2", 1);
  }

  @Test
  void twoOfOneBudgetThatAreToldAtOnceGetTwoSequences() {
    Member first = member("g1", "a1", "b1", Kind.RESOLVED);
    Member next = member("g1", "a2", "b1", Kind.FIRED);
    assertThat(list(o -> tellAtOnce(o, "n1", first, next)))
        .containsExactly(new ToldMember(first, 1), new ToldMember(next, 2));
    assertThat(list(o -> o.groups().membersOf("n1", 9)))
        .containsExactly(new ToldMember(first, 1), new ToldMember(next, 2));
    assertThat(number(o -> o.nextSequence("policy", "b1", "hooks"))).isEqualTo(3);
  }

  private static List<ToldMember> tellAtOnce(Outbox outbox, String id, Member... members) {
    var told = outbox.groups().tellAtOnce(id, List.of(members));
    outbox.add(groupMessage(id, LATER));
    return told;
  }

  @Test
  void whatIsRefreshedStaysInItsPlaceAndIsToldAsItIsThen() {
    Member first = member("g1", "a1", "b1", Kind.FIRED);
    Member second = member("g1", "a2", "b2", Kind.FIRED);
    Member fresh = at(LATER, first);
    change(o -> {
      List.of(first, second).forEach(o.groups()::wait);
      o.groups().refresh(List.of(fresh, at(LATER, member("g1", "unknown", "b3", Kind.FIRED))));
    });
    assertThat(list(o -> o.groups().waitingIn("g1"))).containsExactly(fresh, second);
    assertThat(list(o -> tell(o, "n1", LATER, fresh)))
        .as("what is not named waits on")
        .containsExactly(new ToldMember(fresh, 1));
    assertThat(list(o -> o.groups().waitingIn("g1"))).containsExactly(second);
    assertThat(list(o -> o.groups().membersOf("n1", 9))).containsExactly(new ToldMember(fresh, 1));
    assertThat(list(o -> o.toldOf("a1"))).extracting(Told::at).containsExactly(LATER);
    change(o -> o.groups().refresh(List.of(first)));
    assertThat(list(o -> o.toldOf("a1")))
        .as("what was told stands")
        .extracting(Told::at)
        .containsExactly(LATER);
  }

  private static Member at(Instant at, Member member) {
    return member.refreshed(
        at, "{\"alert\":{\"id\":\"" + member.alertId() + "\",\"severity\":\"warning\"}}");
  }

  @Test
  void whatWasToldLastCountsWhetherAloneOrTogether() {
    Member member = member("g1", "a1", "b1", Kind.FIRED);
    change(o -> {
      o.groups().wait(member);
      var _ = tell(o, "n1", T0, member);
      Notification alone = notification("n2", "hooks", "b1", 2, T0);
      o.add(
          new Notification(
              "n2",
              "hooks",
              "alert.escalated",
              Optional.of("a1"),
              Optional.of("b1"),
              2,
              "{\"time\":\"" + LATER + "\"}",
              alone.state(),
              0,
              Optional.empty(),
              T0,
              Optional.of(T0),
              Optional.empty()));
    });
    assertThat(list(o -> o.toldOf("a1"))).extracting(Told::sequence).containsExactly(2L);
    Member again = member("g1", "a1", "b1", Kind.RESOLVED);
    change(o -> {
      assertThat(o.nextSequence("policy", "b1", "hooks")).isEqualTo(2);
      o.groups().wait(again);
      var _ = tell(o, "n3", LATER, again);
    });
    assertThat(list(o -> o.toldOf("a1"))).extracting(Told::sequence).containsExactly(3L);
  }

  @Test
  void whenEachReceiverWasToldIsAnsweredForManyAlertsAsForOne() {
    Member together = member("g1", "a1", "b1", Kind.FIRED);
    Member waits = member("g1", "a2", "b2", Kind.FIRED);
    Member waitsWithoutTime = member("g2", "a3", "b3", Kind.FIRED);
    var many = new ArrayList<String>();
    change(o -> {
      o.groups().put(group("g1", Optional.of(LATER)));
      o.groups().put(group("g2", Optional.empty()));
      o.groups().wait(together);
      var _ = tell(o, "n1", T0, together);
      o.groups().wait(List.of(waits, waitsWithoutTime));
      for (int i = 0; i < 1_100; i++) {
        many.add("alone" + i);
        o.add(ofAlert("alone" + i, 1, T0));
      }
      o.add(ofAlert("alone7", 2, LATER));
      o.add(ofAlert("a2", 1, T0));
    });
    many.addAll(List.of("a1", "a2", "a3", "unknown"));
    var at = new HashMap<String, Map<String, Instant>>();
    change(o -> {
      at.putAll(o.toldAt(many));
      for (String id : eachFiftiethAndTheLast(many)) {
        Map<String, Instant> one = o.toldAt(List.of(id)).getOrDefault(id, Map.of());
        assertThat(at.getOrDefault(id, Map.of())).as(id).isEqualTo(one);
      }
      assertThat(o.toldAt(List.of())).isEmpty();
    });
    assertThat(at).hasSize(1_102).doesNotContainKeys("a3", "unknown");
    assertThat(at.get("alone6")).isEqualTo(Map.of("hooks", T0));
    assertThat(at.get("alone7")).isEqualTo(Map.of("hooks", LATER));
    assertThat(at.get("alone1099")).isEqualTo(Map.of("hooks", T0));
    assertThat(at.get("a1")).isEqualTo(Map.of("hooks", T0));
    assertThat(at.get("a2")).as("what waits counts").isEqualTo(Map.of("hooks", LATER));
  }

  private static Notification ofAlert(String alertId, long sequence, Instant time) {
    return new Notification(
        alertId + "-" + sequence,
        "hooks",
        "alert.fired",
        Optional.of(alertId),
        Optional.of("b-" + alertId),
        sequence,
        "{\"time\":\"" + time + "\"}",
        Notification.State.PENDING,
        0,
        Optional.empty(),
        T0.minusSeconds(60),
        Optional.of(T0),
        Optional.empty());
  }

  /// One by one all of them would take a database half a minute.
  private static List<String> eachFiftiethAndTheLast(List<String> all) {
    int special = all.size() - 10;
    return IntStream.range(0, all.size())
        .filter(i -> i % 50 == 0 || i >= special)
        .mapToObj(all::get)
        .toList();
  }

  @Test
  void whatAGroupToldGoesWithItsNotification() {
    Member member = member("g1", "a1", "b1", Kind.FIRED);
    Member waiting = member("g1", "a2", "b2", Kind.FIRED);
    change(o -> {
      o.groups().wait(member);
      o.groups().wait(waiting);
      var _ = tell(o, "n1", T0, member);
    });
    database.prune(T0.plusSeconds(1_000));
    assertThat(list(o -> o.groups().membersOf("n1", 9))).hasSize(1);
    change(o -> o.update(delivered(groupMessage("n1", T0), T0)));
    database.prune(T0.plusSeconds(1_000));
    assertThat(list(o -> o.groups().membersOf("n1", 9))).isEmpty();
    assertThat(list(o -> o.groups().waitingIn("g1"))).containsExactly(waiting);
  }

  /// Goal: messages of single alerts and of groups leave in each budget's order, whatever happens.
  /// Method: random outcomes on a few budgets; what is handed out must be the definition's answer.
  @Test
  void nextDueIsTheDefinitionsAnswerThroughRandomHistories() {
    var random = new Random(11);
    var sequences = new HashMap<String, Map<String, Long>>();
    int added = 0;
    for (int step = 0; step < 400; step++) {
      Instant now = T0.plusSeconds(step);
      int dice = random.nextInt(5);
      if (dice < 3) {
        String id = "n" + ++added;
        var budgets = new ArrayList<String>();
        for (int i = 0; i < (dice == 0 ? 1 : 1 + random.nextInt(4)); i++) {
          budgets.add("b" + random.nextInt(6));
        }
        sequences.put(id, dice == 0 ? addAlone(id, budgets, now) : addGroup(id, budgets, now));
      } else if (added > 0) {
        Notification any = list(o -> o.page(0, 1_000)).get(random.nextInt(added));
        Notification outcome =
            switch (random.nextInt(4)) {
              case 0 -> delivered(any, now);
              case 1 -> dead(any);
              default -> retried(any, now.plusSeconds(random.nextInt(30)));
            };
        change(o -> o.update(outcome));
      }
      List<Notification> pending =
          list(o -> o.page(0, 1_000)).reversed().stream()
              .filter(n -> n.nextAttemptAt().isPresent())
              .toList();
      List<Notification> free =
          pending.stream()
              .filter(n ->
                  pending.stream()
                      .noneMatch(o ->
                          sequences.get(n.id()).entrySet().stream()
                              .anyMatch(line ->
                                  sequences.get(o.id()).getOrDefault(line.getKey(), Long.MAX_VALUE)
                                      < line.getValue())))
              .toList();
      assertThat(maybe(o -> o.nextDue("hooks", now)))
          .as("step %d", step)
          .isEqualTo(free.stream().filter(n -> !n.nextAttemptAt().get().isAfter(now)).findFirst());
      assertThat(maybe(o -> o.nextDueAt("hooks")))
          .isEqualTo(free.stream().map(n -> n.nextAttemptAt().get()).min(Instant::compareTo));
    }
    assertThat(database.verify()).isEmpty();
  }

  private Map<String, Long> addAlone(String id, List<String> budgets, Instant now) {
    String budget = budgets.getFirst();
    long sequence = ask(o -> o.nextSequence("policy", budget, "hooks"));
    change(o -> o.add(notification(id, "hooks", budget, sequence, now)));
    return Map.of(budget, sequence);
  }

  private Map<String, Long> addGroup(String id, List<String> budgets, Instant now) {
    var members = new ArrayList<Member>();
    for (int i = 0; i < budgets.size(); i++) {
      members.add(member("g", id + "/" + i, budgets.get(i), Kind.FIRED));
    }
    var lines = new HashMap<String, Long>();
    change(o -> {
      members.forEach(o.groups()::wait);
      tell(o, id, now, members.toArray(Member[]::new))
          .forEach(told -> lines.merge(told.member().budgetId(), told.sequence(), Math::min));
    });
    return lines;
  }
}
