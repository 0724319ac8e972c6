package dev.spendwarden.store;

import dev.spendwarden.alert.BudgetScore;
import dev.spendwarden.alert.ForecastStore;
import dev.spendwarden.alert.ScoredPeriod;
import dev.spendwarden.burn.ForecastRecord;
import dev.spendwarden.burn.ForecastScore;
import dev.spendwarden.charge.Amount;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/// Kept forecasts and their scores, in SQL that SQLite and PostgreSQL both speak.
final class SqlForecastStore implements ForecastStore {

  private static final int ROWS_AT_ONCE = 1_000;

  private final Handle handle;

  SqlForecastStore(Handle handle) {
    this.handle = handle;
  }

  @Override
  public void keep(Collection<ForecastRecord> forecasts) {
    if (forecasts.isEmpty()) {
      return;
    }
    PreparedBatch batch =
        handle.prepareBatch(
            """
            INSERT INTO kept_forecast (budget_id, period_start, period_end, tenth, made_at, unit,
              p10, p50, p90)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (budget_id, period_start, tenth) DO NOTHING\
            """);
    for (ForecastRecord forecast : forecasts) {
      batch.add(
          forecast.budgetId(),
          InstantText.write(forecast.periodStart()),
          InstantText.write(forecast.periodEnd()),
          forecast.tenth(),
          InstantText.write(forecast.at()),
          forecast.unit(),
          forecast.p10(),
          forecast.p50(),
          forecast.p90());
      executeWhen(batch.size() == ROWS_AT_ONCE, batch);
    }
    executeWhen(batch.size() > 0, batch);
  }

  @Override
  public void score(Collection<ScoredPeriod> periods) {
    if (periods.isEmpty()) {
      return;
    }
    PreparedBatch came =
        handle.prepareBatch(
            "UPDATE kept_forecast SET came = ? WHERE budget_id = ? AND period_start = ?");
    PreparedBatch tally =
        handle.prepareBatch(
            """
            INSERT INTO forecast_score (budget_id, forecasts, inside, measured, errors, period_end)
            VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (budget_id) DO UPDATE SET forecasts = excluded.forecasts,
              inside = excluded.inside, measured = excluded.measured, errors = excluded.errors,
              period_end = excluded.period_end\
            """);
    for (ScoredPeriod period : periods) {
      ForecastScore score = period.score();
      came.add(
          Amount.plain(period.came()), period.budgetId(), InstantText.write(period.periodStart()));
      tally.add(
          period.budgetId(),
          score.forecasts(),
          score.inside(),
          score.measured(),
          score.errors(),
          InstantText.write(period.periodEnd()));
      executeWhen(came.size() == ROWS_AT_ONCE, came);
      executeWhen(tally.size() == ROWS_AT_ONCE, tally);
    }
    executeWhen(came.size() > 0, came);
    executeWhen(tally.size() > 0, tally);
  }

  private static void executeWhen(boolean wanted, PreparedBatch batch) {
    if (wanted) {
      batch.execute();
    }
  }

  @Override
  public List<ForecastRecord> open(Instant periodEndedAfter) {
    return handle
        .createQuery(
            """
            SELECT budget_id, period_start, period_end, tenth, made_at, unit, p10, p50, p90
            FROM kept_forecast WHERE came IS NULL AND period_end > ? ORDER BY made_at, id\
            """)
        .bind(0, InstantText.write(periodEndedAfter))
        .map((row, context) ->
            new ForecastRecord(
                row.getString(1),
                InstantText.parse(row.getString(2)),
                InstantText.parse(row.getString(3)),
                row.getInt(4),
                InstantText.parse(row.getString(5)),
                row.getString(6),
                row.getDouble(7),
                row.getDouble(8),
                row.getDouble(9)))
        .list();
  }

  @Override
  public List<BudgetScore> scores() {
    return handle
        .createQuery(
            """
            SELECT budget_id, forecasts, inside, measured, errors FROM forecast_score
            ORDER BY budget_id\
            """)
        .map((row, context) ->
            new BudgetScore(
                row.getString(1),
                new ForecastScore(row.getInt(2), row.getInt(3), row.getInt(4), row.getDouble(5))))
        .list();
  }
}
