package dev.spendwarden.sources.http;

import dev.spendwarden.sources.FailureReason;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Pattern;

/// What statuses and the headers beside them mean, for all providers and receivers alike.
public final class HttpStatus {

  /// The longest wait anybody can make us take.
  public static final Duration LONGEST_WAIT = Duration.ofHours(1);

  // 18 digits are more seconds than any clock has and still fit a long.
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,18}");

  private HttpStatus() {}

  /// The failure a status stands for; empty for 2xx.
  ///
  /// | Status | Reason |
  /// |---|---|
  /// | 401 | `auth` |
  /// | 403 | `auth`; `rate_limited` with `Retry-After` or `x-ratelimit-remaining: 0` (GitHub) |
  /// | 408 | `timeout` |
  /// | 429 | `rate_limited` |
  /// | other 4xx | `client` |
  /// | 5xx | `server` |
  /// | 3xx | `refused`: redirects are never followed |
  /// | below 200, above 599 | `malformed` |
  public static Optional<FailureReason> classify(int status, Headers headers) {
    if (status >= 200 && status < 300) {
      return Optional.empty();
    }
    return Optional.of(
        switch (status) {
          case 401 -> FailureReason.AUTH;
          case 403 -> isThrottled(headers) ? FailureReason.RATE_LIMITED : FailureReason.AUTH;
          case 408 -> FailureReason.TIMEOUT;
          case 429 -> FailureReason.RATE_LIMITED;
          default -> byClass(status);
        });
  }

  /// How long the answer asks us to wait: `Retry-After` (seconds or a date), else, where the calls
  /// of the time slice are used up, until `x-ratelimit-reset` (seconds since 1970). Never longer
  /// than `cap`, never negative. Dates are read against the answer's own `Date`, so that clocks
  /// that differ do no harm, and against `now` where it has none.
  public static Optional<Duration> retryAfter(Headers headers, Instant now, Duration cap) {
    Instant reference = headers.first("date").flatMap(HttpStatus::httpDate).orElse(now);
    Optional<Duration> asked =
        headers
            .first("retry-after")
            .map(String::strip)
            .flatMap(text ->
                seconds(text)
                    .map(Duration::ofSeconds)
                    .or(() -> httpDate(text).map(at -> Duration.between(reference, at))));
    Optional<Duration> reset =
        headers
            .first("x-ratelimit-reset")
            .filter(_ -> callsAreUsedUp(headers))
            .flatMap(text -> seconds(text.strip()))
            .flatMap(HttpStatus::epoch)
            .map(at -> Duration.between(reference, at));
    return asked.or(() -> reset).map(wait -> clamp(wait, cap));
  }

  private static FailureReason byClass(int status) {
    return switch (status / 100) {
      case 3 -> FailureReason.REFUSED;
      case 4 -> FailureReason.CLIENT;
      case 5 -> FailureReason.SERVER;
      default -> FailureReason.MALFORMED;
    };
  }

  private static boolean isThrottled(Headers headers) {
    return headers.first("retry-after").isPresent() || callsAreUsedUp(headers);
  }

  private static boolean callsAreUsedUp(Headers headers) {
    return headers.first("x-ratelimit-remaining").map(String::strip).equals(Optional.of("0"));
  }

  private static Optional<Long> seconds(String text) {
    return SECONDS.matcher(text).matches() ? Optional.of(Long.parseLong(text)) : Optional.empty();
  }

  private static Optional<Instant> epoch(long seconds) {
    try {
      return Optional.of(Instant.ofEpochSecond(seconds));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static Optional<Instant> httpDate(String text) {
    try {
      return Optional.of(
          ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static Duration clamp(Duration wait, Duration cap) {
    return wait.isNegative() ? Duration.ZERO : wait.compareTo(cap) > 0 ? cap : wait;
  }
}
