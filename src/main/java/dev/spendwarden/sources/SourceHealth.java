package dev.spendwarden.sources;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// How a source stands, for people and metrics.
///
/// @param failure empty when the latest poll was good
/// @param dataAsOf when the newest good reading was asked for
public record SourceHealth(
    String name,
    String type,
    Optional<FailureReason> failure,
    String detail,
    Optional<Instant> lastSuccess,
    Optional<Instant> dataAsOf,
    Optional<Instant> lastPoll,
    Optional<Instant> nextPoll,
    Duration lastPollDuration) {}
