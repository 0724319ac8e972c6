package dev.spendwarden.policy;

import java.time.Duration;

/// What the configuration says of a source that matters to judging its figures.
///
/// @param maxAge older data than this is stale, unless the policy says otherwise
/// @param estimates its readings hold an estimate of what was spent inside the newest days
/// @param pollInterval how often it is asked
public record SourceTerms(String name, Duration maxAge, boolean estimates, Duration pollInterval) {

  /// How often a source is asked where nothing is said.
  public static final Duration POLLED_EVERY = Duration.ofMinutes(5);

  public SourceTerms(String name, Duration maxAge) {
    this(name, maxAge, false);
  }

  public SourceTerms(String name, Duration maxAge, boolean estimates) {
    this(name, maxAge, estimates, POLLED_EVERY);
  }
}
