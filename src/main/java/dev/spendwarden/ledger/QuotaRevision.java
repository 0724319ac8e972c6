package dev.spendwarden.ledger;

import dev.spendwarden.charge.QuotaReading;
import java.time.Instant;

/// One state of a provider's counter and the instant from which it was known.
///
/// @param vanished a good reading no longer held this counter; `reading` then repeats the last
///   figure
public record QuotaRevision(QuotaReading reading, Instant knownAt, boolean vanished) {}
