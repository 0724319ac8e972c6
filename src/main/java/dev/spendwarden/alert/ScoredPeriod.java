package dev.spendwarden.alert;

import dev.spendwarden.burn.ForecastScore;
import java.math.BigDecimal;
import java.time.Instant;

/// A period whose forecasts were scored.
///
/// @param came what it cost in the end
/// @param score the budget's tally with it
public record ScoredPeriod(
    String budgetId,
    Instant periodStart,
    Instant periodEnd,
    BigDecimal came,
    ForecastScore score) {}
