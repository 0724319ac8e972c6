package dev.spendwarden.store;

import com.zaxxer.hikari.HikariDataSource;
import dev.spendwarden.store.Database.Ports;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.BiFunction;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.SqlStatements;

/// Transactions of one kind on a pool of their own. Thread-safe.
///
/// Every setting is made inside the transaction and ends with it. A transaction whose client falls
/// silent in its midst (stopped, or cut off) is ended by the server, which frees what it held.
///
/// One that fails to begin is begun again on another connection: nothing of the work has run then.
/// Later failures are never repeated here, for the work may have changed what its caller remembers.
final class PostgresTransactions implements AutoCloseable {

  /// A restarted server leaves at most a pool full of dead connections.
  private static final int BEGINNINGS_MAX = 5;

  private static final Duration STATEMENT_LONGEST_OF_WRITER = Duration.ofSeconds(15);
  private static final Duration STATEMENT_LONGEST_OF_READER = Duration.ofMinutes(5);

  /// More than the longest statement: the server is the one to give up first.
  private static final Duration ANSWER_LONGER = Duration.ofSeconds(5);

  /// The last line takes the turn to write, so that the statements that follow see all that was
  /// committed before. A commit is on the server's disk (and its synchronous standbys') when it
  /// returns, whatever is set for the database; stronger settings are left alone.
  private static final String BEGIN_WRITING =
      """
      SET TRANSACTION ISOLATION LEVEL READ COMMITTED READ WRITE;
      SET LOCAL lock_timeout = '10s';
      SET LOCAL statement_timeout = '15s';
      SET LOCAL idle_in_transaction_session_timeout = '5s';
      SELECT set_config('synchronous_commit', 'on', true)
        WHERE current_setting('synchronous_commit') IN ('off', 'local');
      SELECT id FROM writers_turn FOR UPDATE\
      """;

  /// Quick or not at all: a holder that waits here loses what it holds.
  private static final String BEGIN_LEASING =
      """
      SET TRANSACTION ISOLATION LEVEL READ COMMITTED READ WRITE;
      SET LOCAL lock_timeout = '2s';
      SET LOCAL statement_timeout = '2s';
      SET LOCAL idle_in_transaction_session_timeout = '2s'\
      """;

  private static final Duration ANSWER_LONGEST_OF_LEASE = Duration.ofSeconds(3);

  private static final String BEGIN_READING =
      """
      SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY;
      SET LOCAL statement_timeout = '5min';
      SET LOCAL idle_in_transaction_session_timeout = '5min'\
      """;

  private final PostgresErrors errors;
  private final HikariDataSource pool;
  private final Jdbi jdbi;
  private final String begin;

  /// @param begin the statements with which each transaction begins
  PostgresTransactions(PostgresErrors errors, HikariDataSource pool, String begin) {
    this.errors = errors;
    this.pool = pool;
    this.jdbi = Jdbi.create(pool).registerArgument(new PostgresText());
    this.begin = begin;
  }

  /// Transactions that change something, one at a time over all replicas.
  static PostgresTransactions writing(PostgresServer server, PostgresErrors errors) {
    Duration answer = STATEMENT_LONGEST_OF_WRITER.plus(ANSWER_LONGER);
    return new PostgresTransactions(errors, server.pool("writer", 1, answer), BEGIN_WRITING);
  }

  /// Transactions that make a lease last longer, beside those that write.
  static PostgresTransactions leasing(PostgresServer server, PostgresErrors errors) {
    return new PostgresTransactions(
        errors, server.pool("lease", 1, ANSWER_LONGEST_OF_LEASE), BEGIN_LEASING);
  }

  /// Transactions that see one unchanging state, some at a time.
  static PostgresTransactions reading(PostgresServer server, PostgresErrors errors, int atOnce) {
    Duration answer = STATEMENT_LONGEST_OF_READER.plus(ANSWER_LONGER);
    return new PostgresTransactions(errors, server.pool("reader", atOnce, answer), BEGIN_READING);
  }

  <T> T run(InternedTexts texts, BiFunction<Handle, Ports, T> work) {
    Handle handle = begin();
    try (handle) {
      var note = new FailureNote(e -> errors.explain("go on with a transaction that failed", e));
      handle.getConfig(SqlStatements.class).setSqlLogger(note);
      var ledger = new SqlLedgerStore(handle, texts);
      T result;
      try {
        result = work.apply(handle, SqlPorts.on(handle, ledger));
        SQLException failure = note.failure();
        if (failure != null) {
          throw errors.explain("write", failure);
        }
      } catch (Throwable thrown) {
        rollBack(handle, texts, thrown);
        if (!(thrown instanceof StoreException) && PostgresErrors.isDatabaseTrouble(thrown)) {
          throw errors.explain("read or write", thrown);
        }
        throw thrown;
      }
      commit(handle, texts);
      return result;
    }
  }

  private Handle begin() {
    for (int beginning = 1; ; beginning++) {
      Handle handle = null;
      try {
        handle = jdbi.open();
        try (var statement = handle.getConnection().createStatement()) {
          statement.execute(begin);
        }
        return handle;
      } catch (SQLException | JdbiException e) {
        if (handle != null) {
          // The pool sees by itself that the connection is broken, and rolls back one that is not.
          handle.close();
        }
        if (pool.isClosed()) {
          throw new StoreException("the store is closed; nothing changed");
        }
        if (handle == null || beginning == BEGINNINGS_MAX || !PostgresErrors.isConnectionLost(e)) {
          throw errors.explain("begin a transaction", e);
        }
      }
    }
  }

  private void commit(Handle handle, InternedTexts texts) {
    try {
      handle.getConnection().commit();
    } catch (SQLException e) {
      boolean unknown = !PostgresErrors.surelyNotCommitted(e);
      var problem = errors.explain("commit", e, unknown);
      rollBack(handle, texts, problem);
      throw problem;
    } catch (RuntimeException | Error thrown) {
      // Client and server may no longer agree on whose turn it is to speak.
      rollBack(handle, texts, thrown);
      pool.evictConnection(handle.getConnection());
      throw thrown;
    }
  }

  private void rollBack(Handle handle, InternedTexts texts, Throwable reason) {
    texts.forget();
    try {
      handle.getConnection().rollback();
    } catch (SQLException e) {
      // The server rolls back what has lost its connection.
      reason.addSuppressed(e);
    } catch (RuntimeException | Error e) {
      pool.evictConnection(handle.getConnection());
      reason.addSuppressed(e);
    }
  }

  @Override
  public void close() {
    pool.close();
  }
}
