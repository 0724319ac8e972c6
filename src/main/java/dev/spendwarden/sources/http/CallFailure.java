package dev.spendwarden.sources.http;

import dev.spendwarden.sources.FailureReason;
import dev.spendwarden.sources.PollResult;
import java.time.Duration;
import java.util.Optional;

/// A request that makes its whole poll fail. The message is for people and holds no secret.
public final class CallFailure extends Exception {

  private static final long serialVersionUID = 1;

  private final FailureReason reason;
  private final transient Optional<Duration> retryAfter;
  private final int status;

  public CallFailure(FailureReason reason, String detail) {
    this(reason, detail, Optional.empty(), 0);
  }

  /// @param status of the answer; 0 where none came
  public CallFailure(
      FailureReason reason, String detail, Optional<Duration> retryAfter, int status) {
    super(detail);
    this.reason = reason;
    this.retryAfter = retryAfter;
    this.status = status;
  }

  public int status() {
    return status;
  }

  public PollResult.Failed asResult() {
    return new PollResult.Failed(reason, String.valueOf(getMessage()), retryAfter);
  }
}
