package dev.spendwarden.ledger;

import dev.spendwarden.charge.Charge;
import java.time.Instant;

/// One state of a charge and the instant from which it was known. The newest revision of a charge's
/// key counts.
///
/// @param vanished the reading that was complete for this charge's period no longer held it;
///   `charge` then repeats the last figure, and what that means is the reading's
///   [dev.spendwarden.charge.Reading.Vanished]
public record ChargeRevision(Charge charge, Instant knownAt, boolean vanished) {}
