package dev.spendwarden.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.metrics.Meters;
import dev.spendwarden.notify.DeliveryResult;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Goal: what waits is counted often enough to be looked at and seldom enough not to be felt.
class DeliveryMetersTest {

  private static final DeliveryResult DELIVERED = new DeliveryResult.Delivered(Optional.empty());

  private final Meters meters = new Meters("test");
  private final AtomicInteger counted = new AtomicInteger();
  private long nanos = Long.MAX_VALUE - 5;
  private final DeliveryMeters listener =
      new DeliveryMeters(counted::incrementAndGet, meters, () -> {}, () -> nanos);

  @AfterEach
  void close() {
    meters.close();
  }

  @Test
  void aLongQueueIsCountedOnceASecondAndAtItsEnd() {
    for (int i = 0; i < 2_500; i++) {
      nanos += Duration.ofMillis(1).toNanos();
      listener.attempted("hooks", DELIVERED);
    }
    assertThat(counted).hasValue(2);
    listener.rested("hooks");
    assertThat(counted).hasValue(3);
  }

  @Test
  void oneThatIsSentByItselfIsCountedAtOnce() {
    listener.attempted("hooks", DELIVERED);
    listener.rested("hooks");
    assertThat(counted).hasValue(1);
  }
}
