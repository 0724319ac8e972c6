package dev.spendwarden.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Goal: whatever an error breaks off (memory that has run out, a stack that has), no transaction
/// is left open and nothing of it is committed with the next. Method: a real server behind
/// connections that throw before or after the commit, once.
class PostgresTransactionsIT {

  private static final String BEGIN = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED READ WRITE";

  private enum Broken {
    NOT,
    BEFORE,
    AFTER
  }

  private final AtomicReference<Broken> commit = new AtomicReference<>(Broken.NOT);
  private PostgresTransactions transactions;

  @BeforeEach
  void open() {
    StorageAddress address = PostgresLab.shared().emptyDatabase();
    PostgresLab.shared().sql(address, "CREATE TABLE word (id SERIAL, text TEXT)");
    var server = new PostgresServer(address);
    var config = new HikariConfig();
    config.setDataSource(breaking(server.connections(Duration.ofSeconds(20))));
    config.setMaximumPoolSize(1);
    config.setAutoCommit(false);
    config.setConnectionTimeout(5_000);
    transactions =
        new PostgresTransactions(
            new PostgresErrors(server.name()), new HikariDataSource(config), BEGIN);
  }

  @AfterEach
  void close() {
    transactions.close();
  }

  @Test
  void anErrorBeforeTheCommitChangesNothingAndTheNextTransactionIsItsOwn() {
    commit.set(Broken.BEFORE);
    assertThatThrownBy(() -> add("lost")).isInstanceOf(StackOverflowError.class);
    add("kept");
    assertThat(words()).containsExactly("kept");
  }

  @Test
  void anErrorAfterTheCommitLeavesWhatWasCommittedAndTheNextTransactionIsItsOwn() {
    commit.set(Broken.AFTER);
    assertThatThrownBy(() -> add("first")).isInstanceOf(StackOverflowError.class);
    add("second");
    assertThat(words()).containsExactly("first", "second");
  }

  /// Client and server may no longer agree on whose turn it is to speak.
  @Test
  void aConnectionWhoseCommitWasBrokenOffIsNotUsedAgain() {
    long before = session();
    assertThat(session()).isEqualTo(before);
    commit.set(Broken.AFTER);
    assertThatThrownBy(() -> add("first")).isInstanceOf(StackOverflowError.class);
    assertThat(session()).isNotEqualTo(before);
  }

  @Test
  void anErrorInTheWorkChangesNothing() {
    assertThatThrownBy(() ->
            transactions.run(
                new InternedTexts(),
                (handle, ports) -> {
                  handle.execute("INSERT INTO word (text) VALUES ('lost')");
                  throw new StackOverflowError("for the test");
                }))
        .isInstanceOf(StackOverflowError.class);
    add("kept");
    assertThat(words()).containsExactly("kept");
  }

  private void add(String word) {
    transactions.run(
        new InternedTexts(),
        (handle, ports) -> handle.execute("INSERT INTO word (text) VALUES (?)", word));
  }

  private long session() {
    return transactions.run(
        new InternedTexts(),
        (handle, ports) -> handle.createQuery("SELECT pg_backend_pid()").mapTo(Long.class).one());
  }

  private List<String> words() {
    return transactions.run(
        new InternedTexts(),
        (handle, ports) ->
            handle.createQuery("SELECT text FROM word ORDER BY id").mapTo(String.class).list());
  }

  private DataSource breaking(DataSource real) {
    return Proxied.by(
        DataSource.class,
        (method, arguments) -> {
          Object result = method.invoke(real, arguments);
          return result instanceof Connection made ? breaking(made) : result;
        });
  }

  private Connection breaking(Connection real) {
    return Proxied.by(
        Connection.class,
        (method, arguments) -> {
          boolean commits = method.getName().equals("commit");
          Broken how = commits ? commit.getAndSet(Broken.NOT) : Broken.NOT;
          if (how == Broken.BEFORE) {
            throw new StackOverflowError("for the test");
          }
          Object result = method.invoke(real, arguments);
          if (how == Broken.AFTER) {
            throw new StackOverflowError("for the test");
          }
          return result;
        });
  }
}
