package dev.spendwarden.sources;

import dev.spendwarden.charge.Reading;
import java.time.Duration;
import java.util.Optional;

/// What came of one poll.
public sealed interface PollResult {

  /// @param again look again this soon instead of after the poll interval (an export in the making)
  record Complete(Reading reading, Optional<Duration> again) implements PollResult {}

  /// Nothing is wrong and nothing is known yet: an export is still being made.
  record Waiting(Duration again) implements PollResult {}

  /// @param detail for people: status and place, never a secret or a query string
  /// @param retryAfter what the provider asked for
  record Failed(FailureReason reason, String detail, Optional<Duration> retryAfter)
      implements PollResult {}
}
