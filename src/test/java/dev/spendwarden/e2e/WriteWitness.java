package dev.spendwarden.e2e;

import dev.spendwarden.store.PostgresLab;
import dev.spendwarden.store.StorageAddress;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// What the database itself saw: triggers write down, within each transaction, who came to hold
/// which lease, who works under which configuration, and who wrote what only the holder of a lease
/// may write. Replicas are told apart by the roles they log in as. Whoever writes has the turn, so
/// the numbers of the rows are the order in which it happened, over all replicas.
///
/// Policies belong to sources by their names: `lab-…` to `ionq-lab`. Those of other names are not
/// held to a lease, but to the configuration still.
final class WriteWitness {

  private static final String TRIGGERS =
      """
      CREATE SCHEMA witness;
      CREATE TABLE witness.seen (
        id BIGSERIAL PRIMARY KEY, writer TEXT NOT NULL DEFAULT session_user, kind TEXT NOT NULL, name TEXT, value TEXT);

      CREATE FUNCTION witness.saw(kind TEXT, name TEXT, value TEXT) RETURNS void LANGUAGE sql AS
        'INSERT INTO witness.seen (kind, name, value) VALUES (kind, name, value)';
      CREATE FUNCTION witness.source_of(policy TEXT) RETURNS TEXT LANGUAGE sql AS $$
        SELECT CASE WHEN policy ~ '^(lab|hall)-' THEN 'source/ionq-' || split_part(policy, '-', 1) END $$;

      CREATE FUNCTION witness.lease() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        PERFORM witness.saw('lease', NEW.name, NEW.term::text); RETURN NEW; END $$;
      CREATE FUNCTION witness.replica() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        PERFORM witness.saw('configuration', NEW.holder, NEW.configuration); RETURN NEW; END $$;
      CREATE FUNCTION witness.status() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        PERFORM witness.saw('write', 'source/' || NEW.source, 'source_status'); RETURN NEW; END $$;
      CREATE FUNCTION witness.ledger() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        PERFORM witness.saw('write', 'source/' || (SELECT s.name FROM source s WHERE s.id = NEW.source_id), 'ledger');
        RETURN NEW; END $$;
      CREATE FUNCTION witness.alert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        PERFORM witness.saw('write', witness.source_of(NEW.policy), 'alert ' || NEW.policy || ' ' || NEW.state);
        RETURN NEW; END $$;
      CREATE FUNCTION witness.told() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        PERFORM witness.saw('write', witness.source_of((SELECT a.policy FROM alert a WHERE a.id = NEW.alert_id)),
          'notification ' || NEW.id);
        RETURN NEW; END $$;
      CREATE FUNCTION witness.delivery() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        PERFORM witness.saw('write', 'receiver/' || NEW.receiver, 'attempt ' || NEW.attempts || ' of ' || NEW.id);
        RETURN NEW; END $$;

      CREATE TRIGGER w1 AFTER INSERT ON lease FOR EACH ROW EXECUTE FUNCTION witness.lease();
      CREATE TRIGGER w2 AFTER UPDATE ON lease FOR EACH ROW WHEN (OLD.term <> NEW.term) EXECUTE FUNCTION witness.lease();
      CREATE TRIGGER w1 AFTER INSERT ON replica FOR EACH ROW EXECUTE FUNCTION witness.replica();
      CREATE TRIGGER w2 AFTER UPDATE ON replica FOR EACH ROW WHEN (OLD.configuration <> NEW.configuration)
        EXECUTE FUNCTION witness.replica();
      CREATE TRIGGER w AFTER INSERT OR UPDATE ON source_status FOR EACH ROW EXECUTE FUNCTION witness.status();
      CREATE TRIGGER w AFTER INSERT ON quota_revision FOR EACH ROW EXECUTE FUNCTION witness.ledger();
      CREATE TRIGGER w AFTER INSERT OR UPDATE ON alert FOR EACH ROW EXECUTE FUNCTION witness.alert();
      CREATE TRIGGER w1 AFTER INSERT ON notification FOR EACH ROW EXECUTE FUNCTION witness.told();
      CREATE TRIGGER w2 AFTER UPDATE ON notification FOR EACH ROW WHEN (OLD.attempts <> NEW.attempts)
        EXECUTE FUNCTION witness.delivery();
      """;

  /// Whoever took a lease last before a write is its holder at the write.
  private static final String STALE =
      """
      SELECT w.id || ': ' || w.writer || ' wrote ' || w.value || ' while ' || coalesce(t.writer, 'nobody') || ' held '
        || w.name || ' in term ' || coalesce(t.value, '-')
      FROM witness.seen w
      LEFT JOIN LATERAL (SELECT writer, value FROM witness.seen
        WHERE kind = 'lease' AND name = w.name AND id < w.id ORDER BY id DESC LIMIT 1) t ON true
      WHERE w.kind = 'write' AND w.name IS NOT NULL AND t.writer IS DISTINCT FROM w.writer ORDER BY w.id\
      """;

  /// Whoever took the house last before a write leads at the write.
  private static final String OTHERWISE_CONFIGURED =
      """
      SELECT w.id || ': ' || w.writer || ' wrote ' || w.value || ' under a configuration that is not ' || l.writer || '''s'
      FROM witness.seen w
      JOIN LATERAL (SELECT writer FROM witness.seen
        WHERE kind = 'lease' AND name = 'house' AND id < w.id ORDER BY id DESC LIMIT 1) l ON true
      WHERE w.kind = 'write' AND witness.configuration(w.writer, w.id) <> witness.configuration(l.writer, w.id)
      ORDER BY w.id\
      """;

  private static final String CONFIGURATION =
      """
      CREATE FUNCTION witness.configuration(who TEXT, before BIGINT) RETURNS TEXT LANGUAGE sql STABLE AS $$
        SELECT value FROM witness.seen WHERE kind = 'configuration' AND writer = who AND id < before
        ORDER BY id DESC LIMIT 1 $$;
      """;

  private final PostgresLab server;
  private final StorageAddress database;

  /// Begins to watch a database to which nobody has written yet.
  ///
  /// @param writers the roles, made where they are not there
  WriteWitness(PostgresLab server, StorageAddress database, List<String> writers) {
    this.server = server;
    this.database = database;
    for (String writer : writers) {
      server.sql(
          database,
          """
          DO $$ BEGIN CREATE ROLE %s LOGIN SUPERUSER;
          EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$
          """
              .formatted(writer));
    }
    server.sql(database, TRIGGERS + CONFIGURATION);
  }

  /// What was written by one that did not hold the lease for it, or under another configuration
  /// than the leader's.
  List<String> wrongWrites() {
    List<String> wrong = new ArrayList<>(ask(STALE));
    wrong.addAll(ask(OTHERWISE_CONFIGURED));
    return wrong;
  }

  /// How much a replica has written.
  int writes(String writer) {
    return ask("SELECT id FROM witness.seen WHERE kind = 'write' AND writer = '" + writer + "'")
        .size();
  }

  /// Who took each lease last.
  List<String> holders() {
    return ask(
        "SELECT DISTINCT ON (name) writer FROM witness.seen WHERE kind = 'lease' ORDER BY name, id"
            + " DESC");
  }

  /// Who took the house last.
  String leader() {
    return ask("SELECT writer FROM witness.seen WHERE kind = 'lease' AND name = 'house' ORDER BY id"
            + " DESC LIMIT 1")
        .getFirst();
  }

  private List<String> ask(String sql) {
    var answers = new ArrayList<String>();
    try (var connection = server.connect(database);
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        answers.add(rows.getString(1));
      }
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
    return answers;
  }
}
