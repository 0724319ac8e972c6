package dev.spendwarden.store;

import static dev.spendwarden.store.Samples.T0;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.spendwarden.ledger.Posting;
import dev.spendwarden.ledger.QuotaRevision;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What only a real file can show: refusals, crashes, full disks, migrations.
class SqliteDatabaseTest {

  @TempDir Path folder;

  private Path file() {
    return folder.resolve("data/spendwarden.db");
  }

  private SqliteDatabase open() {
    return open(file());
  }

  private static SqliteDatabase open(Path file) {
    return SqliteDatabase.open("jdbc:sqlite:" + file, InstantSource.fixed(T0));
  }

  @Test
  void settingsAreReadBackAndTold() {
    try (var database = open()) {
      assertThat(database.describe())
          .contains("journal_mode=wal", "synchronous=full", "foreign_keys=on")
          .contains("trusted_schema=off", "busy_timeout=5000", "schema=" + Migrations.NEWEST)
          .contains("file=" + file().toAbsolutePath());
    }
  }

  @Test
  void filesAndTheFolderWeMakeAreTheirOwnersAlone() throws Exception {
    try (var database = open()) {
      put(database, "a1");
      assertThat(mode(file().getParent())).isEqualTo("rwx------");
      for (String suffix : List.of("", "-wal", "-shm", ".lock", ".marker")) {
        assertThat(mode(Path.of(file() + suffix))).as(suffix).isEqualTo("rw-------");
      }
    }
  }

  @Test
  void aFileOthersCouldReadIsClosedToThem() throws Exception {
    open().close();
    Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-r--r--"));

    open().close();

    assertThat(mode(file())).isEqualTo("rw-------");
  }

  /// Whoever reads the file beside a start, `verify` or `sqlite3`, makes and removes them.
  @Test
  void filesBesideItMayComeAndGoWhileItIsOpened() throws Exception {
    open().close();
    Path beside = file().resolveSibling("spendwarden.db-shm");
    var opening = new AtomicBoolean(true);
    Thread reader =
        Thread.ofPlatform()
            .start(() -> {
              while (opening.get()) {
                comeAndGo(beside);
              }
            });
    try {
      for (int i = 0; i < 300; i++) {
        SqliteFile.claim(file()).close();
      }
    } finally {
      opening.set(false);
      reader.join();
    }
  }

