package dev.spendwarden.policy;

import java.time.Duration;

/// What the configuration says of a source that matters to judging its figures.
///
/// @param maxAge older data than this is stale, unless the policy says otherwise
public record SourceTerms(String name, Duration maxAge) {}
