package dev.spendwarden.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.alert.ReceiverHealth;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FailingTest {

  private static final Instant NINE = Instant.parse("2027-01-20T09:00:00Z");

  @Test
  void aReceiverFailsSinceTheFirstFailedAttemptHoweverOldTheMessageIs() {
    var failing = new Failing(List.of());
    failing.attempted("hooks", false, NINE);
    failing.attempted("hooks", false, NINE.plusSeconds(60));

    assertThat(since(failing, NINE.minusSeconds(3_600))).contains(NINE);
  }

  /// Found by the simulation: after a restart the first failed attempt looked like the beginning of
  /// the trouble, so that it was called over and, minutes later, new.
  @Test
  void aReceiverThatFailedBeforeTheRestartGoesOnFailing() {
    Instant before = NINE.minusSeconds(3_600);
    var failing = new Failing(List.of(waitingSince(before)));
    failing.attempted("hooks", false, NINE);

    assertThat(since(failing, before)).contains(before);
  }

  @Test
  void aDeliveryEndsItAndTheNextFailureBeginsAnew() {
    var failing = new Failing(List.of(waitingSince(NINE.minusSeconds(3_600))));

    assertThat(failing.attempted("hooks", true, NINE)).isTrue();
    assertThat(failing.attempted("hooks", true, NINE)).as("nothing new").isFalse();
    failing.attempted("hooks", false, NINE.plusSeconds(5));
    assertThat(since(failing, NINE)).contains(NINE.plusSeconds(5));
  }

  @Test
  void aReceiverThatIsConfiguredOtherwiseBeginsAnew() {
    var failing = new Failing(List.of(waitingSince(NINE.minusSeconds(3_600))));
    failing.forget("hooks");
    failing.attempted("hooks", false, NINE);

    assertThat(since(failing, NINE.minusSeconds(3_600))).contains(NINE);
  }

  private static Optional<Instant> since(Failing failing, Instant made) {
    return failing.seen(List.of(waitingSince(made))).getFirst().failingSince();
  }

  private static ReceiverHealth waitingSince(Instant made) {
    return new ReceiverHealth("hooks", 0, false, Optional.of(made), Optional.of(made));
  }
}
