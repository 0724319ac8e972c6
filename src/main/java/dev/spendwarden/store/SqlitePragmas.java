package dev.spendwarden.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;

/// The settings our promises rest on. SQLite ignores what it does not know or cannot do, so each
/// one is read back.
final class SqlitePragmas {

  /// SQLite's own fixes up to here are needed.
  private static final int[] VERSION_MIN = {3, 53, 2};

  static final int BUSY_TIMEOUT_MILLIS = 5_000;

  /// Name, how it is set, how it reads back, how people call that.
  private record Setting(String name, String value, String readBack, String word) {}

  private static final Setting[] SETTINGS = {
    // First: a checkpoint by a tool that looks at the file is waited for.
    new Setting(
        "busy_timeout",
        "" + BUSY_TIMEOUT_MILLIS,
        "" + BUSY_TIMEOUT_MILLIS,
        "" + BUSY_TIMEOUT_MILLIS),
    // Readers do not stop the writer.
    new Setting("journal_mode", "WAL", "wal", "wal"),
    // In WAL mode the default would lose the last commits with the power, after they were sent.
    new Setting("synchronous", "FULL", "2", "full"),
    new Setting("foreign_keys", "ON", "1", "on"),
    // A planted schema must not run functions.
    new Setting("trusted_schema", "OFF", "0", "off"),
    // A damaged page is an error when it is read, not a wrong answer.
    new Setting("cell_size_check", "ON", "1", "on"),
    // What ten thousand alerts of one poll write stays in memory until it is committed. With the
    // usual 2 MiB most pages would go to the log several times over. Only what is used is taken.
    new Setting("cache_size", "-32768", "-32768", "32 MiB"),
  };

  private SqlitePragmas() {}

  /// Applies all of them.
  ///
  /// @return what was read back, by name
  static Map<String, String> apply(Connection connection, Path file) throws SQLException {
    var described = new LinkedHashMap<String, String>();
    described.put("sqlite", version(connection));
    for (Setting setting : SETTINGS) {
      try (var statement = connection.createStatement()) {
        statement.execute("PRAGMA " + setting.name + " = " + setting.value);
      }
      String found = ask(connection, "PRAGMA " + setting.name);
      if (!found.equals(setting.readBack)) {
        throw new StoreException(
            "cannot open the database %s: SQLite answers %s to %s=%s. Its disk may not support it (a network file system does not): put it on a local disk"
                .formatted(file, found, setting.name, setting.word));
      }
      described.put(setting.name, setting.word);
    }
    return described;
  }

  private static String version(Connection connection) throws SQLException {
    String version = ask(connection, "SELECT sqlite_version()");
    if (!atLeastMinimum(version)) {
      throw new StoreException(
          "SQLite %s is too old, 3.53.2 is needed. Another sqlite-jdbc stands on the class path: start Spendwarden from its own jar"
              .formatted(version));
    }
    return version;
  }

  static boolean atLeastMinimum(String version) {
    String[] parts = version.split("\\.");
    for (int i = 0; i < VERSION_MIN.length; i++) {
      int part = i < parts.length ? Integer.parseInt(parts[i]) : 0;
      if (part != VERSION_MIN[i]) {
        return part > VERSION_MIN[i];
      }
    }
    return true;
  }

  private static String ask(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery(sql)) {
      return row.next() ? String.valueOf(row.getString(1)) : "nothing";
    }
  }
}
