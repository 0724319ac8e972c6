package dev.spendwarden.sources.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.sources.FailureReason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpStatusTest {

  private static final Instant NOW = Instant.parse("2027-01-20T09:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "101, MALFORMED", "301, REFUSED", "304, REFUSED", "308, REFUSED", "400, CLIENT", "401, AUTH",
    "403, AUTH", "404, CLIENT", "408, TIMEOUT", "409, CLIENT", "410, CLIENT", "422, CLIENT",
    "429, RATE_LIMITED", "500, SERVER", "502, SERVER", "504, SERVER", "529, SERVER",
        "600, MALFORMED"
  })
  void statusesStandForReasons(int status, FailureReason reason) {
    assertThat(HttpStatus.classify(status, Headers.NONE)).contains(reason);
  }

  @Test
  void successIsNoFailure() {
    assertThat(HttpStatus.classify(200, Headers.NONE)).isEmpty();
    assertThat(HttpStatus.classify(204, Headers.NONE)).isEmpty();
  }

  @Test
  void aForbiddenAnswerWithSignsOfThrottlingIsRateLimited() {
    assertThat(HttpStatus.classify(403, Headers.of("X-RateLimit-Remaining", "0")))
        .contains(FailureReason.RATE_LIMITED);
    assertThat(HttpStatus.classify(403, Headers.of("Retry-After", "60")))
        .contains(FailureReason.RATE_LIMITED);
    assertThat(HttpStatus.classify(403, Headers.of("X-RateLimit-Remaining", "41")))
        .contains(FailureReason.AUTH);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "7 | 7",
        "0 | 0",
        "300 | 300",
        "99999 | 3600",
        "999999999999999999 | 3600",
        "Wed, 20 Jan 2027 09:01:30 GMT | 90",
        "Wed, 20 Jan 2027 08:00:00 GMT | 0",
        "Fri, 01 Jan 2100 00:00:00 GMT | 3600",
      })
  void retryAfterIsReadAsSecondsOrDateAndCapped(String value, long seconds) {
    assertThat(wait(Headers.of("Retry-After", value))).contains(Duration.ofSeconds(seconds));
  }

  @ParameterizedTest
  @CsvSource({"soon", "-5", "1.5", "''", "99999999999999999999999", "0x10"})
  void anUnreadableRetryAfterIsNone(String value) {
    assertThat(wait(Headers.of("Retry-After", value))).isEmpty();
  }

  @Test
  void aDateIsReadAgainstTheAnswersOwnClock() {
    var headers =
        new Headers(
            Map.of(
                "Date", List.of("Mon, 02 Feb 2026 10:00:00 GMT"),
                "Retry-After", List.of("Mon, 02 Feb 2026 10:00:45 GMT")));
    assertThat(wait(headers)).contains(Duration.ofSeconds(45));
  }

  @Test
  void theResetOfUsedUpCallsCounts() {
    String reset = String.valueOf(NOW.plusSeconds(120).getEpochSecond());
    var usedUp =
        new Headers(
            Map.of("x-ratelimit-remaining", List.of("0"), "x-ratelimit-reset", List.of(reset)));
    var left =
        new Headers(
            Map.of("x-ratelimit-remaining", List.of("9"), "x-ratelimit-reset", List.of(reset)));
    assertThat(wait(usedUp)).contains(Duration.ofSeconds(120));
    assertThat(wait(left)).isEmpty();
  }

  private static Optional<Duration> wait(Headers headers) {
    return HttpStatus.retryAfter(headers, NOW, HttpStatus.LONGEST_WAIT);
  }
}
