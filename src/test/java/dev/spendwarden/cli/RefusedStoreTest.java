package dev.spendwarden.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.store.SmallDisk;
import dev.spendwarden.store.SqliteDatabase;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `serve` on a store that it cannot use: status 3, the file left as it was, and a sentence that
/// says what happened, where, and what to do.
@Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RefusedStoreTest {

  private static final int PAGE = 4096;

  @TempDir Path folder;

  private Path store() {
    return folder.resolve("spendwarden.db");
  }

  @Test
  void aHeaderThatIsNoneOfSqlites() throws Exception {
    makeStore(store());
    overwrite(store(), 0, 16);
    refused(store(), "is not a SQLite database", "restore a backup");
  }

  @Test
  void aHeaderWhoseFieldsMakeNoSense() throws Exception {
    makeStore(store());
    overwrite(store(), 16, 4);
    refused(store(), "is not a SQLite database", "restore a backup");
  }

  @Test
  void aPageInTheMiddleThatIsReadAtTheStart() throws Exception {
    makeStore(store());
    overwrite(store(), (rootPage(store(), "silence") - 1) * PAGE, 64);
    refused(store(), "the database is damaged (SQLITE_CORRUPT)", "restore a backup");
  }

  @Test
  void aFileThatWasCutShort() throws Exception {
    makeStore(store());
    byte[] bytes = Files.readAllBytes(store());
    Files.write(store(), java.util.Arrays.copyOf(bytes, bytes.length / 2));
    refused(store(), "the database is damaged (SQLITE_CORRUPT)", "restore a backup");
  }

  @Test
  void aVanishedFileWhoseMarkerIsThere() throws Exception {
    makeStore(store());
    Files.delete(store());
    refused(store(), "is gone", "restore a backup", "delete " + store() + ".marker");
    assertThat(store()).doesNotExist();
  }

  @Test
  void aNewerSchema() throws Exception {
    makeStore(store());
    sql(
        "INSERT INTO flyway_schema_history VALUES (99, '999', 'later', 'SQL', 'V999__later.sql',"
            + " 1, 'x', '2027-01-01 00:00:00.000', 1, 1)");
    refused(store(), "schema version 999", "Start the newer version again, or go back to the copy");
  }

  @Test
  void aFileThatAnotherDaemonHasOpen() throws Exception {
    try (var _ = SqliteDatabase.open("jdbc:sqlite:" + store(), InstantSource.system())) {
      refused(store(), "in use by", "stop the other one");
    }
  }

  @Test
  void aFolderOnADiskThatIsMountedReadOnly() throws Exception {
    try (var disk = SmallDisk.mount(folder.resolve("disk"), 4)) {
      Path there = disk.root().resolve("spendwarden.db");
      makeStore(there);
      disk.readOnly();
      refused(there, "Read-only file system", "whether its disk is mounted read-only");
    }
  }

  @Test
  void aFileThatCannotBeWrittenInAFolderThatCan() throws Exception {
    try (var disk = SmallDisk.mount(folder.resolve("disk"), 4)) {
      Path there = disk.root().resolve("spendwarden.db");
      makeStore(there);
      try (var _ = SmallDisk.readOnly(there)) {
        refused(there, "cannot be written (SQLITE_READONLY)", "whether the disk is mounted");
      }
    }
  }

  @Test
  void aNewStoreOnAFullDisk() throws Exception {
    try (var disk = SmallDisk.mount(folder.resolve("disk"), 4)) {
      Path there = disk.root().resolve("spendwarden.db");
      disk.fill(0);
      refused(there, "disk is full", "ake room");
      disk.makeRoom();
      // What the failed start left behind is no obstacle, and no marker of a store there never was.
      makeStore(there);
    }
  }

  private static void makeStore(Path store) {
    SqliteDatabase.open("jdbc:sqlite:" + store, InstantSource.system()).close();
  }

  private static void overwrite(Path store, long at, int bytes) throws Exception {
    byte[] all = Files.readAllBytes(store);
    for (int i = (int) at; i < at + bytes; i++) {
      all[i] ^= (byte) 0xFF;
    }
    Files.write(store, all);
  }

  private static long rootPage(Path store, String table) throws SQLException {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + store);
        var statement = connection.createStatement();
        var row =
            statement.executeQuery(
                "SELECT rootpage FROM sqlite_master WHERE type = 'table' AND name = '"
                    + table
                    + "'")) {
      assertThat(row.next()).as("a table " + table).isTrue();
      return row.getLong(1);
    }
  }

  private void sql(String sql) throws SQLException {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + store());
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private void refused(Path store, String... said) throws Exception {
    byte[] before = Files.exists(store) ? Files.readAllBytes(store) : new byte[0];
    Path config =
        Files.writeString(
            folder.resolve("spendwarden.yaml"),
            """
            server: { host: 127.0.0.1, port: 0 }
            storage: { url: "jdbc:sqlite:%s" }
            """
                .formatted(store));
    var err = new StringWriter();
    int status =
        Main.commandLine()
            .setErr(new PrintWriter(err, true))
            .execute("serve", "--config", config.toString());
    assertThat(status).as("%s", err).isEqualTo(Main.CANNOT_START);
    assertThat(err.toString())
        .contains("spendwarden: not started: ", store.toString())
        .contains(said)
        .doesNotContain("\tat ");
    if (before.length > 0) {
      assertThat(store).as("left as it was").hasBinaryContent(before);
    }
  }
}
