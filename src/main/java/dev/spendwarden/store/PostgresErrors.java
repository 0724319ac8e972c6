package dev.spendwarden.store;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/// Turns PostgreSQL's errors into sentences that say where and what to do.
///
/// @param server host and database
record PostgresErrors(String server) {

  /// @param doing what was being done, for "cannot …"
  StoreException explain(String doing, Throwable cause) {
    return explain(doing, cause, false);
  }

  StoreException explain(String doing, Throwable cause, boolean outcomeUnknown) {
    SQLException sql = sqlExceptionIn(cause);
    String detail = sql == null ? String.valueOf(cause.getMessage()) : advice(sql);
    String outcome =
        outcomeUnknown ? ". Whether the change was stored is not known" : "; nothing changed";
    return new StoreException(
        "cannot " + doing + " in PostgreSQL at " + server + ": " + detail + outcome,
        cause,
        outcomeUnknown);
  }

  static boolean isDatabaseTrouble(Throwable thrown) {
    return sqlExceptionIn(thrown) != null;
  }

  /// After these the server has surely not committed: it answered, and its answer was no.
  static boolean surelyNotCommitted(Throwable thrown) {
    SQLException sql = sqlExceptionIn(thrown);
    return sql instanceof PSQLException answered
        && answered.getServerErrorMessage() != null
        && !isConnectionLost(answered);
  }

  /// Whether another connection may do better: this one, or the server, has gone away.
  static boolean isConnectionLost(Throwable thrown) {
    SQLException sql = sqlExceptionIn(thrown);
    String state = sql == null ? "" : String.valueOf(sql.getSQLState());
    return state.startsWith("08")
        || state.equals("57P01")
        || state.equals("57P02")
        || state.equals("57P03")
        || state.equals("25P03");
  }

  private static String advice(SQLException sql) {
    String state = String.valueOf(sql.getSQLState());
    return switch (state) {
      case "28P01", "28000" ->
          "it refuses the login (%s). Check storage.user, storage.password_file and the server's pg_hba.conf"
              .formatted(said(sql));
      case "3D000" ->
          "the database does not exist (%s). Create it, with encoding UTF8, or correct storage.url"
              .formatted(said(sql));
      case "42501" ->
          "permission denied (%s). The user must own its tables and may create some in its schema"
              .formatted(said(sql));
      case "53300" ->
          "it has no connection left (%s). Spendwarden takes up to six: raise max_connections, or put PgBouncer between"
              .formatted(said(sql));
      case "53100" ->
          "its disk is full (%s). Make room; the daemon goes on by itself then"
              .formatted(said(sql));
      case "25006" ->
          "it takes no writes (%s). It is a standby, or read-only: name the primary in storage.url"
              .formatted(said(sql));
      case "55P03" ->
          "another replica has been writing for longer than 10 s. If this lasts, look for what"
              + " blocks it in pg_stat_activity";
      case "57014" ->
          "it took too long (%s). Look for what slows the server down".formatted(said(sql));
      case "40001", "40P01" ->
          "another transaction was in the way (%s). It is tried again".formatted(said(sql));
      default -> isConnectionLost(sql) ? unreachable(sql) : said(sql);
    };
  }

  private static String unreachable(SQLException sql) {
    return "the server cannot be reached or has closed the connection (%s). Check that it runs, storage.url and the network; a running daemon goes on by itself when it is back"
        .formatted(said(sql));
  }

  /// The server's own sentence. Its details are left out: they may quote what is stored.
  private static String said(SQLException sql) {
    ServerErrorMessage answer =
        sql instanceof PSQLException answered ? answered.getServerErrorMessage() : null;
    String text = answer == null ? sql.getMessage() : answer.getMessage();
    return String.valueOf(text).strip();
  }

  /// The innermost: what a pool or a library says around it knows less.
  private static @Nullable SQLException sqlExceptionIn(@Nullable Throwable thrown) {
    SQLException found = null;
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        found = sql;
      }
    }
    return found;
  }
}
