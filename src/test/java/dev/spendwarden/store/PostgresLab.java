package dev.spendwarden.store;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/// A real PostgreSQL server, one for all tests of this JVM, and databases on it for one test each.
/// A test that stops it has one of its own. Where its binaries do not run, the tests that ask for
/// it are skipped and say so.
public final class PostgresLab implements AutoCloseable {

  private static final String USER = "postgres";

  private static final int ANY_PORT = 0;

  private static @Nullable PostgresLab shared;

  /// Of everything in this JVM.
  private static @Nullable ServerFolder folder;

  private static final List<PostgresLab> RUNNING = new CopyOnWriteArrayList<>();

  private final Path data;
  private final AtomicInteger databases = new AtomicInteger();
  private EmbeddedPostgres server;

  /// How a server is told to end.
  public enum Shutdown {
    /// It ends what is under way and writes everything where it belongs.
    FAST("INT"),
    /// It leaves at once, as in a crash: the next start reads its log back.
    IMMEDIATE("QUIT");

    private final String signal;

    Shutdown(String signal) {
      this.signal = signal;
    }
  }

  private PostgresLab(Path data) throws IOException {
    this.data = data;
    this.server = serve(data, ANY_PORT);
    RUNNING.add(this);
    sql("postgres", "CREATE DATABASE migrated ENCODING 'UTF8' TEMPLATE template0");
    address("migrated").open(InstantSource.system()).close();
  }

  /// On what is there already, if anything is.
  private static EmbeddedPostgres serve(Path data, int port) throws IOException {
    return EmbeddedPostgres.builder()
        .setPort(port)
        .setServerConfig("max_connections", "200")
        .setServerConfig("fsync", "off")
        .setDataDirectory(data)
        .setCleanDataDirectory(false)
        .setRegisterShutdownHook(false)
        .start();
  }

  public static synchronized PostgresLab shared() {
    PostgresLab lab = shared;
    if (lab == null) {
      lab = begin();
      shared = lab;
    }
    return lab;
  }

  /// A server that no other test uses, to be closed by its user.
  public static synchronized PostgresLab own() {
    return begin();
  }

  private static PostgresLab begin() {
    String platform = System.getProperty("os.name") + " " + System.getProperty("os.arch");
    Assumptions.assumeTrue(
        platform.equals("Linux amd64"), "skipped: no embedded PostgreSQL for " + platform);
    try {
      ServerFolder place = folder;
      if (place == null) {
        ServerFolder made = ServerFolder.make();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(made), "postgres-end"));
        folder = made;
        place = made;
      }
      return new PostgresLab(place.data());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// In seconds, since a test JVM that does not end within thirty is killed and fails the build:
  /// the files, tens of thousands of them, are left to a process that nobody waits for.
  private static void end(ServerFolder folder) {
    try {
      RUNNING.forEach(PostgresLab::close);
      folder.removeLater();
    } catch (IOException e) {
      System.err.println("PostgreSQL's files were not removed: " + e);
    }
  }

  @Override
  public void close() {
    try {
      server.close();
      RUNNING.remove(this);
    } catch (IOException e) {
      System.err.println("PostgreSQL was not ended: " + e);
    }
  }

  /// Returns when the server has ended. Its data and its port are kept for [#start].
  public void stop(Shutdown how) throws IOException, InterruptedException {
    Path pidFile = data.resolve("postmaster.pid");
    String pid = Files.readAllLines(pidFile).getFirst();
    new ProcessBuilder("kill", "-" + how.signal, pid).inheritIO().start().waitFor();
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> !Files.exists(pidFile));
  }

  /// After [#stop]; returns when the server answers.
  public void start() throws IOException {
    int port = server.getPort();
    // Gives its lock of the folder back. It complains that there was nothing left to end.
    server.close();
    server = serve(data, port);
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
