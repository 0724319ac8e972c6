package dev.spendwarden.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;
import org.slf4j.LoggerFactory;

/// Brings the schema up to what this version knows, with a copy of the old file beside it first.
final class Migrations {

  private static final String LOCATION = "classpath:db/migration";

  /// The newest migration in [#LOCATION]; a test holds the two together.
  static final String NEWEST = "4";

  private final SqliteFile file;
  private final Connection connection;
  private final String jdbcUrl;

  Migrations(SqliteFile file, Connection connection, String jdbcUrl) {
    this.file = file;
    this.connection = connection;
    this.jdbcUrl = jdbcUrl;
  }

  /// @return the version the schema has now
  String run() {
    // Flyway takes longer than all the rest of a start; mostly there is nothing for it to do.
    if (isUpToDate()) {
      return NEWEST;
    }
    try {
      Flyway flyway =
          Flyway.configure()
              .dataSource(jdbcUrl, null, null)
              .locations(LOCATION)
              .loggers(FlywayLog.class.getName())
              .placeholders(Map.of("identity", "INTEGER PRIMARY KEY"))
              .load();
      var info = flyway.info();
      for (MigrationInfo applied : info.applied()) {
        if (applied.getState() == MigrationState.FUTURE_SUCCESS
            || applied.getState() == MigrationState.FUTURE_FAILED) {
          throw new StoreException(
              "the database "
                  + file.path()
                  + " has schema version "
                  + applied.getVersion()
                  + ", which this version of Spendwarden does not know. Start the newer version"
                  + " again, or go back to the copy it made ("
                  + file.path().getFileName()
                  + ".before-v"
                  + applied.getVersion()
                  + ")");
        }
      }
      MigrationInfo[] pending = info.pending();
      if (pending.length == 0 && info.current() != null) {
        flyway.validate();
        return String.valueOf(info.current().getVersion());
      }
      if (!file.isNew() && pending.length > 0) {
        backUp(String.valueOf(pending[pending.length - 1].getVersion()));
      }
      flyway.migrate();
      return String.valueOf(
          Arrays.stream(pending).reduce((a, b) -> b).map(MigrationInfo::getVersion).orElse(null));
    } catch (FlywayException e) {
      if (SqliteErrors.isDatabaseTrouble(e)) {
        throw SqliteErrors.explain("migrate the schema", file.path(), e);
      }
      throw new StoreException(
          "cannot migrate the schema of "
              + file.path()
              + ": "
              + e.getMessage()
              + ". If another version of Spendwarden wrote it, start that one, or restore a"
              + " backup",
          e,
          false);
    }
  }

  private boolean isUpToDate() {
    try (var statement = connection.createStatement();
        var row =
            statement.executeQuery(
                """
                SELECT (SELECT version FROM flyway_schema_history
                    ORDER BY installed_rank DESC LIMIT 1) = '%s'
                  AND (SELECT MIN(success) FROM flyway_schema_history) = 1\
                """
                    .formatted(NEWEST))) {
      return row.next() && row.getBoolean(1);
    } catch (SQLException e) {
      // No history yet, or a damaged file: Flyway says which.
      return false;
    }
  }

  private void backUp(String version) {
    Path copy = SqliteFile.beside(file.path(), ".before-v" + version);
    Path unfinished = SqliteFile.beside(copy, ".unfinished");
    try (var statement = connection.prepareStatement("VACUUM INTO ?")) {
      Files.deleteIfExists(unfinished);
      // VACUUM INTO fills an empty file and keeps its mode.
      SqliteFile.createPrivate(unfinished);
      statement.setString(1, unfinished.toString());
      statement.execute();
      try (var written = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
        written.force(true);
      }
      Files.move(unfinished, copy, StandardCopyOption.ATOMIC_MOVE);
    } catch (SQLException e) {
      throw SqliteErrors.explain("copy the database before migrating it", file.path(), e);
    } catch (IOException e) {
      throw new StoreException(
          "cannot copy the database to " + copy + " before migrating it: " + e.getMessage(),
          e,
          false);
    }
    LoggerFactory.getLogger(Migrations.class)
        .info("copied the database before migrating it: {}", copy);
  }
}
