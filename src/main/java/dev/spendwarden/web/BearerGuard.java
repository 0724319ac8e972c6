package dev.spendwarden.web;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Judges bearer tokens, and slows down who guesses: after [#FREE_TRIES] wrong tokens in a row an
/// address waits, each time twice as long. Thread-safe.
final class BearerGuard {

  static final int FREE_TRIES = 5;
  static final int MAX_WAIT_SECONDS = 60;

  /// Addresses remembered; beyond it the one that was quiet longest is forgotten.
  private static final int MAX_ADDRESSES = 1000;

  private final LongSupplier nanoTime;
  private final Map<String, Failures> failures =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
          return size() > MAX_ADDRESSES;
        }
      };

  private record Failures(int inARow, long waitUntil) {}

  /// What a call does.
  enum Right {
    READ,
    WRITE
  }

  /// The tokens as they are now. A blank one opens nothing.
  record Accepted(Optional<String> write, Optional<String> read) {

    Accepted {
      write = write.map(String::strip).filter(token -> !token.isEmpty());
      read = read.map(String::strip).filter(token -> !token.isEmpty());
    }
  }

  sealed interface Verdict {
    record Allowed() implements Verdict {}

    /// No token that would do is configured: nobody may.
    record Closed() implements Verdict {}

    /// The token for reading, on a call that changes something.
    record ReadOnly() implements Verdict {}

    record Wrong(String detail) implements Verdict {}

    record Wait(long seconds) implements Verdict {}
  }

  /// @param nanoTime monotonic
  BearerGuard(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /// @param authorization the header as it came
  Verdict check(String address, @Nullable String authorization, Right asked, Accepted accepted) {
    boolean closed =
        switch (asked) {
          case READ -> accepted.write().isEmpty() && accepted.read().isEmpty();
          case WRITE -> accepted.write().isEmpty();
        };
    if (closed) {
      return new Verdict.Closed();
    }
    if (authorization == null) {
      return new Verdict.Wrong("this call needs the header Authorization: Bearer <token>");
    }
    synchronized (failures) {
      long now = nanoTime.getAsLong();
      Failures before = failures.getOrDefault(address, new Failures(0, now));
      long wait = before.waitUntil - now;
      if (before.inARow >= FREE_TRIES && wait > 0) {
        return new Verdict.Wait(1 + wait / 1_000_000_000L);
      }
      // Both are always compared: how long the answer takes must not tell which one was near.
      boolean write = matches(authorization, accepted.write());
      boolean read = matches(authorization, accepted.read());
      if (write || read) {
        failures.remove(address);
        return write || asked == Right.READ ? new Verdict.Allowed() : new Verdict.ReadOnly();
      }
      int inARow = before.inARow + 1;
      int doublings = Math.clamp(inARow - FREE_TRIES, 0, 10);
      long seconds = Math.min(1L << doublings, MAX_WAIT_SECONDS);
      failures.put(address, new Failures(inARow, now + seconds * 1_000_000_000L));
      return new Verdict.Wrong(
          asked == Right.READ
              ? "the token is not one of server.read_token_file or server.token_file"
              : "the token is not the one in server.token_file");
    }
  }

  /// Compares digests: in constant time, and without telling the token's length.
  private static boolean matches(String authorization, Optional<String> token) {
    boolean bearer = authorization.toLowerCase(Locale.ROOT).startsWith("bearer ");
    String given = bearer ? authorization.substring("bearer ".length()).strip() : "";
    boolean same = MessageDigest.isEqual(digest(given), digest(token.orElse("")));
    return same && bearer && token.isPresent();
  }

  private static byte[] digest(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
