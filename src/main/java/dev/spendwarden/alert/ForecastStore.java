package dev.spendwarden.alert;

import dev.spendwarden.burn.ForecastRecord;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

/// Where forecasts and their scores are kept. Implemented by `store`; every method runs inside the
/// caller's transaction, may block, and fails with an unchecked exception when the database does.
public interface ForecastStore {

  /// Keeps forecasts. One of the same budget, period and tenth again changes nothing.
  void keep(Collection<ForecastRecord> forecasts);

  /// Writes what periods came to beside their forecasts, and the budgets' tallies as they now are.
  void score(Collection<ScoredPeriod> periods);

  /// Forecasts that were not scored, of periods that ended after `periodEndedAfter`, in the order
  /// in which they were made.
  List<ForecastRecord> open(Instant periodEndedAfter);

  /// The tally of every budget that has one.
  List<BudgetScore> scores();
}
