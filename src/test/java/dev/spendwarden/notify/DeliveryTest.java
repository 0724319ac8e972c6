package dev.spendwarden.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DeliveryTest {

  private static final Instant T0 = NotifyFixtures.AT;
  private static final DeliveryResult RETRY =
      new DeliveryResult.Retry("HTTP 500", Optional.empty());

  private final InMemoryOutbox outbox = new InMemoryOutbox();
  private final Deque<DeliveryResult> answers = new ArrayDeque<>();
  private final List<String> sent = new ArrayList<>();
  private final List<Optional<String>> memories = new ArrayList<>();
  private final List<String> heard = new ArrayList<>();
  private int rests;
  private int transactions;
  private Instant now = T0;

  private final Notifier notifier =
      (notification, memory) -> {
        assertThat(outbox.isInTransaction()).as("sending inside a transaction").isFalse();
        sent.add(notification.id());
        memories.add(memory);
        return answers.isEmpty() ? new DeliveryResult.Delivered(Optional.empty()) : answers.pop();
      };

  private final DeliveryListener listener =
      new DeliveryListener() {
        @Override
        public void attempted(String receiver, DeliveryResult result) {
          heard.add(result.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT));
        }

        @Override
        public void rested(String receiver) {
          rests++;
        }

        @Override
        public void delivered(String receiver, Duration delay) {
          heard.add("after " + delay);
        }

        @Override
        public void dead(String receiver) {
          heard.add("dead");
        }

        @Override
        public void disabled(String receiver) {
          heard.add("disabled");
        }

        @Override
        public void crashed(String receiver, RuntimeException cause) {
          heard.add("crashed " + cause.getMessage());
        }
      };

  private final Delivery delivery = delivery(notifier);

  private Delivery delivery(Notifier with) {
    InstantSource clock = () -> now;
    return new Delivery("hooks", with, outbox, RetryPolicy.DEFAULT, clock, listener);
  }

  private void add(String id, String budgetId) {
    Notification n = NotifyFixtures.notification(id, "alert.fired", "{}", T0);
    outbox.add(
        new Notification(
            id,
            n.receiver(),
            n.type(),
            n.alertId(),
            Optional.of(budgetId),
            1,
            n.body(),
            n.state(),
            0,
            Optional.empty(),
            T0,
            Optional.of(T0),
            Optional.empty()));
  }

  private Notification row(String id) {
    return outbox.find(id).orElseThrow();
  }

  @Test
  void anAttemptThatCouldNotBeWrittenDownIsWrittenDownLaterAndNotMadeAgain() {
    add("n1", "b1");
    var broken = new boolean[1];
    OutboxSession losing =
        new OutboxSession() {
          @Override
          public <T> T inTransaction(java.util.function.Function<Outbox, T> work) {
            if (broken[0]) {
              throw new IllegalStateException("the store is lost");
            }
            return outbox.inTransaction(work);
          }
        };
    Notifier breaking =
        (notification, memory) -> {
          sent.add(notification.id());
          broken[0] = true;
          return new DeliveryResult.Delivered(Optional.of("kept"));
        };
    var unlucky = new Delivery("hooks", breaking, losing, RetryPolicy.DEFAULT, () -> now, listener);
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(unlucky::step).hasMessage("the store is lost");
    }
    assertThat(heard).isEmpty();

    broken[0] = false;
    assertThat(unlucky.step()).isInstanceOf(Delivery.Step.Attempted.class);
    assertThat(unlucky.step()).isEqualTo(new Delivery.Step.Idle(Optional.empty()));
    assertThat(sent).containsExactly("n1");
    assertThat(outbox.find("n1").orElseThrow().state()).isEqualTo(Notification.State.DELIVERED);
  }

  @Test
  void idlesWithoutWork() {
    assertThat(delivery.step()).isEqualTo(new Delivery.Step.Idle(Optional.empty()));
    assertThat(heard).isEmpty();
  }

  @Test
  void deliversAndTellsTheDelay() {
    add("a", "b1");
    now = T0.plusSeconds(3);
    assertThat(delivery.step()).isInstanceOf(Delivery.Step.Attempted.class);
    assertThat(row("a").state()).isEqualTo(Notification.State.DELIVERED);
    assertThat(row("a").attempts()).isEqualTo(1);
    assertThat(heard).containsExactly("delivered", "after PT3S");
    assertThat(delivery.step()).isEqualTo(new Delivery.Step.Idle(Optional.empty()));
  }

  @Test
  void itIsToldOnceThatNothingMoreIsToBeSentForNow() {
    delivery.step();
    assertThat(rests).as("nothing was sent").isZero();
    add("a", "b1");
    add("b", "b2");
    delivery.step();
    delivery.step();
    assertThat(rests).as("more may be due").isZero();
    delivery.step();
    delivery.step();
    assertThat(rests).isEqualTo(1);
    add("c", "b1");
    answers.add(new DeliveryResult.Gone("HTTP 410"));
    delivery.step();
    delivery.step();
    assertThat(rests).as("it is gone").isEqualTo(2);
  }

  @Test
  void whatComesNextIsFoundInTheTransactionThatRecordsAnAttempt() {
    OutboxSession counting =
        new OutboxSession() {
          @Override
          public <T> T inTransaction(java.util.function.Function<Outbox, T> work) {
            transactions++;
            return outbox.inTransaction(work);
          }
        };
    var counted =
        new Delivery("hooks", notifier, counting, RetryPolicy.DEFAULT, () -> now, listener);
    add("a", "b1");
    add("b", "b1");
    add("c", "b2");
    counted.step();
    counted.step();
    counted.step();
    assertThat(sent).containsExactly("a", "b", "c");
    assertThat(transactions).isEqualTo(4);
  }

  /// The process was suspended, say, and another replica has sent it meanwhile.
  @Test
  void whatWasFoundLongAgoIsLookedForAgain() {
    add("a", "b1");
    add("b", "b2");
    delivery.step();
    Notification b = row("b");
    outbox.update(
        RetryPolicy.DEFAULT.after(b, new DeliveryResult.Delivered(Optional.empty()), now));
    now = now.plusSeconds(2);
    assertThat(delivery.step()).isEqualTo(new Delivery.Step.Idle(Optional.empty()));
    assertThat(sent).containsExactly("a");
  }

  @Test
  void aFailedOneWaitsItsTurnAndHoldsBackOnlyItsOwnBudget() {
    add("a1", "b1");
    add("a2", "b1");
    add("other", "b2");
    answers.add(RETRY);
    delivery.step();
    delivery.step();
    assertThat(sent).containsExactly("a1", "other");
    assertThat(delivery.step()).isEqualTo(new Delivery.Step.Idle(Optional.of(T0.plusSeconds(5))));
    now = T0.plusSeconds(5);
    delivery.step();
    delivery.step();
    assertThat(sent).containsExactly("a1", "other", "a1", "a2");
  }

  @Test
  void aReceiverThatAsksToBeLeftAloneIs() {
    add("a", "b1");
    add("b", "b2");
    answers.add(new DeliveryResult.Retry("HTTP 429", Optional.of(Duration.ofSeconds(40))));
    delivery.step();
    Instant quiet = T0.plusSeconds(40);
    assertThat(delivery.step()).isEqualTo(new Delivery.Step.Idle(Optional.of(quiet)));
    now = quiet;
    delivery.step();
    delivery.step();
    assertThat(sent).containsExactly("a", "a", "b");
  }

  @Test
  void aReceiverWithAPaceIsGivenIt() {
    add("a", "b1");
    add("b", "b2");
    var paced =
        new Delivery(
            "hooks",
            notifier,
            outbox,
            RetryPolicy.DEFAULT,
            () -> now,
            listener,
            Duration.ofSeconds(1));
    paced.step();
    assertThat(paced.step()).isEqualTo(new Delivery.Step.Idle(Optional.of(T0.plusSeconds(1))));
    now = T0.plusSeconds(1);
    paced.step();
    assertThat(sent).containsExactly("a", "b");
  }

  @Test
  void whatIsToBeTriedAgainIsDueWhenTheClockWasSetBack() {
    add("a1", "b1");
    add("a2", "b1");
    answers.add(RETRY);
    delivery.step();
    now = T0.minus(Duration.ofHours(1));
    delivery.clockWasSetBack(Duration.ofHours(1));
    answers.add(RETRY);
    delivery.step();
    assertThat(sent).containsExactly("a1", "a1");
    Instant second = now.plus(Duration.ofMinutes(5));
    assertThat(delivery.step()).as("once").isEqualTo(new Delivery.Step.Idle(Optional.of(second)));
    now = second;
    delivery.step();
    delivery.step();
    assertThat(sent).containsExactly("a1", "a1", "a1", "a2");
  }

  @Test
  void theQuietThatAReceiverAskedForIsNeitherLongerNorShorterOverAClockThatWasSetBack() {
    add("a", "b1");
    answers.add(new DeliveryResult.Retry("HTTP 429", Optional.of(Duration.ofSeconds(40))));
    delivery.step();
    now = T0.minus(Duration.ofHours(1)).plusSeconds(10);
    delivery.clockWasSetBack(Duration.ofHours(1));
    Instant quiet = now.plusSeconds(30);
    assertThat(delivery.step()).isEqualTo(new Delivery.Step.Idle(Optional.of(quiet)));
    now = quiet;
    delivery.step();
    assertThat(sent).containsExactly("a", "a");
  }

  /// Nobody was there to see how far the clock went.
  @Test
  void aWaitThatIsLongerThanAnyIsOfAClockThatWasSetBackBetweenTwoProcesses() {
    add("a", "b1");
    answers.add(RETRY);
    delivery.step();
    now = T0.minus(Duration.ofHours(3));
    Delivery next = delivery(notifier);
    assertThat(next.step()).isEqualTo(new Delivery.Step.Idle(Optional.of(now)));
    next.step();
    assertThat(sent).containsExactly("a", "a");
  }

  @Test
  void nothingIsSentToAReceiverThatIsGone() {
    add("a", "b1");
    add("b", "b2");
    answers.add(new DeliveryResult.Gone("HTTP 410"));
    delivery.step();
    assertThat(delivery.step()).isEqualTo(new Delivery.Step.Disabled());
    assertThat(sent).containsExactly("a");
    assertThat(row("b").state()).isEqualTo(Notification.State.PENDING);
    assertThat(heard).containsExactly("gone", "dead", "disabled");
  }

  @Test
  void aReceiverThatWasGoneIsTriedOnceMoreWhenSomebodyWantsIt() {
    add("a", "b1");
    add("b", "b2");
    answers.add(new DeliveryResult.Gone("HTTP 410"));
    answers.add(new DeliveryResult.Gone("HTTP 410"));
    delivery.step();
    delivery.enable();
    delivery.step();
    assertThat(delivery.step()).isEqualTo(new Delivery.Step.Disabled());
    assertThat(sent).containsExactly("a", "b");
  }

  @Test
  void theNotifiersMemoryIsKeptForTheAlert() {
    add("a", "b1");
    add("b", "b1");
    answers.add(new DeliveryResult.Delivered(Optional.of("here")));
    delivery.step();
    delivery.step();
    assertThat(memories).containsExactly(Optional.empty(), Optional.of("here"));
    assertThat(outbox.memory("hooks", "alt_1")).hasValue("here");
  }

  @Test
  void aNotifierThatThrowsCostsOneAttemptAndKeepsItsMessageOutOfTheStore() {
    add("a", "b1");
    Delivery broken =
        delivery((notification, memory) -> {
          throw new IllegalStateException("https://hooks/secret");
        });
    broken.step();
    assertThat(row("a").state()).isEqualTo(Notification.State.PENDING);
    assertThat(row("a").lastError()).hasValue("the notifier failed: IllegalStateException");
    assertThat(heard).containsExactly("crashed https://hooks/secret", "retry");
  }

  @Test
  void aCrashBeforeTheOutcomeIsStoredRepeatsThatOneAttempt() {
    add("a", "b1");
    outbox.inTransaction(box -> box.nextDue("hooks", T0));
    notifier.send(row("a"), Optional.empty());
    // The process ends here and a new one starts.
    delivery(notifier).step();
    assertThat(sent).containsExactly("a", "a");
    assertThat(row("a").attempts()).isEqualTo(1);
  }
}
