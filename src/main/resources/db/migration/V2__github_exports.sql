-- What was asked of GitHub, and how far it came. The row is written before anything is sent.
CREATE TABLE github_export (
  source      TEXT NOT NULL,
  report_type TEXT NOT NULL,
  first_day   TEXT NOT NULL,
  last_day    TEXT NOT NULL,
  asked_at    TEXT NOT NULL,
  shape       TEXT NOT NULL,
  export_id   TEXT,
  created_at  TEXT,
  state       TEXT NOT NULL,
  state_since TEXT NOT NULL,
  PRIMARY KEY (source, report_type, first_day, last_day, asked_at)
);
CREATE INDEX github_export_asked_at ON github_export (source, asked_at);
