-- One schema for SQLite and PostgreSQL: ${identity} is the one word in which they differ.
-- Instants are TEXT of fixed width, 2027-01-20T09:05:00.000000000Z: they sort as they read and keep nanoseconds
-- (a BIGINT of nanoseconds ends in 2262, and an unlimited period ends in 9999). Amounts are TEXT, exact.

CREATE TABLE source (
  id   ${identity},
  name TEXT NOT NULL UNIQUE
);

-- Each distinct set of dimension values once, as JSON in vocabulary order.
CREATE TABLE dimension_set (
  id        ${identity},
  canonical TEXT NOT NULL UNIQUE
);

CREATE TABLE source_status (
  source        TEXT PRIMARY KEY,
  data_as_of    TEXT,
  failure       TEXT,
  failing_since TEXT
);

-- Revisions are only ever added, and removed by retention. The unique key is the figure's key and the instant from
-- which it was known; the index by known_at serves the replay at start; id lets retention walk in bounded steps.
CREATE TABLE charge_revision (
  id            ${identity},
  source_id     INTEGER  NOT NULL REFERENCES source (id),
  dimensions_id INTEGER  NOT NULL REFERENCES dimension_set (id),
  period_start  TEXT     NOT NULL,
  period_end    TEXT     NOT NULL,
  unit          TEXT     NOT NULL,
  known_at      TEXT     NOT NULL,
  net           TEXT     NOT NULL,
  gross         TEXT,
  vanished      SMALLINT NOT NULL CHECK (vanished IN (0, 1)),
  UNIQUE (source_id, dimensions_id, period_start, period_end, unit, known_at)
);
CREATE INDEX charge_revision_known_at ON charge_revision (known_at);

CREATE TABLE quota_revision (
  id            ${identity},
  source_id     INTEGER  NOT NULL REFERENCES source (id),
  dimensions_id INTEGER  NOT NULL REFERENCES dimension_set (id),
  unit          TEXT     NOT NULL,
  known_at      TEXT     NOT NULL,
  quota_limit   TEXT,
  consumed      TEXT     NOT NULL,
  vanished      SMALLINT NOT NULL CHECK (vanished IN (0, 1)),
  UNIQUE (source_id, dimensions_id, unit, known_at)
);
CREATE INDEX quota_revision_known_at ON quota_revision (known_at);

CREATE TABLE report_revision (
  id          ${identity},
  source_id   INTEGER  NOT NULL REFERENCES source (id),
  report_id   TEXT     NOT NULL,
  known_at    TEXT     NOT NULL,
  report_type TEXT     NOT NULL,
  state       TEXT     NOT NULL,
  degraded    SMALLINT NOT NULL CHECK (degraded IN (0, 1)),
  created_at  TEXT     NOT NULL,
  updated_at  TEXT     NOT NULL,
  covers      TEXT     NOT NULL,
  UNIQUE (source_id, report_id, known_at)
);
CREATE INDEX report_revision_known_at ON report_revision (known_at);
CREATE INDEX report_revision_newest ON report_revision (source_id, report_type, state, updated_at);

CREATE TABLE alert (
  id                 TEXT PRIMARY KEY,
  policy             TEXT NOT NULL,
  budget_id          TEXT NOT NULL,
  budget_labels      TEXT NOT NULL,
  policy_fingerprint TEXT NOT NULL,
  period_start       TEXT NOT NULL,
  period_end         TEXT NOT NULL,
  episode            INTEGER NOT NULL,
  ordinal            INTEGER NOT NULL,
  state              TEXT NOT NULL,
  severity           TEXT NOT NULL,
  rules              TEXT NOT NULL,
  started_at         TEXT NOT NULL,
  ended_at           TEXT,
  reason             TEXT,
  acked_by           TEXT
);
CREATE INDEX alert_newest ON alert (policy, budget_id, period_start, episode, id);
CREATE INDEX alert_started_at ON alert (started_at, id);

-- position: the order in which they were added. first_in_line: pending, and no older pending one of the same budget
-- stands before it; kept by the outbox on every change, so that a long queue behind one budget costs nothing.
CREATE TABLE notification (
  position        ${identity},
  id              TEXT NOT NULL UNIQUE,
  receiver        TEXT NOT NULL,
  type            TEXT NOT NULL,
  alert_id        TEXT,
  budget_id       TEXT,
  sequence        BIGINT NOT NULL,
  body            TEXT NOT NULL,
  state           TEXT NOT NULL,
  attempts        INTEGER NOT NULL,
  last_error      TEXT,
  created_at      TEXT NOT NULL,
  next_attempt_at TEXT,
  delivered_at    TEXT,
  first_in_line   SMALLINT NOT NULL DEFAULT 0 CHECK (first_in_line IN (0, 1)),
  CHECK (state <> 'pending' OR next_attempt_at IS NOT NULL)
);
CREATE INDEX notification_pending ON notification (receiver, budget_id, sequence, position) WHERE state = 'pending';
CREATE INDEX notification_undelivered ON notification (receiver, state) WHERE state <> 'delivered';
CREATE UNIQUE INDEX notification_first ON notification (receiver, budget_id) WHERE first_in_line = 1;
CREATE INDEX notification_line ON notification (receiver, position, next_attempt_at) WHERE first_in_line = 1;
CREATE INDEX notification_due ON notification (receiver, next_attempt_at) WHERE first_in_line = 1;

CREATE INDEX notification_alert ON notification (alert_id, receiver, sequence) WHERE alert_id IS NOT NULL;

CREATE INDEX notification_delivered_at ON notification (delivered_at) WHERE state = 'delivered';

CREATE TABLE notification_sequence (
  policy     TEXT NOT NULL,
  budget_id  TEXT NOT NULL,
  receiver   TEXT NOT NULL,
  last_value BIGINT NOT NULL,
  PRIMARY KEY (policy, budget_id, receiver)
);

CREATE TABLE notifier_memory (
  receiver TEXT NOT NULL,
  alert_id TEXT NOT NULL,
  value    TEXT NOT NULL,
  PRIMARY KEY (receiver, alert_id)
);
CREATE INDEX notifier_memory_alert ON notifier_memory (alert_id);
