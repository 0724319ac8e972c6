-- What one poll finds is written in one place. By counter first, each of a thousand figures was put into a page of its own:
-- four megabytes for each commit. Those pages also held what the index by time held once more.
CREATE TABLE quota_revision_by_time (
  id            ${identity},
  source_id     INTEGER  NOT NULL REFERENCES source (id),
  dimensions_id INTEGER  NOT NULL REFERENCES dimension_set (id),
  unit          TEXT     NOT NULL,
  known_at      TEXT     NOT NULL,
  quota_limit   TEXT,
  consumed      TEXT     NOT NULL,
  vanished      SMALLINT NOT NULL CHECK (vanished IN (0, 1)),
  UNIQUE (known_at, source_id, dimensions_id, unit)
);
INSERT INTO quota_revision_by_time
  (source_id, dimensions_id, unit, known_at, quota_limit, consumed, vanished)
SELECT source_id, dimensions_id, unit, known_at, quota_limit, consumed, vanished
FROM quota_revision ORDER BY known_at, id;
DROP TABLE quota_revision;
ALTER TABLE quota_revision_by_time RENAME TO quota_revision;
