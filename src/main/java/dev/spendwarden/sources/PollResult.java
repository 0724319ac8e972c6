package dev.spendwarden.sources;

import dev.spendwarden.charge.Reading;
import dev.spendwarden.charge.ReportStatus;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What came of one poll.
public sealed interface PollResult {

  /// @param again look again this soon instead of after the poll interval (an export in the making)
  record Complete(Reading reading, Optional<Duration> again) implements PollResult {}

  /// Nothing is wrong and nothing is known yet: an export is still being made.
  ///
  /// @param reports how exports stand meanwhile; the data grows no fresher by them
  record Waiting(Duration again, List<ReportStatus> reports) implements PollResult {

    public Waiting {
      reports = List.copyOf(reports);
    }
  }

  /// @param detail for people: status and place, never a secret or a query string
  /// @param retryAfter what the provider asked for
  /// @param reports how exports stand, the one that failed among them
  record Failed(
      FailureReason reason,
      String detail,
      Optional<Duration> retryAfter,
      List<ReportStatus> reports)
      implements PollResult {

    public Failed {
      reports = List.copyOf(reports);
    }

    public Failed(FailureReason reason, String detail, Optional<Duration> retryAfter) {
      this(reason, detail, retryAfter, List.of());
    }
  }
}