  private static void comeAndGo(Path file) {
    try {
      Files.createFile(file);
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void whatWasCommittedIsThereAfterReopening() {
    try (var database = open()) {
      put(database, "a1");
    }
    try (var database = open()) {
      assertThat(alertIds(database)).containsExactly("a1");
      assertThat(database.verify()).isEmpty();
    }
  }

  @Test
  void aSecondDaemonOnTheSameFileIsRefusedWhileTheFirstRuns() throws Exception {
    Path otherName = folder.resolve("link");
    try (var first = open()) {
      assertThatThrownBy(this::open)
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("in use")
          .hasMessageContaining(file().toString());
      Files.createSymbolicLink(otherName, file().getParent());
      assertThatThrownBy(() -> open(otherName.resolve("spendwarden.db")))
          .hasMessageContaining("in use");
      put(first, "a1");
    }
    open().close();
  }

  @Test
  void aVanishedDatabaseIsNotReplacedByAnEmptyOne() throws Exception {
    open().close();
    Files.delete(file());

    assertThatThrownBy(this::open)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("is gone")
        .hasMessageContaining("delete " + file() + ".marker");
    assertThat(file()).doesNotExist();

    Files.createFile(file());
    assertThatThrownBy(this::open).hasMessageContaining("is gone");

    Files.delete(Path.of(file() + ".marker"));
    open().close();
    assertThat(Path.of(file() + ".marker")).exists();
  }

  @Test
  void aFileThatIsNoDatabaseIsRefusedAndLeftAlone() throws Exception {
    Files.createDirectories(file().getParent());
    Files.writeString(file(), "amount,unit\n1,USD\n".repeat(500));

    assertThatThrownBy(this::open)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("not a SQLite database");
    assertThat(file()).content().startsWith("amount,unit");
  }

  @Test
  void aDamagedDatabaseIsRefused() throws Exception {
    open().close();
    byte[] bytes = Files.readAllBytes(file());
    // All but SQLite's file header.
    java.util.Arrays.fill(bytes, 100, bytes.length, (byte) 0x5a);
    Files.write(file(), bytes);

    assertThatThrownBy(this::open)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(file().toString())
        .hasMessageContaining("damaged");
    // The failed start has let go of the file.
    assertThatThrownBy(this::open).hasMessageContaining("damaged");
  }

  @Test
  void damageFoundLaterIsAProblemOfVerify() throws Exception {
    try (var database = open()) {
      put(database, "a1");
    }
    sql("UPDATE alert SET rules = 'nonsense'");

    try (var database = open()) {
      assertThat(database.verify()).singleElement().asString().contains("alerts", "nonsense");
    }
  }

  @Test
  void aNewerSchemaIsRefused() throws Exception {
    open().close();
    sql(
        "INSERT INTO flyway_schema_history VALUES (99, '999', 'later', 'SQL', 'V999__later.sql', 1,"
            + " 'x', '2027-01-01 00:00:00.000', 1, 1)");

    assertThatThrownBy(this::open)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("schema version 999")
        .hasMessageContaining("newer version");
  }

  @Test
  void anExistingFileIsCopiedBeforeItIsMigrated() throws Exception {
    // A database from before the first migration: it has other tables and no history.
    Files.createDirectories(file().getParent());
    sql(
        "CREATE TABLE flyway_schema_history (installed_rank INT NOT NULL PRIMARY KEY, version"
            + " VARCHAR(50), description VARCHAR(200) NOT NULL, type VARCHAR(20) NOT NULL, script"
            + " VARCHAR(1000) NOT NULL, checksum INT, installed_by VARCHAR(100) NOT NULL,"
            + " installed_on TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now')),"
            + " execution_time INT NOT NULL, success BOOLEAN NOT NULL)");
    sql("CREATE TABLE keepsake (word TEXT)");
    sql("INSERT INTO keepsake VALUES ('kept')");

    try (var database = open()) {
      put(database, "a1");
    }

    Path copy = Path.of(file() + ".before-v" + Migrations.NEWEST);
    assertThat(mode(copy)).isEqualTo("rw-------");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + copy);
        var statement = connection.createStatement();
        var row = statement.executeQuery("SELECT word FROM keepsake")) {
      assertThat(row.next()).isTrue();
      assertThat(row.getString(1)).isEqualTo("kept");
    }
  }

  @Test
  void theNewestMigrationIsTheOneThatCountsAsUpToDate() throws Exception {
    Path migrations =
        Path.of(Migrations.class.getResource("/db/migration/V1__ledger_alerts_outbox.sql").toURI())
            .getParent();
    try (var files = Files.list(migrations)) {
      assertThat(
              files
                  .map(path -> path.getFileName().toString().split("__")[0].substring(1))
                  .mapToInt(Integer::parseInt)
                  .max())
          .hasValue(Integer.parseInt(Migrations.NEWEST));
    }
  }

  @Test
  void aNewDatabaseAndOneThatIsUpToDateAreNotCopied() throws Exception {
    open().close();
    open().close();

    try (var files = Files.list(file().getParent())) {
      assertThat(files.map(path -> path.getFileName().toString()))
          .noneMatch(name -> name.contains(".before-"));
    }
  }

  @Test
  void aFolderThatCannotBeMadeIsNamed() throws Exception {
    Files.writeString(folder.resolve("data"), "a file, not a folder");

    assertThatThrownBy(this::open)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(folder.resolve("data").toString())
        .hasMessageContaining("storage.url");
  }

  @Test
  void urlsThatAreNoFileAreRefused() {
    for (String url :
        List.of("jdbc:sqlite:", "jdbc:sqlite::memory:", "jdbc:sqlite:file:x", "jdbc:h2:x")) {
      assertThatThrownBy(() -> SqliteDatabase.open(url, InstantSource.fixed(T0)))
          .as(url)
          .isInstanceOf(StoreException.class)
          .hasMessageContaining(url);
    }
    assertThatThrownBy(() -> open(folder)).hasMessageContaining("is a folder");
  }

