package dev.spendwarden.store;

import static dev.spendwarden.store.Samples.T0;
import static dev.spendwarden.store.Samples.dead;
import static dev.spendwarden.store.Samples.delivered;
import static dev.spendwarden.store.Samples.drill;
import static dev.spendwarden.store.Samples.notification;
import static dev.spendwarden.store.Samples.retried;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.spendwarden.alert.ReceiverHealth;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.notify.Outbox;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// What every [Outbox] does.
abstract class OutboxContract extends DatabaseContract {

  private static final Instant LATER = T0.plusSeconds(60);

  @Test
  void aNotificationComesBackAsItWasAdded() {
    Notification n = notification("n1", "hooks", "b1", 1, T0.plusNanos(123_456_789));
    add(n, drill("d1", "hooks", T0));

    assertThat(find("n1")).contains(n);
    assertThat(find("d1")).contains(drill("d1", "hooks", T0));
    assertThat(find("n2")).isEmpty();
  }

  @Test
  void aNotificationAlreadyThereStaysAsItIs() {
    Notification n = notification("n1", "hooks", "b1", 1, T0);
    add(n);
    change(o -> o.update(delivered(n, LATER)));
    add(n);

    assertThat(find("n1")).contains(delivered(n, LATER));
    assertThat(nextDue("hooks", LATER)).isEmpty();
  }

  @Test
  void sequencesCountForEachPolicyBudgetAndReceiverForLife() {
    assertThat(nextSequence("p", "b1", "hooks")).isEqualTo(1);
    assertThat(nextSequence("p", "b1", "hooks")).isEqualTo(2);
    assertThat(nextSequence("p", "b1", "slack")).isEqualTo(1);
    assertThat(nextSequence("p", "b2", "hooks")).isEqualTo(1);
    assertThat(nextSequence("q", "b1", "hooks")).isEqualTo(1);
    database.prune(T0.plusSeconds(1_000_000_000));
    assertThat(nextSequence("p", "b1", "hooks")).isEqualTo(3);
  }

  @Test
  void aLaterNotificationDoesNotOvertakeAnOlderOneOfItsBudget() {
    Notification first = notification("n1", "hooks", "b1", 1, T0);
    Notification second = notification("n2", "hooks", "b1", 2, T0);
    Notification other = notification("n3", "hooks", "b2", 1, T0);
    add(first, second, other);

    assertThat(nextDue("hooks", T0)).contains(first);
    change(o -> o.update(retried(first, LATER)));
    assertThat(nextDue("hooks", T0)).contains(other);
    change(o -> o.update(delivered(other, T0)));
    assertThat(nextDue("hooks", T0)).isEmpty();
    assertThat(nextDue("hooks", LATER)).contains(retried(first, LATER));
    change(o -> o.update(delivered(retried(first, LATER), LATER)));
    assertThat(nextDue("hooks", LATER)).contains(second);
  }

  @Test
  void ofThoseThatAreDueTheOldestGoesFirstThoughItFellDueLast() {
    Notification oldest = notification("n1", "hooks", "b1", 1, T0);
    add(oldest, notification("n2", "hooks", "b2", 1, T0));
    change(o -> o.update(retried(oldest, LATER)));

    assertThat(nextDue("hooks", LATER)).contains(retried(oldest, LATER));
  }

  @Test
  void aDeadOneLetsTheNextGoAndRetriedByHandComesBeforeItAgain() {
    Notification first = notification("n1", "hooks", "b1", 1, T0);
    Notification second = notification("n2", "hooks", "b1", 2, T0);
    add(first, second);
    change(o -> o.update(dead(first)));

    assertThat(nextDue("hooks", T0)).contains(second);
    change(o -> o.update(retried(first, T0)));
    assertThat(nextDue("hooks", T0)).contains(retried(first, T0));
  }

  @Test
  void anOlderSequenceAddedLaterStillGoesFirst() {
    add(notification("n2", "hooks", "b1", 2, T0), notification("n1", "hooks", "b1", 1, LATER));

    assertThat(nextDue("hooks", T0)).isEmpty();
    assertThat(nextDue("hooks", LATER)).map(Notification::id).contains("n1");
  }

  @Test
  void drillsWaitForNobody() {
    Notification stuck = drill("d1", "hooks", LATER);
    Notification free = drill("d2", "hooks", T0);
    add(stuck, free);

    assertThat(nextDue("hooks", T0)).contains(free);
  }

  @Test
  void nextDueAtLooksOnlyAtThoseThatMayGoNext() {
    assertThat(nextDueAt("hooks")).isEmpty();
    add(
        notification("n1", "hooks", "b1", 1, LATER),
        notification("n2", "hooks", "b1", 2, T0),
        notification("n3", "slack", "b1", 1, T0));

    assertThat(nextDueAt("hooks")).contains(LATER);
    add(notification("n4", "hooks", "b2", 1, LATER.minusSeconds(1)));
    assertThat(nextDueAt("hooks")).contains(LATER.minusSeconds(1));
  }

