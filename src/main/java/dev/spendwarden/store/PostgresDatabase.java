package dev.spendwarden.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The store in a PostgreSQL database, which several replicas may share. Transactions that change
/// something follow one another over all of them: each begins by locking the one row of
/// `writers_turn`, so whatever it reads stays as it is until it has committed. Reads go beside,
/// each on one unchanging state.
///
/// Six connections at most: one writes, four read, one keeps leases; that one's place is taken by
/// the migrations while the schema is brought up to date. Callers of this process wait for their
/// turn to write up to 30 s and then get a [StoreException].
public final class PostgresDatabase implements Database {

  private static final Logger LOG = LoggerFactory.getLogger(PostgresDatabase.class);

  private static final int READERS = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /// A migration may rewrite a table.
  static final Duration MIGRATION_LONGEST = Duration.ofMinutes(30);

  private final PostgresErrors errors;
  private final PostgresTransactions writing;
  private final PostgresTransactions reading;
  private final PostgresTransactions leasing;
  private final boolean readOnly;
  private final String description;

  /// In this process; the row is for the others.
  private final ReentrantLock turn = new ReentrantLock(true);

  private final InternedTexts texts = new InternedTexts();
  private volatile boolean closed;

  private PostgresDatabase(PostgresServer server, boolean readOnly, String description) {
    this.errors = new PostgresErrors(server.name());
    this.readOnly = readOnly;
    this.description = description;
    this.writing = PostgresTransactions.writing(server, errors);
    this.reading = PostgresTransactions.reading(server, errors, READERS);
    this.leasing = PostgresTransactions.leasing(server, errors);
  }

  static PostgresDatabase open(PostgresServer server) {
    var errors = new PostgresErrors(server.name());
    var connections = server.connections(MIGRATION_LONGEST);
    try (Connection connection = connections.getConnection();
        var migrating = new OneConnection(connections)) {
      String settings = settings(connection, server.name());
      connection.setAutoCommit(false);
      String schema =
          new PostgresSchema(errors, server.name(), connection, migrating).bringUpToDate();
      return new PostgresDatabase(server, false, settings + " schema=" + schema);
    } catch (SQLException e) {
      throw errors.explain("open the database", e);
    }
  }

  static PostgresDatabase openReadOnly(PostgresServer server) {
    var connections = server.connections(Duration.ofSeconds(30));
    try (Connection connection = connections.getConnection()) {
      String settings = settings(connection, server.name());
      Migrations.requireNewest(connection, server.name());
      return new PostgresDatabase(server, true, "read-only " + settings);
    } catch (SQLException e) {
      throw new PostgresErrors(server.name()).explain("open the database", e);
    }
  }

  /// What the server says of itself; refuses one that cannot hold our texts.
  private static String settings(Connection connection, String name) throws SQLException {
    String encoding = ask(connection, "SHOW server_encoding");
    if (!encoding.equals("UTF8")) {
      throw new StoreException(
          "the database %s has the encoding %s; Spendwarden needs UTF8: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0"
              .formatted(name, encoding));
    }
    String fsync = ask(connection, "SHOW fsync");
    if (!fsync.equals("on")) {
      LOG.warn(
          "postgresql_not_durable fsync={}: what was acknowledged is lost with the server's power",
          fsync);
    }
    String commits = ask(connection, "SHOW synchronous_commit");
    return "postgresql="
        + ask(connection, "SHOW server_version").split(" ")[0]
        + " fsync="
        + fsync
        + " synchronous_commit="
        // Weaker ones are overruled in each transaction.
        + (commits.equals("off") || commits.equals("local") ? "on" : commits)
        + " database="
        + name;
  }

