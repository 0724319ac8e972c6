package dev.spendwarden.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.notify.Notification.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What is done beside the deliveries: for whom, from what, and that nothing of it can stop the
/// receiver.
class UpkeepTest {

  private final InMemoryOutbox outbox = new InMemoryOutbox();
  private final List<String> heard = new ArrayList<>();
  private final Recorder notifier = new Recorder();

  private final DeliveryListener listener =
      new DeliveryListener() {
        @Override
        public void upkeep(String receiver, String what, Optional<String> problem) {
          heard.add(receiver + " " + what + " " + problem.orElse("fine"));
        }
      };

  private final Upkeep upkeep =
      new Upkeep("hooks", notifier, outbox, () -> List.of("alt_1", "alt_2"), listener);

  /// Keeps what it is asked for, and fails when it is told to.
  private final class Recorder implements Notifier {
    final List<String> asked = new ArrayList<>();
    boolean broken;
    DeliveryResult answer = new DeliveryResult.Delivered(Optional.empty());

    @Override
    public DeliveryResult send(Notification notification, Optional<String> memory) {
      throw new AssertionError("upkeep sends nothing");
    }

    @Override
    public Optional<String> refresh(Notification newest, String memory) {
      assertThat(outbox.isInTransaction()).isFalse();
      asked.add("refresh " + newest.id() + " " + memory);
      if (broken) {
        throw new IllegalStateException("https://hooks.example.org/secret");
      }
      return Optional.empty();
    }

    @Override
    public Optional<String> illustrate(Notification notification, String memory) {
      asked.add("picture " + notification.id() + " " + memory);
      return Optional.of("missing_scope");
    }

    @Override
    public Optional<Duration> keepsAliveEvery() {
      return Optional.of(Duration.ofMinutes(1));
    }

    @Override
    public DeliveryResult keepAlive(List<Notification> firing) {
      assertThat(outbox.isInTransaction()).isFalse();
      asked.add("alive " + firing.stream().map(Notification::id).toList());
      return answer;
    }
  }

  private Notification told(String id, State state) {
    Notification made =
        NotifyFixtures.notification(
            id, "alert.fired", NotifyFixtures.scene().json(), NotifyFixtures.AT);
    var kept =
        new Notification(
            id,
            "hooks",
            made.type(),
            made.alertId(),
            made.budgetId(),
            state == State.DELIVERED ? 1 : 2,
            made.body(),
            state,
            1,
            Optional.empty(),
            made.createdAt(),
            Optional.empty(),
            Optional.empty());
    outbox.add(kept);
    return kept;
  }

  @Test
  void theMessageThatWasDeliveredIsEdited() {
    upkeep.refresh("alt_1");
    assertThat(notifier.asked).isEmpty();
    told("swn_1", State.DELIVERED);
    outbox.putMemory("hooks", "alt_1", "where");
    upkeep.refresh("alt_1");
    assertThat(notifier.asked).containsExactly("refresh swn_1 where");
    assertThat(heard).containsExactly("hooks edit fine");
  }

  @Test
  void aChangeThatIsPendingShowsItByItself() {
    told("swn_1", State.DELIVERED);
    told("swn_2", State.PENDING);
    outbox.putMemory("hooks", "alt_1", "where");
    upkeep.refresh("alt_1");
    assertThat(notifier.asked).isEmpty();
  }

  @Test
  void whateverANotifierDoesTheReceiverGoesOnAndNoSecretIsSaid() {
    told("swn_1", State.DELIVERED);
    outbox.putMemory("hooks", "alt_1", "where");
    notifier.broken = true;
    upkeep.refresh("alt_1");
    assertThat(heard).containsExactly("hooks edit IllegalStateException");
  }

  @Test
  void aPictureThatFailsIsHeardOfAndNotTriedAgain() {
    Notification fired = told("swn_1", State.DELIVERED);
    outbox.putMemory("hooks", "alt_1", "where");
    upkeep.illustrate(fired);
    assertThat(notifier.asked).containsExactly("picture swn_1 where");
    assertThat(heard).containsExactly("hooks picture missing_scope");
    assertThat(outbox.find("swn_1").orElseThrow().state()).isEqualTo(State.DELIVERED);
  }

  @Test
  void onlyAlertsThatFireAndWereTakenAreKeptAlive() {
    upkeep.keepAlive();
    assertThat(notifier.asked).isEmpty();
    told("swn_1", State.DELIVERED);
    upkeep.keepAlive();
    assertThat(notifier.asked).containsExactly("alive [swn_1]");
    told("swn_2", State.PENDING);
    upkeep.keepAlive();
    assertThat(notifier.asked).hasSize(1);
    assertThat(heard).containsOnly("hooks keep_alive fine");
  }

  @Test
  void aKeepAliveThatFailsIsSaid() {
    told("swn_1", State.DELIVERED);
    notifier.answer = new DeliveryResult.Retry("HTTP 503", Optional.empty());
    upkeep.keepAlive();
    assertThat(heard).containsExactly("hooks keep_alive HTTP 503");
  }
}
