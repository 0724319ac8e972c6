package dev.spendwarden.sandbox;

import java.time.Duration;
import java.util.Optional;

/// One way in which an answer can go wrong. Those that break the exchange itself (`Status`, `Hang`,
/// `Close`, `Body`, `Redirect`, `GzipBomb`) never reach the twin, unless `handled` says that it did
/// its work and only the answer is lost; the others spoil the twin's own answer.
public sealed interface Fault {

  /// An error status with a plain body.
  record Status(int status, Optional<String> retryAfter) implements Fault {}

  /// Silence until the caller gives up.
  record Hang(boolean handled) implements Fault {}

  /// The connection ends before any answer.
  record Close(boolean handled) implements Fault {}

  /// A 200 with a body of our choosing: JSON of a wrong shape, broken JSON, a login page.
  record Body(String contentType, String body) implements Fault {}

  /// The answer announces its full length and ends after half of it.
  record Truncate() implements Fault {}

  /// The answer comes one byte at a time.
  record Trickle(Duration every) implements Fault {}

  /// Every member of that name is left out, at any depth.
  record Drop(String field) implements Fault {}

  /// Every member of that name becomes the literal as it stands: `null`, `1e999999999`, `"x"`.
  record Replace(String field, String literal) implements Fault {}

  /// Every object in a list that has a member of this value is left out: a user, a workspace, a
  /// row.
  record Vanish(String value) implements Fault {}

  record Redirect(int status, String location) implements Fault {}

  /// A small gzip answer that unpacks to so many mebibytes.
  record GzipBomb(int mebibytes) implements Fault {}

  /// The right answer, late.
  record Slow(Duration delay) implements Fault {}

  /// The right answer behind one header of so many bytes.
  record BigHeader(int bytes) implements Fault {}
}
