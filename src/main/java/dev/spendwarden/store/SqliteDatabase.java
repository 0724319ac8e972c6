package dev.spendwarden.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/// The store in one SQLite file. One thread writes, one reads beside it; [#transact] and [#read]
/// hand their work to them and may be called from any other thread, virtual ones too. Up to 256
/// pieces of work wait for each; beyond that a caller waits for a place up to 30 s and then gets a
/// [StoreException].
public final class SqliteDatabase implements Database {

  private static final String URL_START = "jdbc:sqlite:";
  private static final int QUEUE_MAX = 256;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final SqliteFile file;
  private final SerialThread writing = new SerialThread("spendwarden-store", QUEUE_MAX, PATIENCE);
  private final SerialThread reading =
      new SerialThread("spendwarden-store-reader", QUEUE_MAX, PATIENCE);
  private final SqliteSession writer;
  private final SqliteSession reader;
  private final String description;

  /// Opens the database, or creates it where there was none, and brings its schema up to date.
  ///
  /// @param jdbcUrl `jdbc:sqlite:` and the file's path
  /// @throws StoreException when it cannot be used: in use by another daemon, vanished, damaged, of
  ///   a newer version, not writable
  public static SqliteDatabase open(String jdbcUrl, InstantSource clock) {
    SqliteFile file = SqliteFile.claim(pathOf(jdbcUrl));
    try {
      return new SqliteDatabase(file, clock);
    } catch (RuntimeException | Error e) {
      file.close();
      throw e;
    }
  }

  /// Opens an existing database to look at it only, beside a daemon that may be running: every
  /// change is refused.
  ///
  /// @throws StoreException when there is none, or it is not of this version's schema
  public static Database openReadOnly(String jdbcUrl) {
    return ReadOnlySqlite.open(pathOf(jdbcUrl));
  }

  private SqliteDatabase(SqliteFile file, InstantSource clock) {
    this.file = file;
    try {
      String url = URL_START + file.path();
      Connection connection = DriverManager.getConnection(url);
      Map<String, String> settings = SqlitePragmas.apply(connection, file.path());
      String schema = new Migrations(new SqliteSchema(file, connection, url)).run();
      this.writer = new SqliteSession(file.path(), Jdbi.open(connection), "BEGIN IMMEDIATE");

      Connection second = DriverManager.getConnection(url);
      SqlitePragmas.apply(second, file.path());
      Handle readerHandle = Jdbi.open(second);
      readerHandle.execute("PRAGMA query_only = ON");
      this.reader = new SqliteSession(file.path(), readerHandle, "BEGIN");

      this.description =
          settings.entrySet().stream()
              .map(entry -> entry.getKey() + "=" + entry.getValue())
              .collect(Collectors.joining(" ", "", " schema=" + schema + " file=" + file.path()));
    } catch (SQLException e) {
      throw SqliteErrors.explain("open the database", file.path(), e);
    }
    file.mark(clock.instant());
  }

  @Override
  public <T> T transact(Function<Ports, T> work) {
    return writing.call(() -> writer.transact(work));
  }

  @Override
  public <T> T read(Function<Ports, T> work) {
    return reading.call(() -> reader.transact(work));
  }

  /// For the parts of this package that need SQL beyond the ports.
  <T> T write(Function<Handle, T> work) {
    return writing.call(() -> writer.inTransaction(work));
  }

  @Override
  public void prune(Instant before) {
    new Pruning(this::write).run(InstantText.write(before));
  }

  @Override
  public List<String> verify() {
    return reading.call(() -> new Verification(reader).run(SqliteSession.OWN_CHECKS));
  }

  @Override
  public String describe() {
    return description;
  }

  /// Lets work that is waiting finish, then closes the file and lets go of its lock.
  @Override
  public void close() {
    reading.close();
    writing.close();
    // The reader first: the last connection to go folds the write-ahead log into the file.
    reader.close();
    writer.close();
    file.close();
  }

  private static Path pathOf(String jdbcUrl) {
    String path = jdbcUrl.startsWith(URL_START) ? jdbcUrl.substring(URL_START.length()) : "";
    if (path.isBlank() || path.startsWith(":") || path.startsWith("file:") || path.contains("?")) {
      throw new StoreException(
          "cannot use the storage.url '"
              + jdbcUrl
              + "': it must be jdbc:sqlite: and the path of a file, without options");
    }
    return Path.of(path);
  }
}
