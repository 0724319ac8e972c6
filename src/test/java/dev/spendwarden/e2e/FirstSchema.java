package dev.spendwarden.e2e;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.flywaydb.core.Flyway;

/// Makes a SQLite store old again: what later migrations added is dropped, with all that is in it,
/// found by comparing with a store that has only the first migration.
final class FirstSchema {

  private static final String TABLES =
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
  private static final String INDEXES =
      "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL";

  private static final String INDEX_SQL =
      "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL";

  private FirstSchema() {}

  /// @param first where a store of the first schema is made for comparison
  static void downgrade(String url, String first) throws SQLException {
    Flyway.configure()
        .dataSource(first, null, null)
        .locations("classpath:db/migration")
        .placeholders(Map.of("identity", "INTEGER PRIMARY KEY"))
        .target("1")
        .load()
        .migrate();
    try (Connection old = DriverManager.getConnection(first);
        Connection store = DriverManager.getConnection(url)) {
      for (String index : column(store, INDEXES)) {
        run(store, "DROP INDEX " + index);
      }
      for (String table : added(TABLES, store, old)) {
        run(store, "DROP TABLE " + table);
      }
      for (String table : column(old, TABLES)) {
        for (String name : added(columns(table), store, old)) {
          run(store, "ALTER TABLE " + table + " DROP COLUMN " + name);
        }
      }
      // Later migrations drop some of the first indexes and make others anew.
      for (String index : column(old, INDEX_SQL)) {
        run(store, index);
      }
      run(store, "DELETE FROM flyway_schema_history WHERE installed_rank > 1");
    }
  }

  static int migrations(String url) {
    try (Connection connection = DriverManager.getConnection(url)) {
      return column(connection, "SELECT version FROM flyway_schema_history").size();
    } catch (SQLException e) {
      return 0;
    }
  }

  private static String columns(String table) {
    return "SELECT name FROM pragma_table_info('" + table + "')";
  }

  private static Set<String> added(String query, Connection store, Connection old)
      throws SQLException {
    Set<String> added = column(store, query);
    added.removeAll(column(old, query));
    return added;
  }

  private static Set<String> column(Connection connection, String query) throws SQLException {
    try (var statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      var values = new TreeSet<String>();
      while (rows.next()) {
        values.add(rows.getString(1));
      }
      return values;
    }
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
