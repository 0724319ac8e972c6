package dev.spendwarden.ledger;

import java.time.Instant;
import java.util.Optional;

/// How a source stands after its latest poll.
///
/// @param dataAsOf when the newest good reading was asked for; empty until there was one
/// @param failure the reason's wire word (`auth`, `timeout`, …) when the latest poll failed
/// @param failingSince the first poll of the present run of failures
public record SourceStatus(
    String source,
    Optional<Instant> dataAsOf,
    Optional<String> failure,
    Optional<Instant> failingSince) {

  public static SourceStatus unknown(String source) {
    return new SourceStatus(source, Optional.empty(), Optional.empty(), Optional.empty());
  }

  public SourceStatus succeeded(Instant asOf) {
    return new SourceStatus(source, Optional.of(asOf), Optional.empty(), Optional.empty());
  }

  public SourceStatus failed(String reason, Instant now) {
    return new SourceStatus(
        source, dataAsOf, Optional.of(reason), Optional.of(failingSince.orElse(now)));
  }
}
