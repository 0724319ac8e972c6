package dev.spendwarden.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.jdbc.AutoSave;

/// How connections to PostgreSQL are made. Nothing here outlives a transaction on the server, so
/// that a pooler in transaction mode (PgBouncer) may stand between: no prepared statements with
/// names, no settings of a session.
final class PostgresServer {

  private static final String URL_START = "jdbc:postgresql:";

  private static final Duration CONNECT_LONGEST = Duration.ofSeconds(5);

  /// How long a borrower waits for a connection, new ones being made.
  private static final Duration BORROW_LONGEST = Duration.ofSeconds(5);

  /// Connections beyond the first that nobody uses.
  private static final Duration IDLE_LONGEST = Duration.ofMinutes(1);

  /// A server that moved to another address is followed within this.
  private static final Duration CONNECTION_LIFE = Duration.ofMinutes(10);

  private final StorageAddress address;

  PostgresServer(StorageAddress address) {
    this.address = address;
  }

  /// Host and database, for people.
  String name() {
    String rest = address.url().substring(URL_START.length());
    int options = rest.indexOf('?');
    String place = options < 0 ? rest : rest.substring(0, options);
    return place.startsWith("//") ? place.substring(2) : place;
  }

  /// @param answerLongest how long to wait for the server's next word before the connection counts
  ///   as lost
  PGSimpleDataSource connections(Duration answerLongest) {
    var source = new PGSimpleDataSource();
    try {
      source.setUrl(address.url());
    } catch (IllegalArgumentException e) {
      throw new StoreException(
          "cannot use the storage.url '"
              + address.url()
              + "': it must be jdbc:postgresql://host/database",
          e,
          false);
    }
    address.user().ifPresent(source::setUser);
    address.password().ifPresent(source::setPassword);
    source.setPrepareThreshold(0);
    source.setPreparedStatementCacheQueries(0);
    source.setAutosave(AutoSave.NEVER);
    source.setReWriteBatchedInserts(true);
    // Says in the start-up message what would otherwise be set for the session afterwards.
    source.setAssumeMinServerVersion("14");
    source.setApplicationName("spendwarden");
    source.setTcpKeepAlive(true);
    source.setConnectTimeout((int) CONNECT_LONGEST.toSeconds());
    source.setLoginTimeout((int) CONNECT_LONGEST.toSeconds());
    source.setSocketTimeout((int) answerLongest.toSeconds());
    if (name().contains(",") && !address.url().contains("targetServerType=")) {
      // Of several servers the one that takes writes.
      source.setTargetServerType("primary");
    }
    return source;
  }

  HikariDataSource pool(String name, int connections, Duration answerLongest) {
    var config = new HikariConfig();
    config.setPoolName("spendwarden-" + name);
    config.setDataSource(connections(answerLongest));
    config.setMaximumPoolSize(connections);
    config.setMinimumIdle(1);
    config.setAutoCommit(false);
    // Every transaction sets its own. Said here because a pool that asks the server for the usual
    // one, and loses the connection over the question, fails to make any other from then on.
    config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
    config.setConnectionTimeout(BORROW_LONGEST.toMillis());
    config.setValidationTimeout(CONNECT_LONGEST.toMillis());
    if (connections > 1) {
      config.setIdleTimeout(IDLE_LONGEST.toMillis());
    }
    config.setMaxLifetime(CONNECTION_LIFE.toMillis());
    // Whether the server is there was seen before, with a better message.
    config.setInitializationFailTimeout(-1);
    return new HikariDataSource(config);
  }
}
