package dev.spendwarden.store;

import java.sql.SQLException;
import java.util.function.Function;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/// Remembers the first statement of a transaction that failed. The database may have rolled back by
/// itself then (a full disk, a lost connection), and later statements would each commit alone:
/// whatever the work makes of the failure, no further statement is run and the transaction is not
/// kept.
final class FailureNote implements SqlLogger {

  private final Function<SQLException, StoreException> explain;
  private @Nullable SQLException failure;

  /// @param explain says that it cannot go on with a transaction that failed
  FailureNote(Function<SQLException, StoreException> explain) {
    this.explain = explain;
  }

  /// A new transaction begins.
  void forget() {
    failure = null;
  }

  @Nullable SQLException failure() {
    return failure;
  }

  @Override
  public void logBeforeExecution(StatementContext context) {
    SQLException known = failure;
    if (known != null) {
      throw explain.apply(known);
    }
  }

  @Override
  public void logException(StatementContext context, SQLException thrown) {
    if (failure == null) {
      failure = thrown;
    }
  }
}
