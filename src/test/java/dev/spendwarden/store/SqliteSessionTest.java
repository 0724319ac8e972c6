package dev.spendwarden.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.spendwarden.store.SqliteSessionTest.Breaking.When;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Goal: whatever an error breaks off (memory that has run out, a stack that has), the session is
/// in no transaction afterwards. Method: a real SQLite whose connection throws before or after the
/// one statement it was told.
class SqliteSessionTest {

  @TempDir Path folder;

  private final Breaking breaking = new Breaking();
  private SqliteSession session;

  @BeforeEach
  void open() throws Exception {
    Path file = folder.resolve("one.db");
    Connection real = DriverManager.getConnection("jdbc:sqlite:" + file);
    session = new SqliteSession(file, Jdbi.open(breaking.around(real)), "BEGIN IMMEDIATE");
    session.inTransaction(handle -> handle.execute("CREATE TABLE word (text TEXT)"));
  }

  @AfterEach
  void close() {
    session.close();
  }

  @Test
  void anErrorBeforeTheCommitChangesNothingAndTheNextTransactionIsItsOwn() {
    breaking.next("COMMIT", When.BEFORE);
    assertThatThrownBy(() -> add("lost")).isInstanceOf(StackOverflowError.class);
    add("kept");
    assertThat(words()).containsExactly("kept");
  }

  @Test
  void anErrorAfterTheCommitLeavesWhatWasCommittedAndTheNextTransactionIsItsOwn() {
    breaking.next("COMMIT", When.AFTER);
    assertThatThrownBy(() -> add("first")).isInstanceOf(StackOverflowError.class);
    add("second");
    assertThat(words()).containsExactly("first", "second");
  }

  @Test
  void anErrorAfterTheBeginningLeavesNothingOpen() {
    breaking.next("BEGIN IMMEDIATE", When.AFTER);
    assertThatThrownBy(() -> add("lost")).isInstanceOf(StackOverflowError.class);
    add("kept");
    assertThat(words()).containsExactly("kept");
  }

  /// What is open then must never be committed with something else.
  @Test
  void aSessionThatCannotEvenRollBackRefusesWhatFollows() {
    breaking.next("COMMIT", When.BEFORE);
    breaking.alsoNext("ROLLBACK");
    assertThatThrownBy(() -> add("lost")).isInstanceOf(StackOverflowError.class);
    assertThatThrownBy(() -> add("refused"))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("restart the daemon");
  }

  private void add(String word) {
    session.inTransaction(handle -> handle.execute("INSERT INTO word (text) VALUES (?)", word));
  }

  private List<String> words() {
    return session.inTransaction((Handle handle) ->
        handle.createQuery("SELECT text FROM word ORDER BY rowid").mapTo(String.class).list());
  }

  /// Breaks once at a statement.
  static final class Breaking {

    enum When {
      BEFORE,
      AFTER
    }

    private @Nullable String sql;
    private @Nullable String alsoSql;
    private When when = When.BEFORE;

    void next(String statement, When breaks) {
      sql = statement;
      when = breaks;
    }

    void alsoNext(String statement) {
      alsoSql = statement;
    }

    Connection around(Connection real) {
      return Proxied.by(
          Connection.class,
          (method, arguments) -> {
            Object result = method.invoke(real, arguments);
            return method.getName().equals("createStatement") ? around((Statement) result) : result;
          });
    }

    private Statement around(Statement real) {
      return Proxied.by(
          Statement.class,
          (method, arguments) -> {
            boolean breaks = arguments != null && isNext(arguments[0]);
            if (breaks && when == When.BEFORE) {
              throw new StackOverflowError("for the test");
            }
            Object result = method.invoke(real, arguments);
            if (breaks) {
              throw new StackOverflowError("for the test");
            }
            return result;
          });
    }

    private boolean isNext(Object statement) {
      if (statement.equals(sql)) {
        sql = null;
        return true;
      }
      if (statement.equals(alsoSql)) {
        alsoSql = null;
        return true;
      }
      return false;
    }
  }
}