  @Test
  void aFullDiskChangesNothingEvenWhenTheWorkSwallowsItAndLaterWritesGoOn() {
    try (var database = open()) {
      put(database, "before");
      long pages = database.write(h -> h.createQuery("PRAGMA page_count").mapTo(Long.class).one());
      limitPages(database, pages + 2);

      assertThatThrownBy(() -> database.transact(ports -> append(ports, 5_000)))
          .isInstanceOfSatisfying(
              StoreException.class, e -> assertThat(e.outcomeUnknown()).isFalse())
          .hasMessageContaining("disk is full")
          .hasMessageContaining("nothing changed");
      assertThatThrownBy(() ->
              database.transact(ports -> {
                ports.alerts().put(Samples.alert("half", "b9", T0, 1));
                assertThatThrownBy(() -> append(ports, 5_000)).isNotNull();
                ports.alerts().put(Samples.alert("other half", "b8", T0, 1));
                return true;
              }))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("disk is full");
      assertThat(alertIds(database)).containsExactly("before");

      limitPages(database, 1_000_000);
      database.transact(ports -> append(ports, 5_000));
      put(database, "after");
      assertThat(alertIds(database)).containsExactly("before", "after");
    }
    try (var database = open()) {
      assertThat(alertIds(database)).containsExactly("before", "after");
      assertThat(database.verify()).isEmpty();
    }
  }

  @Test
  void aLongReadDoesNotDelayTheWriterAndSeesOneUnchangingView() throws Exception {
    try (var database = open()) {
      put(database, "first");
      var begun = new CountDownLatch(1);
      var written = new CountDownLatch(1);
      var seen = new ArrayList<Integer>();
      Thread reader =
          Thread.startVirtualThread(() ->
              database.read(ports -> {
                seen.add(ports.alerts().page(0, 10).size());
                begun.countDown();
                awaitQuietly(written);
                seen.add(ports.alerts().page(0, 10).size());
                return true;
              }));
      begun.await();
      put(database, "second");
      written.countDown();
      reader.join();

      assertThat(seen).containsExactly(1, 1);
    }
  }

  @Test
  void aReaderCannotWrite() {
    try (var database = open()) {
      assertThatThrownBy(() ->
              database.read(ports -> {
                ports.alerts().put(Samples.alert("a1", "b1", T0, 1));
                return true;
              }))
          .isInstanceOf(StoreException.class);
      assertThat(alertIds(database)).isEmpty();
    }
  }

  @Test
  void pruningWorksThroughManySteps() {
    try (var database = open()) {
      for (int i = 0; i < 3; i++) {
        database.transact(ports -> append(ports, 5_000));
      }
      for (int i = 1; i <= 3; i++) {
        int step = i;
        database.transact(ports -> {
          ports.ledger().append(quotas(5_000, T0.plusSeconds(step)));
          return true;
        });
      }
      database.prune(T0.plusSeconds(100));

      var postings = new ArrayList<Posting>();
      database.read(ports -> {
        ports.ledger().replay(T0.plusSeconds(100), postings::add);
        return true;
      });
      assertThat(postings).singleElement().extracting(p -> p.quotas().size()).isEqualTo(5_000);
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void swallow(Runnable work) {
    try {
      work.run();
    } catch (StoreException e) {
      assertThat(e).hasMessageContaining("disk is full");
    }
  }

  private static boolean append(Database.Ports ports, int rows) {
    ports.ledger().append(quotas(rows, T0));
    return true;
  }

  static Posting quotas(int rows, java.time.Instant knownAt) {
    var revisions = new ArrayList<QuotaRevision>();
    for (int i = 0; i < rows; i++) {
      revisions.add(Samples.quota("ionq", knownAt, "user-" + i, "" + i));
    }
    return new Posting("ionq", knownAt, List.of(), revisions, List.of());
  }

  private static void limitPages(SqliteDatabase database, long pages) {
    database.write(h -> h.createQuery("PRAGMA max_page_count = " + pages).mapTo(Long.class).one());
  }

  private static void put(Database database, String alertId) {
    database.transact(ports -> {
      ports.alerts().put(Samples.alert(alertId, "budget of " + alertId, T0, 1));
      return true;
    });
  }

  private static List<String> alertIds(Database database) {
    return database.transact(ports ->
        ports.alerts().page(0, 100).stream()
            .map(a -> a.id())
            .sorted((a, b) -> b.compareTo(a))
            .toList());
  }

  private void sql(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String mode(Path path) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
