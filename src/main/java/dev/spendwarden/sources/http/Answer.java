package dev.spendwarden.sources.http;

import dev.spendwarden.sources.FailureReason;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/// What came of a request.
public sealed interface Answer {

  /// An answer, whatever its status; a 2xx one came whole. [HttpStatus] says what a status means.
  ///
  /// @param body decompressed; empty after a download, whose body went to its reader
  @SuppressWarnings("ArrayRecordComponent") // Megabytes, handed over once and compared by nobody.
  record Ok(int status, Headers headers, byte[] body) implements Answer {

    public boolean isSuccess() {
      return status >= 200 && status < 300;
    }

    public String text() {
      return new String(body, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
      return "Ok[" + status + ", " + body.length + " bytes]";
    }
  }

  /// No whole answer.
  ///
  /// @param detail for people: the origin and what happened, never a path, a query or a secret
  record Failed(FailureReason reason, String detail, Optional<Duration> retryAfter)
      implements Answer {}
}
