-- Actions in their newest state; how they came there stands in audit. targets is JSON. acted counts the targets an
-- action took, for its cap.
CREATE TABLE action (
  id            TEXT PRIMARY KEY,
  name          TEXT NOT NULL,
  type          TEXT NOT NULL,
  mode          TEXT NOT NULL,
  undo          TEXT NOT NULL,
  policy        TEXT NOT NULL,
  budget_id     TEXT NOT NULL,
  budget_labels TEXT NOT NULL,
  rule          TEXT NOT NULL,
  alert_id      TEXT NOT NULL,
  round         INTEGER NOT NULL,
  scope         TEXT NOT NULL,
  period_start  TEXT NOT NULL,
  period_end    TEXT NOT NULL,
  unit          TEXT,
  spent         TEXT,
  budget_limit  TEXT,
  version       INTEGER NOT NULL,
  state         TEXT NOT NULL,
  phase         TEXT NOT NULL,
  targets       TEXT NOT NULL,
  reason        TEXT NOT NULL,
  created_at    TEXT NOT NULL,
  due_at        TEXT,
  decided_by    TEXT,
  outcome       TEXT,
  acted_at      TEXT,
  acted         INTEGER NOT NULL,
  attempts      INTEGER NOT NULL
);
CREATE UNIQUE INDEX action_round ON action (name, alert_id, round);
CREATE INDEX action_due ON action (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX action_acted ON action (name, acted_at) WHERE acted_at IS NOT NULL;
CREATE INDEX action_created_at ON action (created_at, id);
CREATE INDEX action_budget ON action (name, budget_id, period_start);
CREATE INDEX action_live ON action (state) WHERE state IN ('planned', 'waiting', 'running', 'done');

-- Rows are only ever added, each hash over the one before: never pruned.
CREATE TABLE audit (
  seq       BIGINT PRIMARY KEY,
  at        TEXT NOT NULL,
  who       TEXT NOT NULL,
  what      TEXT NOT NULL,
  action_id TEXT NOT NULL,
  details   TEXT NOT NULL,
  hash      TEXT NOT NULL
);

-- The last good figure of budgets that have actions: what a jump is measured from.
CREATE TABLE budget_figure (
  budget_id    TEXT PRIMARY KEY,
  period_start TEXT NOT NULL,
  spent        TEXT NOT NULL,
  jumped_from  TEXT
);

CREATE TABLE decision_hold (
  id         TEXT PRIMARY KEY,
  amount     TEXT NOT NULL,
  unit       TEXT NOT NULL,
  budgets    TEXT NOT NULL,
  state      TEXT NOT NULL,
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  closed_at  TEXT,
  over_at    TEXT NOT NULL
);
CREATE INDEX decision_hold_over_at ON decision_hold (over_at);

-- The kill switch: one row, absent while nobody ever used it.
CREATE TABLE enforcement (
  id      INTEGER PRIMARY KEY CHECK (id = 1),
  enabled SMALLINT NOT NULL CHECK (enabled IN (0, 1))
);
