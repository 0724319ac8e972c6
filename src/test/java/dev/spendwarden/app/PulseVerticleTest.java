package dev.spendwarden.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.sources.FailureReason;
import dev.spendwarden.sources.SourceHealth;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// When a heartbeat would be a lie.
class PulseVerticleTest {

  private static final Instant NOW = Instant.parse("2027-01-20T09:05:00Z");
  private static final Instant SOON = NOW.plusSeconds(60);
  private static final Instant LONG_AGO = NOW.minus(Duration.ofMinutes(11));

  @Test
  void aSourceThatAnswersIsEnoughAndWithoutSourcesThereIsNothingToPoll() {
    assertThat(PulseVerticle.polls(List.of(), NOW)).isTrue();
    assertThat(PulseVerticle.polls(List.of(good(SOON)), NOW)).isTrue();
    assertThat(PulseVerticle.polls(List.of(failing(), good(SOON)), NOW)).isTrue();
  }

  @Test
  void whereEverySourceFailsHangsOrWasNeverPolledThereIsNoHeartbeat() {
    assertThat(PulseVerticle.polls(List.of(failing()), NOW)).isFalse();
    assertThat(PulseVerticle.polls(List.of(good(LONG_AGO)), NOW)).as("hangs").isFalse();
    assertThat(PulseVerticle.polls(List.of(neverPolled()), NOW)).isFalse();
    assertThat(PulseVerticle.polls(List.of(failing(), good(LONG_AGO), neverPolled()), NOW))
        .isFalse();
  }

  @Test
  void aHeartbeatIsDueAtTheSameTimesWhateverStartsInBetween() {
    Duration hour = Duration.ofHours(1);
    Instant nine = Instant.parse("2027-01-20T09:00:00Z");
    assertThat(PulseVerticle.slot(nine, hour)).isEqualTo(nine);
    assertThat(PulseVerticle.slot(nine.plusMillis(3_599_999), hour)).isEqualTo(nine);
    assertThat(PulseVerticle.slot(nine.plus(hour), hour)).isEqualTo(nine.plus(hour));
  }

  private static SourceHealth good(Instant nextPoll) {
    return health(null, NOW.minusSeconds(60), nextPoll);
  }

  private static SourceHealth failing() {
    return health(FailureReason.SERVER, NOW.minusSeconds(60), SOON);
  }

  private static SourceHealth neverPolled() {
    return health(null, null, null);
  }

  private static SourceHealth health(
      @Nullable FailureReason failure, @Nullable Instant lastPoll, @Nullable Instant nextPoll) {
    return new SourceHealth(
        "ionq-lab",
        "ionq",
        Optional.ofNullable(failure),
        "",
        Optional.ofNullable(lastPoll),
        Optional.ofNullable(lastPoll),
        Optional.ofNullable(lastPoll),
        Optional.ofNullable(nextPoll),
        Duration.ZERO);
  }
}
