package dev.spendwarden.store;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/// A real PostgreSQL server, one for all tests of this JVM, and databases on it for one test each.
/// Where its binaries do not run, the tests that ask for it are skipped and say so.
public final class PostgresLab {

  private static final String USER = "postgres";

  private static @Nullable PostgresLab shared;

  private final EmbeddedPostgres server;
  private final AtomicInteger databases = new AtomicInteger();

  private PostgresLab() throws IOException {
    ServerFolder folder = ServerFolder.make();
    this.server =
        EmbeddedPostgres.builder()
            .setServerConfig("max_connections", "200")
            .setServerConfig("fsync", "off")
            .setDataDirectory(folder.data())
            .setCleanDataDirectory(false)
            .setRegisterShutdownHook(false)
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(folder), "postgres-end"));
  }

  /// In seconds, since a test JVM that does not end within thirty is killed and fails the build:
  /// the files, tens of thousands of them, are left to a process that nobody waits for.
  private void end(ServerFolder folder) {
    try {
      server.close();
      folder.removeLater();
    } catch (IOException e) {
      System.err.println("PostgreSQL was not ended: " + e);
    }
  }

  public static synchronized PostgresLab shared() {
    String platform = System.getProperty("os.name") + " " + System.getProperty("os.arch");
    Assumptions.assumeTrue(
        platform.equals("Linux amd64"), "skipped: no embedded PostgreSQL for " + platform);
    PostgresLab lab = shared;
    if (lab == null) {
      try {
        lab = new PostgresLab();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      lab.sql("postgres", "CREATE DATABASE migrated ENCODING 'UTF8' TEMPLATE template0");
      lab.address("migrated").open(InstantSource.system()).close();
      shared = lab;
    }
    return lab;
  }

  /// A database of its own with the newest schema.
  public StorageAddress database() {
    String name = "test_" + databases.incrementAndGet();
    sql("postgres", "CREATE DATABASE " + name + " TEMPLATE migrated");
    return address(name);
  }

  /// A database of its own in which nothing is.
  public StorageAddress emptyDatabase() {
    String name = "empty_" + databases.incrementAndGet();
    sql("postgres", "CREATE DATABASE " + name + " ENCODING 'UTF8' TEMPLATE template0");
    return address(name);
  }

  public int port() {
    return server.getPort();
  }

  private StorageAddress address(String database) {
    return address(server.getPort(), database);
  }

  /// The same database through another port.
  public static StorageAddress through(int port, StorageAddress database) {
    return address(port, nameOf(database));
  }

  private static StorageAddress address(int port, String database) {
    return new StorageAddress(
        "jdbc:postgresql://127.0.0.1:" + port + "/" + database,
        Optional.of(USER),
        Optional.empty());
  }

  public static String nameOf(StorageAddress database) {
    return database.url().substring(database.url().lastIndexOf('/') + 1);
  }

  /// Runs SQL beside Spendwarden.
  public void sql(StorageAddress database, String sql) {
    sql(nameOf(database), sql);
  }

  private void sql(String database, String sql) {
    try (Connection connection = connect(database);
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  public Connection connect(StorageAddress database) throws SQLException {
    return connect(nameOf(database));
  }

  private Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(address(database).url(), USER, "");
  }

  /// Ends every connection to the database, as a server that restarts does.
  public void disconnect(StorageAddress database) {
    sql(
        "postgres",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"
            + nameOf(database)
            + "'");
  }
}