  @Test
  void whatFallsDueLaterThanSaidFallsDueThenAndNothingElseDoes() {
    Notification first = notification("n1", "hooks", "b1", 1, T0);
    Notification behind = notification("n2", "hooks", "b1", 2, LATER);
    Notification sooner = notification("n3", "hooks", "b2", 1, T0);
    Notification done = notification("n4", "hooks", "b3", 1, T0);
    Notification another = notification("n5", "slack", "b1", 1, LATER);
    add(first, behind, sooner, done, another);
    change(o -> o.update(retried(first, LATER.plusSeconds(3_600))));
    change(o -> o.update(delivered(done, LATER)));
    Instant latest = T0.plusSeconds(1);
    change(o -> o.dueBy("hooks", latest));

    assertThat(find("n1")).contains(retried(first, latest));
    assertThat(find("n2").orElseThrow().nextAttemptAt()).contains(latest);
    assertThat(find("n3")).contains(sooner);
    assertThat(find("n4")).contains(delivered(done, LATER));
    assertThat(find("n5")).contains(another);
  }

  @Test
  void updateReplacesTheOutcomeAndNothingElse() {
    Notification n = notification("n1", "hooks", "b1", 1, T0);
    add(n);
    Notification outcome =
        new Notification(
            "n1",
            "hooks",
            "another type",
            Optional.empty(),
            Optional.of("b1"),
            9,
            "another body",
            Notification.State.PENDING,
            3,
            Optional.of("503"),
            LATER,
            Optional.of(LATER),
            Optional.empty());
    change(o -> o.update(outcome));

    Notification found = find("n1").orElseThrow();
    assertThat(found.body()).isEqualTo(n.body());
    assertThat(found.sequence()).isEqualTo(1);
    assertThat(found.createdAt()).isEqualTo(T0);
    assertThat(found.attempts()).isEqualTo(3);
    assertThat(found.lastError()).contains("503");
    assertThat(found.nextAttemptAt()).contains(LATER);
  }

