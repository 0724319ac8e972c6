package dev.spendwarden.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpAnswersTest {

  private static final Instant NOW = Instant.parse("2027-01-20T09:05:00Z");

  @ParameterizedTest
  @CsvSource({
    "120, 120",
    "0, 0",
    "' 7 ', 7",
    "'Wed, 20 Jan 2027 09:06:30 GMT', 90",
    "'Wed, 20 Jan 2027 09:00:00 GMT', 0",
    "99999999999999999999, 3600"
  })
  void readsRetryAfterAsSecondsOrDate(String header, long seconds) {
    assertThat(HttpAnswers.retryAfter(header, NOW)).hasValue(Duration.ofSeconds(seconds));
  }

  @ParameterizedTest
  @CsvSource({"soon", "-5", "1.5", "''"})
  void whatIsNeitherIsIgnored(String header) {
    assertThat(HttpAnswers.retryAfter(header, NOW)).isEmpty();
  }

  @Test
  void noAnswerIsRetriedAndItsDetailIsBounded() {
    var result =
        HttpAnswers.classify(new HttpPost.Response.NoAnswer("timeout", "x\n".repeat(999)), NOW);
    assertThat(result).isInstanceOf(DeliveryResult.Retry.class);
    assertThat(((DeliveryResult.Retry) result).error())
        .startsWith("timeout: x x")
        .hasSizeLessThanOrEqualTo(200);
    assertThat(((DeliveryResult.Retry) result).retryAfter()).isEqualTo(Optional.empty());
  }
}
