package dev.spendwarden.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Goal: wherever a process dies that brings the schema up to date, the next one can go on from
/// there. Method: a real server behind connections that die together once a change of the tables
/// was committed, or whose last commit is still under way when the next process begins.
@Timeout(120)
class PostgresSchemaIT {

  /// The history's own table and three migrations; the others go the same way.
  private static final int CHANGES = 4;

  private static final int NEVER = Integer.MAX_VALUE;

  private final StorageAddress address = PostgresLab.shared().emptyDatabase();
  private final PostgresServer server = new PostgresServer(address);

  @Test
  void whateverWasMadeDurableLastTheNextProcessGoesOn() {
    for (int last = 1; last <= CHANGES; last++) {
      assertThat(new Replica(last).migrates()).as("migrates past change %d", last).isFalse();
      assertThat(new Replica(NEVER).migrates()).as("after dying at change %d", last).isTrue();
      PostgresLab.shared().sql(address, "DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    }
  }

  /// The server goes on with what it was asked last.
  @Test
  void theLastCommitOfADeadProcessIsWaitedFor() throws Exception {
    var dying = new Replica(NEVER);
    dying.hold = new CountDownLatch(1);
    var died = CompletableFuture.supplyAsync(dying::migrates, Thread::startVirtualThread);
    dying.held.await();
    dying.loseAllButTheHeld();
    var next =
        CompletableFuture.supplyAsync(new Replica(NEVER)::migrates, Thread::startVirtualThread);
    await().atMost(Duration.ofSeconds(30)).until(this::somebodyAsksForTheLock);
    dying.hold.countDown();
    assertThat(next.get()).isTrue();
    assertThat(died.get()).isFalse();
  }

  private boolean somebodyAsksForTheLock() throws SQLException {
    return askBeside(
            """
            SELECT EXISTS (SELECT 1 FROM pg_stat_activity
              WHERE datname = current_database() AND pid <> pg_backend_pid()
                AND query LIKE '%pg_try_advisory_xact_lock%')\
            """)
        .equals("t");
  }

  /// What the tables are for all others.
  private String tables() throws SQLException {
    return askBeside("SELECT COUNT(*) FROM pg_attribute");
  }

  private String askBeside(String question) throws SQLException {
    try (Connection connection = PostgresLab.shared().connect(address)) {
      return ask(connection, question);
    }
  }

  private static String ask(Connection connection, String question) throws SQLException {
    try (Statement statement = connection.createStatement();
        var row = statement.executeQuery(question)) {
      row.next();
      return row.getString(1);
    }
  }

  /// A process as the server sees it: its connections.
  private final class Replica {

    private final int last;
    private final ConcurrentLinkedQueue<Connection> connections = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean dead = new AtomicBoolean();

    /// The commit of the first migration waits for this.
    volatile @Nullable CountDownLatch hold;

    private String known = "";
    private int changes;
    final CountDownLatch held = new CountDownLatch(1);
    private volatile @Nullable Connection holding;

    /// @param last dies once the tables have changed so often
    Replica(int last) {
      this.last = last;
    }

    /// Whether it was done before it died.
    boolean migrates() {
      DataSource source = dying(server.connections(Duration.ofSeconds(20)));
      try (Connection connection = source.getConnection();
          var migrating = new OneConnection(source)) {
        connection.setAutoCommit(false);
        String version =
            new PostgresSchema(
                    new PostgresErrors(server.name()), server.name(), connection, migrating)
                .bringUpToDate();
        assertThat(version).isEqualTo(Migrations.NEWEST);
        return true;
      } catch (SQLException | RuntimeException e) {
        if (dead.get()) {
          return false;
        }
        throw new AssertionError(e);
      }
    }

    void loseAllButTheHeld() throws SQLException {
      dead.set(true);
      for (Connection one : connections) {
        if (one != holding) {
          one.abort(Runnable::run);
        }
      }
    }

    private DataSource dying(DataSource real) {
      return Proxied.by(
          DataSource.class,
          (method, arguments) -> {
            refuseTheDead();
            Object result = method.invoke(real, arguments);
            if (result instanceof Connection made) {
              connections.add(made);
              return dying(made);
            }
            return result;
          });
    }

    private Connection dying(Connection real) {
      return Proxied.by(
          Connection.class,
          (method, arguments) -> {
            boolean commits = method.getName().equals("commit");
            if (commits && hold != null && isAMigration(real)) {
              waitFor(real, hold);
            } else if (!method.getName().equals("close")) {
              refuseTheDead();
            }
            boolean alone = real.getAutoCommit();
            Object result = method.invoke(real, arguments);
            if (commits || (method.getName().equals("setAutoCommit") && !alone)) {
              committed();
            }
            return result instanceof Statement made && alone
                ? dying(made, method.getReturnType())
                : result;
          });
    }

    /// Outside of transactions each statement is committed at once.
    private Object dying(Statement real, Class<?> type) {
      return Proxied.by(
          type.asSubclass(Statement.class),
          (method, arguments) -> {
            Object result = method.invoke(real, arguments);
            if (Set.of("execute", "executeUpdate", "executeBatch").contains(method.getName())) {
              committed();
            }
            return result;
          });
    }

    private static boolean isAMigration(Connection real) throws SQLException {
      return ask(real, "SELECT to_regclass('source') IS NOT NULL").equals("t");
    }

    private void waitFor(Connection real, CountDownLatch until) throws InterruptedException {
      holding = real;
      held.countDown();
      until.await();
    }

    private void committed() throws SQLException {
      String now = tables();
      if (!now.equals(known) && !known.isEmpty() && ++changes == last) {
        loseAllButTheHeld();
        refuseTheDead();
      }
      known = now;
    }

    private void refuseTheDead() throws SQLException {
      if (dead.get()) {
        throw new SQLException("dead, for the test");
      }
    }
  }
}
