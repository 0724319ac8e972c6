package dev.spendwarden.sources;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class BackoffTest {

  @ParameterizedTest
  @CsvSource({
    // reason, failures, poll, asked, wait
    "AUTH, 1, PT0.2S, , PT1M",
    "AUTH, 50, PT5M, , PT5M",
    "AUTH, 1, PT6H, , PT15M",
    "AUTH, 1, PT6H, PT40M, PT40M",
    "RATE_LIMITED, 1, PT5M, , PT10M",
    "RATE_LIMITED, 2, PT5M, , PT20M",
    "RATE_LIMITED, 9, PT5M, , PT1H",
    "RATE_LIMITED, 1, PT6H, , PT1H",
    "RATE_LIMITED, 1, PT1S, PT7S, PT7S",
    "RATE_LIMITED, 1, PT5M, PT7S, PT7S",
    "RATE_LIMITED, 4, PT5M, PT7S, PT40S",
    "RATE_LIMITED, 1, PT6H, PT1M, PT1M",
    "RATE_LIMITED, 99, PT5M, PT0S, PT5M",
    "RATE_LIMITED, 1, PT5M, PT9H, PT1H",
    "SERVER, 1, PT5M, , PT5S",
    "SERVER, 2, PT5M, , PT10S",
    "SERVER, 7, PT5M, , PT5M",
    "TIMEOUT, 1, PT0.2S, , PT0.2S",
    "TIMEOUT, 3, PT0.2S, , PT0.8S",
    "PARTIAL, 99, PT0.2S, , PT2S",
    "SERVER, 99, PT20S, , PT1M",
    "SERVER, 99, PT6H, , PT6H",
    "SERVER, 1, PT1S, PT30S, PT30S",
    "CLIENT, 9, PT5M, , PT5M",
    "MALFORMED, 9, PT1S, , PT1S",
    "TOO_LARGE, 9, PT5M, , PT5M",
    "REFUSED, 9, PT5M, , PT5M",
  })
  void waitsByReason(
      FailureReason reason, int failures, Duration poll, Duration asked, Duration wait) {
    assertThat(Backoff.delay(reason, failures, poll, Optional.ofNullable(asked), 0))
        .isEqualTo(wait);
  }

  @ParameterizedTest
  @EnumSource(FailureReason.class)
  void jitterOnlyEverDrawsOutAndByAFifthAtMost(FailureReason reason) {
    Duration poll = Duration.ofMinutes(5);
    Duration least = Backoff.delay(reason, 3, poll, Optional.empty(), 0);
    Duration most = Backoff.delay(reason, 3, poll, Optional.empty(), 0.999);
    assertThat(most).isBetween(least, least.plus(least.dividedBy(5)));
  }

  @Test
  void manyFailuresDoNotOverflow() {
    assertThat(
            Backoff.delay(
                FailureReason.SERVER,
                Integer.MAX_VALUE,
                Duration.ofDays(30),
                Optional.empty(),
                0.5))
        .isBetween(Duration.ofDays(30), Duration.ofDays(36));
  }
}
