package dev.spendwarden.store;

import dev.spendwarden.store.Database.Ports;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jspecify.annotations.Nullable;

/// One connection and the ports on it. Used by one thread only.
final class SqliteSession implements Verification.Looking, AutoCloseable {

  /// What `verify` asks SQLite itself.
  static final List<Verification.Own> OWN_CHECKS =
      List.of(
          new Verification.Own(
              "SQLite's own integrity check",
              """
              SELECT 'integrity_check: ' || integrity_check FROM pragma_integrity_check
              WHERE integrity_check <> 'ok'\
              """),
          new Verification.Own(
              "references between tables",
              """
              SELECT 'row ' || COALESCE("rowid", '?') || ' of ' || "table" || ' refers to a row of '
                || parent || ' that is not there' FROM pragma_foreign_key_check\
              """));

  private final Path file;
  private final Handle handle;
  private final String begin;
  private final SqlLedgerStore ledger;
  private final Ports ports;

  private final FailureNote note;

  /// Why this connection can no longer be used.
  private @Nullable StoreException broken;

  /// @param begin `BEGIN IMMEDIATE` for the writer, `BEGIN` for a reader
  SqliteSession(Path file, Handle handle, String begin) {
    this.file = file;
    this.handle = handle;
    this.begin = begin;
    this.ledger = new SqlLedgerStore(handle, new InternedTexts());
    this.ports = SqlPorts.on(handle, ledger);
    this.note =
        new FailureNote(e -> SqliteErrors.explain("go on with a transaction that failed", file, e));
    handle.getConfig(SqlStatements.class).setSqlLogger(note);
  }

  @Override
  public void look(BiConsumer<Handle, Ports> question) {
    inTransaction(ignored -> {
      question.accept(handle, ports);
      return true;
    });
  }

  <T> T transact(Function<Ports, T> work) {
    return inTransaction(ignored -> work.apply(ports));
  }

  <T> T inTransaction(Function<Handle, T> work) {
    if (broken != null) {
      throw broken;
    }
    note.forget();
    begin();
    T result;
    try {
      result = work.apply(handle);
      SQLException failure = note.failure();
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

  private void begin() {
    try (var statement = handle.getConnection().createStatement()) {
      statement.execute(begin);
    } catch (SQLException e) {
      throw SqliteErrors.explain("begin a transaction", file, e);
    } catch (RuntimeException | Error thrown) {
      // It may have begun.
      rollBack(thrown);
      throw thrown;
    }
  }

  private void commit() {
    try (var statement = handle.getConnection().createStatement()) {
      statement.execute("COMMIT");
    } catch (SQLException e) {
      boolean unknown = !SqliteErrors.surelyNotCommitted(e);
      var problem = SqliteErrors.explain("commit", file, e, unknown);
      rollBack(problem);
      throw problem;
    } catch (RuntimeException | Error thrown) {
      // Thrown before SQLite was asked, or after it had answered: either way nothing may stay open.
      rollBack(thrown);
      throw thrown;
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
      cannotRollBack(e, reason);
    } catch (RuntimeException | Error e) {
      cannotRollBack(e, reason);
    }
  }

  /// What is open would be committed with the next transaction: there is none any more.
  private void cannotRollBack(Throwable thrown, Throwable reason) {
    broken = SqliteErrors.explain("roll back (restart the daemon)", file, thrown);
    reason.addSuppressed(thrown);
  }

  @Override
  public void close() {
    handle.close();
  }
}
