package dev.spendwarden.store;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.jspecify.annotations.Nullable;

/// One statement for many rows, given to the driver without Jdbi's own batch: that finds out anew
/// for every value of every row how to bind it, a third of the time that ten thousand alerts take.
final class SqlBatch {

  /// Rows handed to the database at once. A poll may change a hundred thousand: this bounds the
  /// memory of their values, which are garbage before anybody has to move them, not the
  /// transaction.
  private static final int ROWS_MAX = 1_000;

  private SqlBatch() {}

  /// @param values of a row, in the order of the statement's question marks: texts, whole numbers
  ///   or null
  static <R> void run(
      Handle handle, String sql, Collection<R> rows, Function<R, @Nullable Object[]> values) {
    if (rows.isEmpty()) {
      return;
    }
    SqlLogger failures = handle.getConfig(SqlStatements.class).getSqlLogger();
    try (PreparedBatch named = handle.prepareBatch(sql)) {
      failures.logBeforeExecution(named.getContext());
      try {
        run(handle, sql, rows.stream().map(values)::iterator);
      } catch (SQLException e) {
        failures.logException(named.getContext(), e);
        throw new UnableToExecuteStatementException(e, named.getContext());
      }
    }
  }

  private static void run(Handle handle, String sql, Iterable<@Nullable Object[]> rows)
      throws SQLException {
    try (PreparedStatement statement = handle.getConnection().prepareStatement(sql)) {
      int added = 0;
      for (@Nullable Object[] row : rows) {
        for (int i = 0; i < row.length; i++) {
          statement.setObject(i + 1, row[i]);
        }
        statement.addBatch();
        if (++added == ROWS_MAX) {
          statement.executeBatch();
          added = 0;
        }
      }
      if (added > 0) {
        statement.executeBatch();
      }
    }
  }
}
