package dev.spendwarden.store;

import dev.spendwarden.store.Database.Ports;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/// One connection and the ports on it. Used by one thread only.
final class SqliteSession implements AutoCloseable {

  private final Path file;
  private final Handle handle;
  private final String begin;
  private final SqlLedgerStore ledger;
  private final Ports ports;

  /// The first statement of this transaction that failed. SQLite may have rolled back by itself
  /// then (a full disk), and later statements would each commit alone: whatever the work makes of
  /// the failure, no further statement is run and the transaction is not kept.
  private @Nullable SQLException failure;

  /// Why this connection can no longer be used.
  private @Nullable StoreException broken;

  /// @param begin `BEGIN IMMEDIATE` for the writer, `BEGIN` for a reader
  SqliteSession(Path file, Handle handle, String begin) {
    this.file = file;
    this.handle = handle;
    this.begin = begin;
    this.ledger = new SqlLedgerStore(handle);
    this.ports =
        new Ports(
            ledger,
            new SqlAlertStore(handle),
            new SqlOutbox(handle),
            new SqlEnforceStore(handle),
            new SqlExportStore(handle),
            new SqlQuietStore(handle));
    handle.getConfig(SqlStatements.class).setSqlLogger(new FailureNote());
  }

  /// Only for use inside [#inTransaction].
  Ports ports() {
    return ports;
  }

  <T> T transact(Function<Ports, T> work) {
    return inTransaction(ignored -> work.apply(ports));
  }

  <T> T inTransaction(Function<Handle, T> work) {
    if (broken != null) {
      throw broken;
    }
    failure = null;
    execute(begin, "begin a transaction");
    T result;
    try {
      result = work.apply(handle);
      if (failure != null) {
        throw SqliteErrors.explain("write", file, failure);
      }
    } catch (Throwable thrown) {
      rollBack(thrown);
      if (!(thrown instanceof StoreException) && SqliteErrors.isDatabaseTrouble(thrown)) {
        throw SqliteErrors.explain("read or write", file, thrown);
      }
      throw thrown;
    }
    commit();
    return result;
  }

  private void commit() {
    try (var statement = handle.getConnection().createStatement()) {
      statement.execute("COMMIT");
    } catch (SQLException e) {
      boolean unknown = !SqliteErrors.surelyNotCommitted(e);
      var problem = SqliteErrors.explain("commit", file, e, unknown);
      rollBack(problem);
      throw problem;
    }
  }

  private void rollBack(Throwable reason) {
    ledger.forget();
    try (var statement = handle.getConnection().createStatement()) {
      statement.execute("ROLLBACK");
    } catch (SQLException e) {
      String message = String.valueOf(e.getMessage());
      if (message.contains("no transaction is active")) {
        // SQLite has rolled back by itself.
        return;
      }
      broken = SqliteErrors.explain("roll back (restart the daemon)", file, e);
      reason.addSuppressed(e);
    }
  }

  private void execute(String sql, String doing) {
    try (var statement = handle.getConnection().createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw SqliteErrors.explain(doing, file, e);
    }
  }

  @Override
  public void close() {
    handle.close();
  }

  private final class FailureNote implements SqlLogger {
    @Override
    public void logBeforeExecution(StatementContext context) {
      if (failure != null) {
        throw SqliteErrors.explain("go on with a transaction that failed", file, failure);
      }
    }

    @Override
    public void logException(StatementContext context, SQLException thrown) {
      if (failure == null) {
        failure = thrown;
      }
    }
  }
}
