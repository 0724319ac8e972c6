package dev.spendwarden.notify;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What follows from an attempt. Pure.
///
/// - **Delivered**: done.
/// - **Retry**: again after the delay of the `retry` list, its last step again and again. What the
///   receiver asks for (`Retry-After`, at most an hour of it) lengthens the wait and never shortens
///   it, so that a receiver that always says "in a second" is not hammered. The last attempt is
///   made at the horizon itself, counted from the notification's creation: a receiver that answers
///   at any time within it is told. A notification that fails after the horizon is dead.
/// - **Rejected**: again by the same list, dead after [#REJECTED_TRIES] attempts in all.
/// - **Gone**: dead at once.
///
/// @param delays after the first, second, … attempt; not empty
/// @param horizon how long a notification is worth retrying
public record RetryPolicy(List<Duration> delays, Duration horizon) {

  public static final RetryPolicy DEFAULT =
      of(
          List.of(
              Duration.ofSeconds(5),
              Duration.ofMinutes(5),
              Duration.ofMinutes(30),
              Duration.ofHours(2)));

  public static final int REJECTED_TRIES = 3;

  /// The most of a `Retry-After` that is honoured.
  public static final Duration RETRY_AFTER_MAX = Duration.ofHours(1);

  private static final int ERROR_LENGTH = 300;

  public RetryPolicy {
    delays = List.copyOf(delays);
    if (delays.isEmpty() || delays.stream().anyMatch(Duration::isNegative)) {
      throw new IllegalArgumentException("a retry list has delays of zero or more: " + delays);
    }
  }

  /// With the usual horizon of 72 hours.
  public static RetryPolicy of(List<Duration> delays) {
    return new RetryPolicy(delays, Duration.ofDays(3));
  }

  /// No attempt is ever put off by more.
  Duration longestWait() {
    return delays.stream().reduce(RETRY_AFTER_MAX, RetryPolicy::max);
  }

  /// The notification after an attempt that ended at `now` with `result`.
  ///
  /// @param before as it was when the attempt began; `attempts` does not count this one yet
  public Notification after(Notification before, DeliveryResult result, Instant now) {
    int attempts = before.attempts() + 1;
    return switch (result) {
      case DeliveryResult.Delivered _ -> delivered(before, attempts, now);
      case DeliveryResult.Retry retry -> retried(before, attempts, retry, now);
      case DeliveryResult.Rejected rejected ->
          attempts < REJECTED_TRIES
              ? waiting(before, attempts, rejected.error(), now.plus(delayAfter(attempts)))
              : dead(before, attempts, rejected.error());
      case DeliveryResult.Gone gone -> dead(before, attempts, gone.error());
    };
  }

  private Notification retried(
      Notification before, int attempts, DeliveryResult.Retry retry, Instant now) {
    Instant last = before.createdAt().plus(horizon);
    if (!now.isBefore(last)) {
      return dead(before, attempts, retry.error());
    }
    Duration asked =
        retry.retryAfter().map(after -> min(after, RETRY_AFTER_MAX)).orElse(Duration.ZERO);
    Instant next = now.plus(max(delayAfter(attempts), asked));
    return waiting(before, attempts, retry.error(), next.isAfter(last) ? last : next);
  }

  private Duration delayAfter(int attempts) {
    return delays.get(Math.min(attempts, delays.size()) - 1);
  }

  private static Notification delivered(Notification before, int attempts, Instant now) {
    return with(
        before,
        Notification.State.DELIVERED,
        attempts,
        before.lastError(),
        Optional.empty(),
        Optional.of(now));
  }

  private static Notification waiting(
      Notification before, int attempts, String error, Instant next) {
    return with(
        before,
        Notification.State.PENDING,
        attempts,
        shown(error),
        Optional.of(next),
        Optional.empty());
  }

  private static Notification dead(Notification before, int attempts, String error) {
    return with(
        before,
        Notification.State.DEAD,
        attempts,
        shown(error),
        Optional.empty(),
        Optional.empty());
  }

  private static Optional<String> shown(String error) {
    return Optional.of(ForeignText.forPeople(error, ERROR_LENGTH));
  }

  private static Notification with(
      Notification before,
      Notification.State state,
      int attempts,
      Optional<String> error,
      Optional<Instant> nextAttemptAt,
      Optional<Instant> deliveredAt) {
    return new Notification(
        before.id(),
        before.receiver(),
        before.type(),
        before.alertId(),
        before.budgetId(),
        before.sequence(),
        before.body(),
        state,
        attempts,
        error,
        before.createdAt(),
        nextAttemptAt,
        deliveredAt);
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) <= 0 ? a : b;
  }

  private static Duration max(Duration a, Duration b) {
    return a.compareTo(b) >= 0 ? a : b;
  }
}
