package dev.spendwarden.policy;

import java.time.Duration;

/// What the configuration says of a source that matters to judging its figures.
///
/// @param maxAge older data than this is stale, unless the policy says otherwise
/// @param estimates its readings hold an estimate of what was spent inside the newest days
public record SourceTerms(String name, Duration maxAge, boolean estimates) {

  public SourceTerms(String name, Duration maxAge) {
    this(name, maxAge, false);
  }
}
