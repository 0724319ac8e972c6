package dev.spendwarden.sources.http;

import dev.spendwarden.sources.FailureReason;
import java.io.IOException;

/// Carries the reason from where a request fails to where it becomes an [Answer.Failed]. An
/// `IOException`, so that it can pass through an `InputStream`.
final class RequestFailure extends IOException {

  private static final long serialVersionUID = 1;

  private final FailureReason reason;

  RequestFailure(FailureReason reason, String detail) {
    super(detail);
    this.reason = reason;
  }

  FailureReason reason() {
    return reason;
  }

  String detail() {
    return String.valueOf(getMessage());
  }
}
