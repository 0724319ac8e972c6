package dev.spendwarden.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {

  private static final Instant T0 = NotifyFixtures.AT;
  private static final Notification FRESH =
      NotifyFixtures.notification("swn_1", "alert.fired", "{}", T0);
  private static final RetryPolicy POLICY = RetryPolicy.DEFAULT;

  private static DeliveryResult retry(Duration after) {
    return new DeliveryResult.Retry("HTTP 503", Optional.of(after));
  }

  private static final DeliveryResult RETRY =
      new DeliveryResult.Retry("HTTP 503", Optional.empty());
  private static final DeliveryResult REJECTED = new DeliveryResult.Rejected("HTTP 404");

  @Test
  void followsTheListAndStaysAtItsLastStep() {
    var waits = new ArrayList<Duration>();
    Notification n = FRESH;
    Instant now = T0;
    for (int i = 0; i < 6; i++) {
      n = POLICY.after(n, RETRY, now);
      waits.add(Duration.between(now, n.nextAttemptAt().orElseThrow()));
      now = n.nextAttemptAt().orElseThrow();
    }
    assertThat(waits)
        .containsExactly(
            Duration.ofSeconds(5),
            Duration.ofMinutes(5),
            Duration.ofMinutes(30),
            Duration.ofHours(2),
            Duration.ofHours(2),
            Duration.ofHours(2));
    assertThat(n.attempts()).isEqualTo(6);
    assertThat(n.lastError()).hasValue("HTTP 503");
  }

  @Test
  void theLastAttemptIsMadeAtTheHorizonItself() {
    Notification n = FRESH;
    Instant now = T0;
    while (n.state() == Notification.State.PENDING) {
      now = n.nextAttemptAt().orElseThrow();
      n = POLICY.after(n, RETRY, now);
    }
    assertThat(now).isEqualTo(T0.plus(Duration.ofHours(72)));
    assertThat(n.state()).isEqualTo(Notification.State.DEAD);
    assertThat(n.nextAttemptAt()).isEmpty();
    // 5 s, 5 min, 30 min, then every 2 h: 2 + 2 + 36 attempts after the first.
    assertThat(n.attempts()).isEqualTo(40);
  }

  @Test
  void anAttemptAfterTheHorizonMayStillDeliver() {
    Instant late = T0.plus(Duration.ofHours(100));
    Notification n = POLICY.after(FRESH, new DeliveryResult.Delivered(Optional.empty()), late);
    assertThat(n.state()).isEqualTo(Notification.State.DELIVERED);
    assertThat(n.deliveredAt()).hasValue(late);
    assertThat(POLICY.after(FRESH, RETRY, late).state()).isEqualTo(Notification.State.DEAD);
  }

  @Test
  void retryAfterLengthensTheWaitButNeverShortensIt() {
    assertThat(POLICY.after(FRESH, retry(Duration.ofSeconds(30)), T0).nextAttemptAt())
        .hasValue(T0.plusSeconds(30));
    assertThat(POLICY.after(FRESH, retry(Duration.ofSeconds(1)), T0).nextAttemptAt())
        .hasValue(T0.plusSeconds(5));
  }

  @Test
  void retryAfterIsCappedAtAnHour() {
    assertThat(POLICY.after(FRESH, retry(Duration.ofDays(9)), T0).nextAttemptAt())
        .hasValue(T0.plus(Duration.ofHours(1)));
  }

  @Test
  void aRefusalIsTriedThreeTimes() {
    Notification once = POLICY.after(FRESH, REJECTED, T0);
    assertThat(once.nextAttemptAt()).hasValue(T0.plusSeconds(5));
    Notification twice = POLICY.after(once, REJECTED, T0);
    assertThat(twice.nextAttemptAt()).hasValue(T0.plus(Duration.ofMinutes(5)));
    Notification thrice = POLICY.after(twice, REJECTED, T0);
    assertThat(thrice.state()).isEqualTo(Notification.State.DEAD);
    assertThat(thrice.attempts()).isEqualTo(3);
  }

  @Test
  void goneIsDeadAtOnce() {
    Notification n = POLICY.after(FRESH, new DeliveryResult.Gone("HTTP 410"), T0);
    assertThat(n.state()).isEqualTo(Notification.State.DEAD);
    assertThat(n.lastError()).hasValue("HTTP 410");
  }

  @Test
  void identityAndBodyNeverChange() {
    Notification n = POLICY.after(FRESH, RETRY, T0);
    assertThat(n.id()).isEqualTo(FRESH.id());
    assertThat(n.body()).isEqualTo(FRESH.body());
    assertThat(n.createdAt()).isEqualTo(FRESH.createdAt());
  }

  @Test
  void anEmptyListIsRefused() {
    assertThatThrownBy(() -> RetryPolicy.of(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
