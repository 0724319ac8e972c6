package dev.spendwarden.store;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.sqlite.SQLiteConfig;

/// A SQLite file that is only looked at, while a daemon may be writing it: takes no lock of the
/// daemon's, changes no schema and refuses every change. What it reads is one committed state.
final class ReadOnlySqlite implements Database {

  private static final int QUEUE_MAX = 16;

  private final Path path;
  private final SerialThread reading =
      new SerialThread("spendwarden-store-looker", QUEUE_MAX, Duration.ofSeconds(30));
  private final SqliteSession session;

  private ReadOnlySqlite(Path path, SqliteSession session) {
    this.path = path;
    this.session = session;
  }

  /// @throws StoreException when there is no such database, or none this version can read
  static ReadOnlySqlite open(Path wanted) {
    Path path = wanted.toAbsolutePath().normalize();
    if (!Files.isRegularFile(path)) {
      throw new StoreException(
          "there is no database "
              + path
              + ": check storage.url, and whether the daemon has ever run with it");
    }
    var config = new SQLiteConfig();
    config.setReadOnly(true);
    config.setBusyTimeout(SqlitePragmas.BUSY_TIMEOUT_MILLIS);
    try {
      Connection connection =
          DriverManager.getConnection("jdbc:sqlite:" + path, config.toProperties());
      try {
        Migrations.requireNewest(connection, path.toString());
      } catch (StoreException e) {
        connection.close();
        throw e;
      }
      Handle handle = Jdbi.open(connection);
      return new ReadOnlySqlite(path, new SqliteSession(path, handle, "BEGIN"));
    } catch (SQLException e) {
      throw SqliteErrors.explain("read the database", path, e);
    }
  }

  @Override
  public <T> T transact(Function<Ports, T> work) {
    throw new StoreException("the database " + path + " was opened for reading only");
  }

  @Override
  public <T> T read(Function<Ports, T> work) {
    return reading.call(() -> session.transact(work));
  }

  @Override
  public void prune(Instant before) {
    throw new StoreException("the database " + path + " was opened for reading only");
  }

  @Override
  public List<String> verify() {
    return reading.call(() -> new Verification(session).run(SqliteSession.OWN_CHECKS));
  }

  @Override
  public String describe() {
    return "read-only schema=" + Migrations.NEWEST + " file=" + path;
  }

  @Override
  public void close() {
    reading.close();
    session.close();
  }
}
