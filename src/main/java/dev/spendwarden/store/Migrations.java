package dev.spendwarden.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/// Brings the schema up to what this version knows.
final class Migrations {

  static final String LOCATION = "classpath:db/migration";

  /// The newest migration in [#LOCATION]; a test holds the two together.
  static final String NEWEST = "11";

  private final Schema schema;

  /// What is brought up to date.
  interface Schema {
    /// Of the database, for people.
    String name();

    Connection connection();

    /// Where Flyway connects to and what it fills in.
    FluentConfiguration configure(FluentConfiguration flyway);

    /// Keeps a copy where that is ours to do; a new database needs none.
    ///
    /// @param version what the schema will be brought to
    void backUp(String version);

    /// How to return from a schema version this program does not know, to follow "or".
    String wayBack(String version);

    /// The database's own trouble in sentences; other failures come back as they are.
    RuntimeException explain(FlywayException e);
  }

  Migrations(Schema schema) {
    this.schema = schema;
  }

  /// @return the version the schema has now
  String run() {
    // Flyway takes longer than all the rest of a start; mostly there is nothing for it to do.
    if (isUpToDate()) {
      return NEWEST;
    }
    try {
      Flyway flyway =
          schema
              .configure(Flyway.configure().locations(LOCATION).loggers(FlywayLog.class.getName()))
              .load();
      var info = flyway.info();
      refuseNewer(info.applied());
      MigrationInfo[] pending = info.pending();
      if (pending.length == 0 && info.current() != null) {
        flyway.validate();
        return String.valueOf(info.current().getVersion());
      }
      if (pending.length > 0) {
        schema.backUp(String.valueOf(pending[pending.length - 1].getVersion()));
      }
      flyway.migrate();
      return String.valueOf(
          Arrays.stream(pending).reduce((a, b) -> b).map(MigrationInfo::getVersion).orElse(null));
    } catch (FlywayException e) {
      throw schema.explain(e) instanceof StoreException explained ? explained : unexplained(e);
    }
  }

  private void refuseNewer(MigrationInfo[] applied) {
    for (MigrationInfo one : applied) {
      if (one.getState() == MigrationState.FUTURE_SUCCESS
          || one.getState() == MigrationState.FUTURE_FAILED) {
        String version = String.valueOf(one.getVersion());
        throw new StoreException(
            "the database %s has schema version %s, which this version of Spendwarden does not know. Start the newer version again, or %s"
                .formatted(schema.name(), version, schema.wayBack(version)));
      }
    }
  }

  private StoreException unexplained(FlywayException e) {
    return new StoreException(
        "cannot migrate the schema of "
            + schema.name()
            + ": "
            + e.getMessage()
            + ". If another version of Spendwarden wrote it, start that one, or restore a backup",
        e,
        false);
  }

  private boolean isUpToDate() {
    try (var statement = schema.connection().createStatement();
        var row =
            statement.executeQuery(
                """
                SELECT (SELECT version FROM flyway_schema_history
                    ORDER BY installed_rank DESC LIMIT 1) = '%s'
                  AND NOT EXISTS (SELECT 1 FROM flyway_schema_history WHERE NOT success)\
                """
                    .formatted(NEWEST))) {
      return row.next() && row.getBoolean(1);
    } catch (SQLException e) {
      // No history yet, or a damaged file: Flyway says which.
      return false;
    }
  }

  /// For those who only look: they change no schema.
  ///
  /// @param name of the database, for people
  /// @throws StoreException when the schema is not the one this version reads
  static void requireNewest(Connection connection, String name) throws SQLException {
    String version;
    try (var statement = connection.createStatement();
        var row =
            statement.executeQuery(
                "SELECT version FROM flyway_schema_history WHERE success"
                    + " ORDER BY installed_rank DESC LIMIT 1")) {
      version = row.next() ? String.valueOf(row.getString(1)) : "none";
    } catch (SQLException e) {
      if (!isMissingTable(e)) {
        throw e;
      }
      version = "none";
    }
    if (!version.equals(NEWEST)) {
      throw new StoreException(
          "the database %s has schema version %s, this version of Spendwarden reads %s. Start the daemon of this version once, which brings it up to date, or use the version that wrote it"
              .formatted(name, version, NEWEST));
    }
  }

  private static boolean isMissingTable(SQLException e) {
    return "42P01".equals(e.getSQLState())
        || String.valueOf(e.getMessage()).contains("no such table");
  }
}