  private static String ask(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery(sql)) {
      return row.next() ? String.valueOf(row.getString(1)) : "nothing";
    }
  }

  @Override
  public <T> T transact(Function<Ports, T> work) {
    return write((handle, ports) -> work.apply(ports));
  }

  @Override
  public <T> T read(Function<Ports, T> work) {
    return look((handle, ports) -> work.apply(ports));
  }

  @Override
  public boolean isShared() {
    return true;
  }

  @Override
  public Census census(Census.Replica asking, Duration lasts) {
    boolean known = leasing(handle -> PostgresLeases.lives(handle, asking, lasts));
    if (!known) {
      write((handle, ports) -> PostgresLeases.join(handle, asking, lasts));
    }
    return leasing(handle -> PostgresLeases.census(handle, asking.holder(), lasts));
  }

  @Override
  public Optional<Tenure> take(Collection<String> names, String holder, Duration lasts) {
    return write((handle, ports) -> PostgresLeases.take(handle, names, holder, lasts));
  }

  @Override
  public Optional<Tenure> renew(Tenure tenure, Duration lasts) {
    return leasing(handle -> PostgresLeases.renew(handle, tenure, lasts));
  }

  @Override
  public void release(Tenure tenure) {
    write((handle, ports) -> PostgresLeases.release(handle, tenure));
  }

  @Override
  public void leave(String holder) {
    write((handle, ports) -> PostgresLeases.leave(handle, holder));
  }

  @Override
  public <T> T transact(Tenure tenure, Function<Ports, T> work) {
    return write((handle, ports) -> {
      PostgresLeases.require(handle, tenure);
      return work.apply(ports);
    });
  }

  @Override
  public <T> T transactBeside(Collection<String> leaseNames, Function<Ports, T> work) {
    return write((handle, ports) -> {
      T result = work.apply(ports);
      PostgresLeases.changedBeside(handle, leaseNames);
      return result;
    });
  }

  private <T> T leasing(Function<Handle, T> work) {
    requireOpen();
    return leasing.run(new InternedTexts(), (handle, ports) -> work.apply(handle));
  }

  private <T> T write(BiFunction<Handle, Ports, T> work) {
    if (readOnly) {
      throw new StoreException("the database " + errors.server() + " was opened for reading only");
    }
    if (turn.isHeldByCurrentThread()) {
      throw new IllegalStateException("a transaction was begun inside another one");
    }
    takeTurn();
    try {
      requireOpen();
      return writing.run(texts, work);
    } finally {
      turn.unlock();
    }
  }

  private void takeTurn() {
    try {
      if (!turn.tryLock(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new StoreException(
            "the store is overloaded: work waited longer than %d s for its turn; nothing changed. Look for what slows PostgreSQL at %s down"
                .formatted(PATIENCE.toSeconds(), errors.server()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException("interrupted before the store began; nothing changed");
    }
  }

  private <T> T look(BiFunction<Handle, Ports, T> work) {
    requireOpen();
    return reading.run(new InternedTexts(), work);
  }

  private void requireOpen() {
    if (closed) {
      throw new StoreException("the store is closed; nothing changed");
    }
  }

  @Override
  public void prune(Instant before) {
    new Pruning(this::step).run(InstantText.write(before));
  }

  @Override
  public void prune(Tenure tenure, Instant before) {
    var pruning =
        new Pruning(
            new Pruning.Writer() {
              @Override
              public <T> T write(Function<Handle, T> work) {
                return step(handle -> {
                  PostgresLeases.require(handle, tenure);
                  return work.apply(handle);
                });
              }
            });
    pruning.run(InstantText.write(before));
  }

  private <T> T step(Function<Handle, T> work) {
    return write((handle, ports) -> work.apply(handle));
  }

  @Override
  public List<String> verify() {
    return new Verification(question ->
        look((handle, ports) -> {
          question.accept(handle, ports);
          return true;
        }))
        .run(
            List.of(
                new Verification.Own(
                    "PostgreSQL's constraints",
                    """
                    SELECT 'the constraint ' || conname || ' was never checked' FROM pg_constraint
                    WHERE NOT convalidated AND connamespace = current_schema()::regnamespace\
                    """)));
  }

  @Override
  public String describe() {
    return description;
  }

  /// Waits for the transaction under way, then closes the connections.
  @Override
  public void close() {
    closed = true;
    boolean mine = false;
    try {
      mine = turn.tryLock(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try {
      writing.close();
      reading.close();
      leasing.close();
    } finally {
      if (mine) {
        turn.unlock();
      }
    }
  }
}
