package dev.spendwarden.burn;

import java.time.Instant;

/// A forecast as it was made, kept until its period has ended and it can be scored.
///
/// @param at when it was made
/// @param periodEnd the end of the period it was about
/// @param p50 in the budget's unit
public record ForecastRecord(String budgetId, Instant at, Instant periodEnd, double p50) {}
