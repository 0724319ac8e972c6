package dev.spendwarden.notify;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/// What an HTTP answer means for a delivery (CONTRACT section 6), the same for every way of
/// telling. Pure.
public final class HttpAnswers {

  private static final int DETAIL_LENGTH = 200;

  /// More digits than any wait needs; also keeps the arithmetic from overflowing.
  private static final int SECONDS_DIGITS_MAX = 9;

  private HttpAnswers() {}

  /// @param now against which a `Retry-After` date is read
  public static DeliveryResult classify(HttpPost.Response response, Instant now) {
    return switch (response) {
      case HttpPost.Response.Status status ->
          classify(status.code(), Optional.ofNullable(status.headers().get("retry-after")), now);
      case HttpPost.Response.NoAnswer(var reason, var detail) ->
          new DeliveryResult.Retry(
              ForeignText.forPeople(reason + ": " + detail, DETAIL_LENGTH), Optional.empty());
    };
  }

  /// 2xx is success; 408, 425, 429 and 5xx are worth retrying; 410 is gone; all else is refused.
  public static DeliveryResult classify(int code, Optional<String> retryAfter, Instant now) {
    String error = "HTTP " + code;
    if (code >= 200 && code < 300) {
      return new DeliveryResult.Delivered(Optional.empty());
    }
    if (code == 408 || code == 425 || code == 429 || code >= 500) {
      return new DeliveryResult.Retry(error, retryAfter.flatMap(text -> retryAfter(text, now)));
    }
    return code == 410 ? new DeliveryResult.Gone(error) : new DeliveryResult.Rejected(error);
  }

  /// `Retry-After` as seconds or as an HTTP date; empty when it is neither. A date that is past
  /// asks for no wait.
  public static Optional<Duration> retryAfter(String header, Instant now) {
    String text = header.strip();
    if (!text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return Optional.of(
          text.length() > SECONDS_DIGITS_MAX
              ? RetryPolicy.RETRY_AFTER_MAX
              : Duration.ofSeconds(Long.parseLong(text)));
    }
    try {
      Instant at = DateTimeFormatter.RFC_1123_DATE_TIME.parse(text, Instant::from);
      return Optional.of(at.isAfter(now) ? Duration.between(now, at) : Duration.ZERO);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
