package dev.spendwarden.store;

import dev.spendwarden.alert.BudgetScore;
import dev.spendwarden.alert.ForecastStore;
import dev.spendwarden.alert.ScoredPeriod;
import dev.spendwarden.burn.ForecastRecord;
import dev.spendwarden.burn.ForecastScore;
import dev.spendwarden.store.InMemoryDatabase.Undo;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Kept forecasts and scores, in maps.
public final class InMemoryForecastStore implements ForecastStore {

  private final Undo undo;
  private final Map<String, ForecastRecord> open = new HashMap<>();
  private final Map<String, ForecastScore> scores = new TreeMap<>();
  private final Map<String, Instant> scoredUntil = new HashMap<>();

  InMemoryForecastStore(Undo undo) {
    this.undo = undo;
  }

  @Override
  public void keep(Collection<ForecastRecord> forecasts) {
    for (ForecastRecord forecast : forecasts) {
      String key = forecast.budgetId() + forecast.periodStart() + "/" + forecast.tenth();
      if (open.putIfAbsent(key, forecast) == null) {
        undo.push(() -> open.remove(key));
      }
    }
  }

  @Override
  public void score(Collection<ScoredPeriod> periods) {
    Map<String, ForecastRecord> openBefore = Map.copyOf(open);
    Map<String, ForecastScore> scoresBefore = Map.copyOf(scores);
    undo.push(() -> {
      open.clear();
      open.putAll(openBefore);
      scores.clear();
      scores.putAll(scoresBefore);
    });
    for (ScoredPeriod period : periods) {
      open.values()
          .removeIf(forecast ->
              forecast.budgetId().equals(period.budgetId())
                  && forecast.periodStart().equals(period.periodStart()));
      scores.put(period.budgetId(), period.score());
      scoredUntil.put(period.budgetId(), period.periodEnd());
    }
  }

  @Override
  public List<ForecastRecord> open(Instant periodEndedAfter) {
    return open.values().stream()
        .filter(forecast -> forecast.periodEnd().isAfter(periodEndedAfter))
        .sorted(Comparator.comparing(ForecastRecord::at).thenComparing(ForecastRecord::budgetId))
        .toList();
  }

  @Override
  public List<BudgetScore> scores() {
    return scores.entrySet().stream()
        .map(entry -> new BudgetScore(entry.getKey(), entry.getValue()))
        .toList();
  }

  void prune(Instant before) {
    open.values().removeIf(forecast -> forecast.periodEnd().isBefore(before));
    scores
        .keySet()
        .removeIf(budget -> scoredUntil.getOrDefault(budget, Instant.MAX).isBefore(before));
  }
}
