package dev.spendwarden.alert;

import dev.spendwarden.burn.ForecastScore;

/// How good the forecasts of one budget were.
public record BudgetScore(String budgetId, ForecastScore score) {}
