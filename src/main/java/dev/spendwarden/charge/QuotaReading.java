package dev.spendwarden.charge;

import java.math.BigDecimal;
import java.util.Optional;

/// A provider's own counter at the time of a poll: how much of how much is used, cumulative until
/// the provider resets it. An absent limit is not known, which is not the same as zero (zero means
/// blocked).
///
/// @param scope whose counter: `{user: …}`, or empty for the account
public record QuotaReading(
    String source, Dimensions scope, Unit unit, Optional<BigDecimal> limit, BigDecimal consumed) {}
