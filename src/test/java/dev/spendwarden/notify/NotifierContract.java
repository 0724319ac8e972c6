package dev.spendwarden.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What every notifier can do, whatever it speaks. [HttpNotifierContract] adds what answers of HTTP
/// mean.
public abstract class NotifierContract {

  protected static final Instant NOW = NotifyFixtures.AT.plusSeconds(60);
  protected static final InstantSource CLOCK = InstantSource.fixed(NOW);
  protected static final Duration TIMEOUT = Duration.ofSeconds(10);

  /// A notifier whose receiver takes everything.
  protected abstract Notifier notifier();

  /// From then on nobody listens. May be called twice.
  protected abstract void stopReceiver();

  /// What the receiver was sent, as it came.
  protected abstract List<byte[]> taken();

  protected DeliveryResult send(Notification notification, Optional<String> memory) {
    try (Notifier notifier = notifier()) {
      return notifier.send(notification, memory);
    }
  }

  protected DeliveryResult send() {
    return send(NotifyFixtures.scene().notification(), Optional.empty());
  }

  @Test
  void aReceiverThatIsNotThereIsRetried() {
    Notifier notifier = notifier();
    stopReceiver();
    assertThat(notifier.send(NotifyFixtures.scene().notification(), Optional.empty()))
        .isInstanceOf(DeliveryResult.Retry.class);
    notifier.close();
  }

  @Test
  void everyKindOfNotificationCanBeTold() {
    for (Notification notification :
        List.of(
            NotifyFixtures.drill(),
            NotifyFixtures.scene().notification(),
            NotifyFixtures.scene().escalated().notification(),
            NotifyFixtures.scene().resolved().notification(),
            NotifyFixtures.action(),
            NotifyFixtures.group(),
            NotifyFixtures.unheardOf())) {
      assertThat(send(notification, Optional.empty()))
          .as(notification.type())
          .isInstanceOf(DeliveryResult.Delivered.class);
    }
  }

  /// What a notifier kept about an alert is handed back to it; a memory that it cannot read, of
  /// another version or broken, is as good as none.
  @Test
  void everyChangeCanBeToldAfterWhatWasKept() {
    DeliveryResult fired = send();
    assertThat(fired).isInstanceOf(DeliveryResult.Delivered.class);
    Optional<String> memory = ((DeliveryResult.Delivered) fired).memory();
    Notification escalated = NotifyFixtures.scene().escalated().notification();
    for (Optional<String> kept : List.of(memory, Optional.of("{broken"), Optional.of("{}"))) {
      assertThat(send(escalated, kept)).isInstanceOf(DeliveryResult.Delivered.class);
    }
  }

  @Test
  void everyAttemptSendsTheSameBody() {
    Notification notification = NotifyFixtures.scene().notification();
    send(notification, Optional.empty());
    send(notification, Optional.empty());
    assertThat(taken().get(0)).isEqualTo(taken().get(1));
  }
}
