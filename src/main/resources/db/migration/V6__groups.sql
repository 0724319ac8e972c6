-- Changes of alerts that wait to be told, and those that were told together.

-- labels: what its alerts have in common, as JSON. together 0: one alert that waits for its route to be heard again.
-- flush_at: when what waits is told; NULL: nothing waits. held 1: it waits because the route is mute.
CREATE TABLE notification_group (
  id          TEXT PRIMARY KEY,
  receiver    TEXT NOT NULL,
  path        TEXT NOT NULL,
  labels      TEXT NOT NULL,
  together    SMALLINT NOT NULL CHECK (together IN (0, 1)),
  interval_ms BIGINT NOT NULL,
  flush_at    TEXT,
  held        SMALLINT NOT NULL CHECK (held IN (0, 1)),
  rest_until  TEXT NOT NULL
);
CREATE INDEX notification_group_flush ON notification_group (flush_at, id) WHERE flush_at IS NOT NULL;
CREATE INDEX notification_group_idle ON notification_group (rest_until) WHERE flush_at IS NULL;

-- notification_id NULL: it waits; afterwards sequence and told_at are there too. told: the severity the receiver was
-- last told; NULL: nothing. part_id: the id of a notification of its own. body: the frozen body without its envelope.
CREATE TABLE notification_member (
  position        ${identity},
  group_id        TEXT NOT NULL,
  receiver        TEXT NOT NULL,
  alert_id        TEXT NOT NULL,
  policy          TEXT NOT NULL,
  budget_id       TEXT NOT NULL,
  told            TEXT,
  kind            TEXT NOT NULL,
  severity        TEXT NOT NULL,
  part_id         TEXT NOT NULL,
  happened_at     TEXT NOT NULL,
  body            TEXT NOT NULL,
  notification_id TEXT,
  sequence        BIGINT,
  told_at         TEXT
);
CREATE UNIQUE INDEX notification_member_waits ON notification_member (alert_id, receiver)
  WHERE notification_id IS NULL;
CREATE INDEX notification_member_group ON notification_member (group_id, position) WHERE notification_id IS NULL;
CREATE INDEX notification_member_told ON notification_member (alert_id, receiver, sequence)
  WHERE notification_id IS NOT NULL;
CREATE INDEX notification_member_of ON notification_member (notification_id, budget_id, position)
  WHERE notification_id IS NOT NULL;

-- Where each pending notification stands: in the line of its budget, or in those of all its members' budgets. It may
-- leave when nothing stands before it in any of them (first_in_line of notification).
CREATE TABLE outbox_line (
  receiver  TEXT NOT NULL,
  budget_id TEXT NOT NULL,
  sequence  BIGINT NOT NULL,
  position  BIGINT NOT NULL,
  PRIMARY KEY (receiver, budget_id, sequence, position)
);
CREATE INDEX outbox_line_position ON outbox_line (position);
INSERT INTO outbox_line (receiver, budget_id, sequence, position)
  SELECT receiver, budget_id, sequence, position FROM notification
  WHERE state = 'pending' AND budget_id IS NOT NULL;
-- It found who stands first before there were lines.
DROP INDEX notification_pending;

-- How deliveries go is read from this alone, however long the queue and the bodies.
DROP INDEX notification_undelivered;
CREATE INDEX notification_undelivered ON notification (receiver, state, attempts, created_at)
  WHERE state <> 'delivered';
