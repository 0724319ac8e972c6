-- What operators decide for a time: silences and waivers; and what nobody was told because of them.
-- Ended rows of the first two are removed by and by; matchers and labels are JSON.

CREATE TABLE silence (
  id         TEXT PRIMARY KEY,
  matchers   TEXT NOT NULL,
  starts_at  TEXT NOT NULL,
  ends_at    TEXT NOT NULL,
  comment    TEXT NOT NULL,
  created_by TEXT NOT NULL
);

CREATE TABLE waiver (
  id           TEXT PRIMARY KEY,
  policy       TEXT NOT NULL,
  labels       TEXT NOT NULL,
  valid_until  TEXT NOT NULL,
  raise_amount TEXT,
  raise_unit   TEXT,
  mute         SMALLINT NOT NULL CHECK (mute IN (0, 1)),
  reason       TEXT NOT NULL,
  granted_by   TEXT NOT NULL
);

-- told: the severity people were last told; NULL: nobody was told anything.
CREATE TABLE alert_owed (
  alert_id TEXT PRIMARY KEY,
  told     TEXT,
  kind     TEXT NOT NULL
);
