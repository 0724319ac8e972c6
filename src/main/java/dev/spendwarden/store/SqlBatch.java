package dev.spendwarden.store;

import static java.util.stream.Gatherers.windowFixed;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.jspecify.annotations.Nullable;

/// One statement for many rows, given to the driver without Jdbi's own batch: that finds out anew
/// for every value of every row how to bind it, a third of the time that ten thousand alerts take.
final class SqlBatch {

  /// From so many rows on their values are worked out on all cores.
  private static final int MANY = 500;

  /// Rows handed to the database at once. A poll may change a hundred thousand: this bounds the
  /// memory of their values, which are garbage before anybody has to move them, not the
  /// transaction.
  private static final int ROWS_MAX = 1_000;

  private SqlBatch() {}

  /// @param values of a row, in the order of the statement's question marks: texts, whole numbers
  ///   or null; changes nothing, for it is asked on several threads at once
  static <R> void run(
      Handle handle, String sql, Collection<R> rows, Function<R, @Nullable Object[]> values) {
    if (rows.isEmpty()) {
      return;
    }
    SqlLogger failures = handle.getConfig(SqlStatements.class).getSqlLogger();
    try (PreparedBatch named = handle.prepareBatch(sql)) {
      failures.logBeforeExecution(named.getContext());
      try {
        run(handle, sql, rows.stream(), values);
      } catch (SQLException e) {
        failures.logException(named.getContext(), e);
        throw new UnableToExecuteStatementException(e, named.getContext());
      }
    }
  }

  private static <R> void run(
      Handle handle, String sql, Stream<R> rows, Function<R, @Nullable Object[]> values)
      throws SQLException {
    try (PreparedStatement statement = handle.getConnection().prepareStatement(sql)) {
      for (List<R> part : (Iterable<List<R>>) rows.gather(windowFixed(ROWS_MAX))::iterator) {
        for (@Nullable Object[] row : values(part, values)) {
          for (int i = 0; i < row.length; i++) {
            statement.setObject(i + 1, row[i]);
          }
          statement.addBatch();
        }
        statement.executeBatch();
      }
    }
  }

  private static <R> List<@Nullable Object[]> values(
      List<R> part, Function<R, @Nullable Object[]> values) {
    return (part.size() < MANY ? part.stream() : part.parallelStream()).map(values).toList();
  }
}