  @Test
  void updateOfAnUnknownNotificationIsABug() {
    assertThatThrownBy(() -> change(o -> o.update(notification("n1", "hooks", "b1", 1, T0))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void onePendingWithoutATimeIsRefusedForItWouldNeverLeave() {
    Notification n = notification("n1", "hooks", "b1", 1, T0);
    var timeless =
        new Notification(
            "n1",
            "hooks",
            n.type(),
            n.alertId(),
            n.budgetId(),
            1,
            "{}",
            Notification.State.PENDING,
            0,
            Optional.empty(),
            T0,
            Optional.empty(),
            Optional.empty());
    assertThatThrownBy(() -> add(timeless)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void pagesRunFromTheNewestAdded() {
    for (int i = 1; i <= 5; i++) {
      add(notification("n" + i, "hooks", "b" + i, 1, T0));
    }

    assertThat(page(0, 2)).extracting(Notification::id).containsExactly("n5", "n4");
    assertThat(page(4, 2)).extracting(Notification::id).containsExactly("n1");
  }

  @Test
  void countsPendingAndDeadOfEachReceiver() {
    add(
        notification("n1", "hooks", "b1", 1, T0),
        notification("n2", "hooks", "b1", 2, T0),
        notification("n3", "slack", "b1", 1, T0),
        notification("n4", "quiet", "b1", 1, T0));
    change(o -> o.update(dead(notification("n1", "hooks", "b1", 1, T0))));
    change(o -> o.update(delivered(notification("n4", "quiet", "b1", 1, T0), T0)));

    assertThat(counts())
        .containsExactlyInAnyOrder(
            new Outbox.Counts("hooks", 1, 1), new Outbox.Counts("slack", 1, 0));
  }

  @Test
  void howDeliveriesGoIsWhatWaitsAndWhatAttemptsShowed() {
    Notification first = notification("n1", "hooks", "b1", 1, T0);
    Notification dead = notification("n2", "slack", "b1", 1, T0);
    add(first, dead, notification("n3", "mail", "b1", 1, LATER));
    change(o -> o.update(retried(first, LATER)));
    change(o -> o.update(dead(dead)));
    assertThat(this.<List<ReceiverHealth>>ask(Outbox::health))
        .containsExactly(
            new ReceiverHealth("hooks", 0, false, Optional.of(T0), Optional.of(T0)),
            new ReceiverHealth("mail", 0, false, Optional.empty(), Optional.of(T0)),
            new ReceiverHealth("slack", 1, false, Optional.empty(), Optional.empty()));

    Instant since = T0.plusSeconds(30);
    change(o -> o.putTrouble(new Outbox.Trouble("hooks", Optional.of(since), false)));
    change(o -> o.putTrouble(new Outbox.Trouble("gone", Optional.empty(), true)));
    assertThat(this.<List<ReceiverHealth>>ask(Outbox::health))
        .contains(
            new ReceiverHealth("hooks", 0, false, Optional.of(since), Optional.of(T0)),
            new ReceiverHealth("gone", 0, true, Optional.empty(), Optional.empty()));

    change(o -> o.putTrouble(new Outbox.Trouble("gone", Optional.empty(), false)));
    change(o -> o.putTrouble(new Outbox.Trouble("hooks", Optional.empty(), true)));
    assertThat(this.<List<ReceiverHealth>>ask(Outbox::health))
        .contains(new ReceiverHealth("hooks", 0, true, Optional.of(T0), Optional.of(T0)))
        .extracting(ReceiverHealth::receiver)
        .containsExactly("hooks", "mail", "slack");
  }

  @Test
  void memoryBelongsToOneReceiverAndAlertAndTheLastWordCounts() {
    change(o -> o.putMemory("slack", "a1", "first"));
    change(o -> o.putMemory("slack", "a1", "last"));

    assertThat(memory("slack", "a1")).contains("last");
    assertThat(memory("slack", "a2")).isEmpty();
    assertThat(memory("hooks", "a1")).isEmpty();
  }

  @Test
  void pruningForgetsDeliveredOnesOnly() {
    Notification gone = notification("gone", "hooks", "b1", 1, T0);
    Notification recent = notification("recent", "hooks", "b1", 2, T0);
    Notification dead = notification("dead", "hooks", "b1", 3, T0);
    Notification pending = notification("pending", "hooks", "b1", 4, T0);
    add(gone, recent, dead, pending);
    change(o -> o.update(delivered(gone, T0)));
    change(o -> o.update(delivered(recent, LATER)));
    change(o -> o.update(dead(dead)));

    database.prune(LATER);

    assertThat(page(0, 10))
        .extracting(Notification::id)
        .containsExactly("pending", "dead", "recent");
  }

  /// Goal: the order of delivery holds whatever happens. Method: random outcomes on a few budgets;
  /// what is handed out must be the definition's answer, worked out here from all rows.
  @Test
  void nextDueIsTheDefinitionsAnswerThroughRandomHistories() {
    var random = new Random(7);
    int added = 0;
    for (int step = 0; step < 400; step++) {
      Instant now = T0.plusSeconds(step);
      if (random.nextInt(3) > 0) {
        added++;
        add(notification("n" + added, "hooks", "b" + random.nextInt(4), added, now));
      } else if (added > 0) {
        Notification any = page(0, 1_000).get(random.nextInt(added));
        Notification outcome =
            switch (random.nextInt(4)) {
              case 0 -> delivered(any, now);
              case 1 -> dead(any);
              default -> retried(any, now.plusSeconds(random.nextInt(30)));
            };
        change(o -> o.update(outcome));
      }
      List<Notification> all = page(0, 1_000).reversed();
      Optional<Notification> expected =
          all.stream()
              .filter(n -> n.nextAttemptAt().filter(at -> !at.isAfter(now)).isPresent())
              .filter(n ->
                  all.stream()
                      .filter(o -> o.nextAttemptAt().isPresent())
                      .filter(o -> o.budgetId().equals(n.budgetId()))
                      .noneMatch(o -> o.sequence() < n.sequence()))
              .findFirst();
      assertThat(nextDue("hooks", now)).as("step %d", step).isEqualTo(expected);
    }
    assertThat(database.verify()).isEmpty();
  }

  private void add(Notification... notifications) {
    change(outbox -> {
      for (Notification n : notifications) {
        outbox.add(n);
      }
    });
  }

  private Optional<Notification> nextDue(String receiver, Instant now) {
    return ask(o -> o.nextDue(receiver, now));
  }

  private void change(Consumer<Outbox> change) {
    database.transact(ports -> {
      change.accept(ports.outbox());
      return true;
    });
  }

  private Optional<Notification> find(String id) {
    return ask(o -> o.find(id));
  }

  private long nextSequence(String policy, String budgetId, String receiver) {
    return ask(o -> o.nextSequence(policy, budgetId, receiver));
  }

  private Optional<Instant> nextDueAt(String receiver) {
    return ask(o -> o.nextDueAt(receiver));
  }

  private List<Notification> page(int offset, int limit) {
    return ask(o -> o.page(offset, limit));
  }

  private List<Outbox.Counts> counts() {
    return ask(Outbox::counts);
  }

  private Optional<String> memory(String receiver, String alertId) {
    return ask(o -> o.memory(receiver, alertId));
  }

  private <T> T ask(Function<Outbox, T> question) {
    return database.transact(ports -> question.apply(ports.outbox()));
  }
}
