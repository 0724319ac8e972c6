-- Forecasts as they were made, at most ten for a budget and period, and what the period came to once that is known.
-- The figures are statistics, not amounts; came is one, and exact. Kept as long as retention asks.
CREATE TABLE kept_forecast (
  id           ${identity},
  budget_id    TEXT NOT NULL,
  period_start TEXT NOT NULL,
  period_end   TEXT NOT NULL,
  tenth        SMALLINT NOT NULL,
  made_at      TEXT NOT NULL,
  unit         TEXT NOT NULL,
  p10          DOUBLE PRECISION NOT NULL,
  p50          DOUBLE PRECISION NOT NULL,
  p90          DOUBLE PRECISION NOT NULL,
  came         TEXT,
  UNIQUE (budget_id, period_start, tenth)
);
CREATE INDEX kept_forecast_period_end ON kept_forecast (period_end);

-- The tally of a budget over all of its periods that were scored; survives the forecasts behind it.
CREATE TABLE forecast_score (
  budget_id  TEXT PRIMARY KEY,
  forecasts  INTEGER NOT NULL,
  inside     INTEGER NOT NULL,
  measured   INTEGER NOT NULL,
  errors     DOUBLE PRECISION NOT NULL,
  period_end TEXT NOT NULL
);
