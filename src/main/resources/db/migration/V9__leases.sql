-- Who does what only one replica may do. term grows by one whenever another holder takes over; revision whenever
-- something was changed beside the holder, who must read it back. expires_at: milliseconds since 1970 by the clock of the
-- database, no other. SQLite serves one process, which holds everything without a row.
CREATE TABLE lease (
  name       TEXT PRIMARY KEY,
  holder     TEXT   NOT NULL,
  term       BIGINT NOT NULL,
  revision   BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
