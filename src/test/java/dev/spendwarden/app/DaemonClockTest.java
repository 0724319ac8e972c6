package dev.spendwarden.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class DaemonClockTest {

  private static final Instant START = Instant.parse("2027-01-20T09:00:00Z");

  @Test
  void patienceIsWhatPassesHereInTheTimeThatTheWorldNeeds() {
    Duration usual = Duration.ofMinutes(15);
    Duration real = Duration.ofSeconds(10);
    assertThat(DaemonClock.test(START, 3600).atLeast(usual, real)).isEqualTo(Duration.ofHours(10));
    assertThat(DaemonClock.test(START, 60).atLeast(usual, real)).isEqualTo(usual);
    assertThat(DaemonClock.test(START, 1).atLeast(Duration.ofMillis(500), real))
        .as("a clock of the usual speed has the usual patience")
        .isEqualTo(Duration.ofMillis(500));
    assertThat(DaemonClock.system().atLeast(usual, real)).isEqualTo(usual);
    assertThat(DaemonClock.test(START, 1e15).atLeast(usual, real))
        .as("has an end")
        .isEqualTo(Duration.ofDays(10_000));
  }
}
