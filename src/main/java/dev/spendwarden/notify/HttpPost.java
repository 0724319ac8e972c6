package dev.spendwarden.notify;

import java.net.URI;
import java.time.Duration;
import java.util.Map;

/// One POST through the guarded client: redirects are not followed, the whole exchange ends after
/// `timeout`, private addresses are refused unless opened. Blocking, thread-safe, never throws for
/// what the other side does.
@FunctionalInterface
public interface HttpPost {

  Response post(URI url, Map<String, String> headers, byte[] body, Duration timeout);

  /// What came of it.
  sealed interface Response {

    /// An answer, whatever it says.
    ///
    /// @param headers by lower-case name
    /// @param text the start of the answer's body, a few hundred characters at most; empty when it
    ///   is not text
    record Status(int code, Map<String, String> headers, String text) implements Response {}

    /// No whole answer: the connection failed, broke, took too long or was refused by us.
    ///
    /// @param reason a word such as `timeout` or `server`
    /// @param detail for people; never an address with a secret in it
    record NoAnswer(String reason, String detail) implements Response {}
  }
}
