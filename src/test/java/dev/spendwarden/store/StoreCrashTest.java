package dev.spendwarden.store;

import static dev.spendwarden.store.Samples.T0;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Goal: whatever instant a process is killed at, only whole transactions are left, and all of
/// those it had been told were committed. Method: a child process commits as fast as it can and
/// says so after each; it is killed with SIGKILL in the middle, several times over on one file.
class StoreCrashTest {

  private static final int ROWS = 50;

  @TempDir Path folder;

  @Test
  @Timeout(120)
  void killedInTheMiddleOnlyWholeTransactionsAreLeftAndNoneThatWasCommittedIsLost()
      throws Exception {
    long committed = 0;
    for (int round = 1; round <= 3; round++) {
      Process child = startChild();
      try (var out =
          new BufferedReader(
              new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
        for (int i = 0; i < 40 * round; i++) {
          String line = out.readLine();
          assertThat(line).as("the child's answer").isNotNull();
          committed = Long.parseLong(line);
        }
        assertThatThrownBy(this::open).hasMessageContaining("in use by process " + child.pid());
        // Through its handle, which leaves its output to be read to the end.
        child.toHandle().destroyForcibly();
        for (String line = out.readLine(); line != null; line = out.readLine()) {
          committed = Long.parseLong(line);
        }
      } finally {
        child.destroyForcibly();
        assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
      }
      requireWholeTransactions(committed);
    }
  }

  private void requireWholeTransactions(long committed) {
    try (var database = open()) {
      assertThat(database.verify()).isEmpty();
      var sizes = new ArrayList<Integer>();
      database.read(ports -> {
        ports.ledger().replay(T0.plusSeconds(1_000_000), p -> sizes.add(p.quotas().size()));
        return true;
      });
      assertThat(sizes).containsOnly(ROWS);
      long kept = sizes.size();
      // One more may have been committed while its message was on the way.
      assertThat(kept).isBetween(committed, committed + 1);
      assertThat(database.<Integer>read(p -> p.outbox().page(0, 1_000_000).size()))
          .isEqualTo((int) kept);
      assertThat(database.<Integer>read(p -> p.alerts().page(0, 1_000_000).size()))
          .isEqualTo((int) kept);
    }
  }

  private SqliteDatabase open() {
    return SqliteDatabase.open(url(), InstantSource.fixed(T0));
  }

  private String url() {
    return "jdbc:sqlite:" + folder.resolve("spendwarden.db");
  }

  private Process startChild() throws Exception {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            Child.class.getName(),
            url())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /// Commits until it is killed; prints how many it has committed over all its lives.
  static final class Child {
    public static void main(String[] args) {
      var database = SqliteDatabase.open(args[0], InstantSource.fixed(T0));
      long done = database.<Integer>read(p -> p.outbox().page(0, 1_000_000).size());
      while (true) {
        long number = ++done;
        database.transact(ports -> {
          ports.ledger().append(SqliteDatabaseTest.quotas(ROWS, T0.plusSeconds(number)));
          ports.alerts().put(Samples.alert("a" + number, "b1", T0, (int) number));
          ports
              .outbox()
              .add(
                  Samples.notification(
                      "n" + number,
                      "hooks",
                      "b1",
                      ports.outbox().nextSequence("policy", "b1", "hooks"),
                      T0));
          return true;
        });
        System.out.println(number);
        System.out.flush();
      }
    }
  }
}
