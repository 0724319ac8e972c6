package dev.spendwarden.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.slf4j.LoggerFactory;

/// The schema in a SQLite file, which is copied before it is migrated.
///
/// @param connection open while the schema is brought up to date
record SqliteSchema(SqliteFile file, Connection connection, String url)
    implements Migrations.Schema {

  @Override
  public String name() {
    return file.path().toString();
  }

  @Override
  public FluentConfiguration configure(FluentConfiguration flyway) {
    return flyway
        .dataSource(url, null, null)
        .placeholders(Map.of("identity", "INTEGER PRIMARY KEY"));
  }

  @Override
  public String wayBack(String version) {
    return "go back to the copy it made ("
        + file.path().getFileName()
        + ".before-v"
        + version
        + ")";
  }

  @Override
  public RuntimeException explain(FlywayException e) {
    return SqliteErrors.isDatabaseTrouble(e)
        ? SqliteErrors.explain("migrate the schema", file.path(), e)
        : e;
  }

  @Override
  public void backUp(String version) {
    if (file.isNew()) {
      return;
    }
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
      remove(unfinished);
      throw SqliteErrors.explain("copy the database before migrating it", file.path(), e);
    } catch (IOException e) {
      remove(unfinished);
      throw new StoreException(
          "cannot copy the database to " + copy + " before migrating it: " + e.getMessage(),
          e,
          false);
    }
    LoggerFactory.getLogger(Migrations.class)
        .info("copied the database before migrating it: {}", copy);
  }

  /// A half of a copy helps nobody and takes up the room that was wanting.
  private static void remove(Path unfinished) {
    try {
      Files.deleteIfExists(unfinished);
    } catch (IOException e) {
      LoggerFactory.getLogger(Migrations.class)
          .warn("unfinished_copy_not_removed: delete {} by hand", unfinished, e);
    }
  }
}
