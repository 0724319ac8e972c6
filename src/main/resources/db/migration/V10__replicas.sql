-- Who lives, by the clock of the database like leases. configuration: only those who have the same as the holder of the
-- lease 'house' may write what a lease is shown for. A row outlives its replica while a lease names it.
CREATE TABLE replica (
  holder        TEXT PRIMARY KEY,
  configuration TEXT   NOT NULL,
  expires_at    BIGINT NOT NULL
);

-- How deliveries go, for whoever judges that elsewhere than where they are made. No row: nothing is wrong.
CREATE TABLE receiver_state (
  receiver      TEXT PRIMARY KEY,
  failing_since TEXT,
  disabled      SMALLINT NOT NULL CHECK (disabled IN (0, 1))
);
