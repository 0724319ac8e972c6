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

/// Checks the bearer token of calls that change something, and slows down who guesses: after
/// [#FREE_TRIES] wrong tokens in a row an address waits, each time twice as long. Thread-safe.
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

  sealed interface Verdict {
    record Allowed() implements Verdict {}

    /// No token is configured: nobody may.
    record Closed() implements Verdict {}

    record Wrong(String detail) implements Verdict {}

    record Wait(long seconds) implements Verdict {}
  }

  /// @param nanoTime monotonic
  BearerGuard(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /// @param authorization the header as it came
  Verdict check(String address, @Nullable String authorization, Optional<String> token) {
    if (token.isEmpty() || token.get().isBlank()) {
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
      if (matches(authorization, token.get())) {
        failures.remove(address);
        return new Verdict.Allowed();
      }
      int inARow = before.inARow + 1;
      int doublings = Math.clamp(inARow - FREE_TRIES, 0, 10);
      long seconds = Math.min(1L << doublings, MAX_WAIT_SECONDS);
      failures.put(address, new Failures(inARow, now + seconds * 1_000_000_000L));
      return new Verdict.Wrong("the token is not the one in server.token_file");
    }
  }

  /// Compares digests: in constant time, and without telling the token's length.
  private static boolean matches(String authorization, String token) {
    boolean bearer = authorization.toLowerCase(Locale.ROOT).startsWith("bearer ");
    String given = bearer ? authorization.substring("bearer ".length()).strip() : "";
    return MessageDigest.isEqual(digest(given), digest(token.strip())) && bearer;
  }

  private static byte[] digest(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
