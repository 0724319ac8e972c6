-- PostgreSQL serves many connections at once: every transaction that changes something locks this row first, so that
-- those of all replicas follow one another. SQLite has one writer by nature and leaves it alone.
CREATE TABLE writers_turn (
  id INTEGER PRIMARY KEY CHECK (id = 1)
);
INSERT INTO writers_turn (id) VALUES (1);
