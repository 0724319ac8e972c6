package dev.spendwarden.store;

import java.nio.file.Path;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/// Turns SQLite's errors into sentences that say where and what to do.
final class SqliteErrors {

  /// SQLite's extended codes keep the primary one in their low byte.
  private static final int PRIMARY = 0xFF;

  private SqliteErrors() {}

  /// @param doing what was being done, for "cannot …"
  static StoreException explain(String doing, Path file, Throwable cause) {
    return explain(doing, file, cause, false);
  }

  static StoreException explain(String doing, Path file, Throwable cause, boolean outcomeUnknown) {
    SQLException sql = sqlExceptionIn(cause);
    String detail = sql == null ? String.valueOf(cause.getMessage()) : advice(sql);
    String outcome =
        outcomeUnknown ? ". Whether the change was stored is not known" : "; nothing changed";
    return new StoreException(
        "cannot " + doing + " in " + file + ": " + detail + outcome, cause, outcomeUnknown);
  }

  static boolean isDatabaseTrouble(Throwable thrown) {
    return sqlExceptionIn(thrown) != null;
  }

  /// After these SQLite has surely not written the transaction's end.
  static boolean surelyNotCommitted(Throwable thrown) {
    int code = code(sqlExceptionIn(thrown));
    return code == SQLiteErrorCode.SQLITE_FULL.code || code == SQLiteErrorCode.SQLITE_BUSY.code;
  }

  private static String advice(SQLException sql) {
    int code = code(sql);
    if (code == SQLiteErrorCode.SQLITE_FULL.code) {
      return "the disk is full (SQLITE_FULL). Make room; the daemon goes on by itself then";
    }
    if (code == SQLiteErrorCode.SQLITE_NOTADB.code) {
      return "the file is not a SQLite database (SQLITE_NOTADB). Check storage.url, or restore a"
          + " backup";
    }
    if (code == SQLiteErrorCode.SQLITE_CORRUPT.code) {
      return "the database is damaged (SQLITE_CORRUPT). Stop the daemon, keep a copy of the file,"
          + " and restore a backup";
    }
    if (code == SQLiteErrorCode.SQLITE_READONLY.code) {
      return "it cannot be written (SQLITE_READONLY). Check who owns the file and its folder, and"
          + " whether the disk is mounted read-only";
    }
    if (code == SQLiteErrorCode.SQLITE_CANTOPEN.code) {
      return "it cannot be opened (SQLITE_CANTOPEN). Check that the folder exists and that this"
          + " user may write in it";
    }
    if (code == SQLiteErrorCode.SQLITE_BUSY.code) {
      return "another program holds it locked (SQLITE_BUSY). Close tools that have it open";
    }
    if (code == SQLiteErrorCode.SQLITE_IOERR.code) {
      return "the disk failed to read or write (SQLITE_IOERR). Check the disk and the system log ("
          + sql.getMessage()
          + ")";
    }
    return String.valueOf(sql.getMessage());
  }

  private static int code(@Nullable SQLException sql) {
    return switch (sql) {
      case SQLiteException e -> e.getResultCode().code & PRIMARY;
      case null -> 0;
      default -> sql.getErrorCode() & PRIMARY;
    };
  }

  private static @Nullable SQLException sqlExceptionIn(@Nullable Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        return sql;
      }
    }
    return null;
  }
}
