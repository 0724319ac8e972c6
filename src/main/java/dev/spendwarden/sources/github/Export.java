package dev.spendwarden.sources.github;

import java.time.Instant;
import java.util.Optional;

/// A report that was asked for, and how far it came. Known by source, type, range and `askedAt`.
///
/// @param source the configured name
/// @param shape what of the configuration shaped the charges (enterprise, reports, kept
///   dimensions): days read under another shape must be read anew
/// @param askedAt when the intent to ask was stored, before anything was sent
/// @param id GitHub's; empty while its answer is not known
/// @param createdAt by GitHub's clock
/// @param stateSince when the present state was first seen
public record Export(
    String source,
    String shape,
    ReportType type,
    DateRange range,
    Instant askedAt,
    Optional<String> id,
    Optional<Instant> createdAt,
    State state,
    Instant stateSince) {

  public enum State {
    /// Intended, perhaps sent: whether GitHub heard of it is not known.
    ASKED,
    PROCESSING,
    COMPLETED,
    /// Its charges are in the ledger.
    READ,
    /// GitHub could not make it, or took too long.
    FAILED,
    /// No longer wanted, or GitHub refused to make it or no longer knows it.
    DROPPED;

    boolean isOpen() {
      return this == ASKED || this == PROCESSING || this == COMPLETED;
    }
  }

  static Export intended(
      String source, String shape, ReportType type, DateRange range, Instant now) {
    return new Export(
        source, shape, type, range, now, Optional.empty(), Optional.empty(), State.ASKED, now);
  }

  boolean isOpen() {
    return state.isOpen();
  }

  /// Data in the export is as of this instant: it may have been adopted from an earlier ask.
  Instant asOf() {
    return createdAt.filter(created -> created.isBefore(askedAt)).orElse(askedAt);
  }

  Export withState(State changed, Instant now) {
    boolean same = changed == state;
    // Reading a completed export changes nothing at GitHub.
    Instant since = same || changed == State.READ ? stateSince : now;
    return new Export(source, shape, type, range, askedAt, id, createdAt, changed, since);
  }

  Export withAnswer(String knownId, Optional<Instant> created) {
    return new Export(
        source, shape, type, range, askedAt, Optional.of(knownId), created, state, stateSince);
  }

  /// Whether both are the same ask.
  boolean isSameAs(Export other) {
    return source.equals(other.source)
        && type == other.type
        && range.equals(other.range)
        && askedAt.equals(other.askedAt);
  }
}
