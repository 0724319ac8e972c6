package dev.spendwarden.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.spendwarden.ledger.Posting;
import dev.spendwarden.ledger.QuotaRevision;
import dev.spendwarden.ledger.SourceStatus;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every [Database] does, whatever it is made of. The kits of the ports build on it.
abstract class DatabaseContract {

  protected Database database;

  abstract Database open() throws Exception;

  @BeforeEach
  void openDatabase() throws Exception {
    database = open();
  }

  @AfterEach
  void closeDatabase() {
    database.close();
  }

  static final class Unwanted extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /// The kit of the transactions themselves.
  abstract static class Transactions extends DatabaseContract {

    @Test
    void workThatThrowsLeavesNothingBehindAndItsExceptionComesOut() {
      var thrown = new Unwanted();
      assertThatThrownBy(() ->
              database.transact(ports -> {
                ports.ledger().append(Samples.posting(quota()));
                ports.ledger().putStatus(SourceStatus.unknown("ionq"));
                ports.alerts().put(Samples.alert("a1", "b1", Samples.T0, 1));
                ports.outbox().add(Samples.notification("n1", "hooks", "b1", 1, Samples.T0));
                ports.outbox().nextSequence("policy", "b1", "hooks");
                ports.outbox().putMemory("hooks", "a1", "ts");
                throw thrown;
              }))
          .isSameAs(thrown);

      database.transact(ports -> {
        ports.ledger().replay(Samples.T0, posting -> assertThat(posting).isNull());
        assertThat(ports.ledger().statuses()).isEmpty();
        assertThat(ports.alerts().restore(dev.spendwarden.policy.Period.FAR_FUTURE)).isEmpty();
        assertThat(ports.outbox().page(0, 10)).isEmpty();
        assertThat(ports.outbox().nextSequence("policy", "b1", "hooks")).isEqualTo(1);
        assertThat(ports.outbox().memory("hooks", "a1")).isEmpty();
        return true;
      });
    }

    @Test
    void theSamePostingCanBeAppendedAfterItWasRolledBack() {
      var posting = Samples.posting(quota());
      assertThatThrownBy(() ->
              database.transact(ports -> {
                ports.ledger().append(posting);
                throw new Unwanted();
              }))
          .isInstanceOf(Unwanted.class);

      database.transact(ports -> {
        ports.ledger().append(posting);
        return true;
      });

      assertThat(replayed()).containsExactly(posting);
    }

    @Test
    void aTransactionInsideAnotherIsABugAndChangesNothing() {
      assertThatThrownBy(() ->
              database.transact(ports -> {
                ports.alerts().put(Samples.alert("a1", "b1", Samples.T0, 1));
                return database.transact(inner -> true);
              }))
          .isInstanceOf(IllegalStateException.class);

      assertThat(
              database.<List<?>>transact(
                  ports -> ports.alerts().restore(dev.spendwarden.policy.Period.FAR_FUTURE)))
          .isEmpty();
    }

    @Test
    void callersOnManyVirtualThreadsAreServedOneAfterTheOther() throws Exception {
      var threads = new ArrayList<Thread>();
      for (int i = 0; i < 400; i++) {
        threads.add(
            Thread.startVirtualThread(() ->
                database.transact(ports -> ports.outbox().nextSequence("policy", "b1", "hooks"))));
      }
      for (Thread thread : threads) {
        thread.join();
      }

      assertThat(database.<Long>transact(p -> p.outbox().nextSequence("policy", "b1", "hooks")))
          .isEqualTo(401);
    }

    @Test
    void readSeesWhatWasCommitted() {
      database.transact(ports -> {
        ports.alerts().put(Samples.alert("a1", "b1", Samples.T0, 1));
        return true;
      });

      assertThat(database.<Integer>read(ports -> ports.alerts().page(0, 10).size())).isEqualTo(1);
    }

    @Test
    void afterCloseEveryCallIsRefused() {
      database.close();

      assertThatThrownBy(() -> database.transact(ports -> true))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("closed");
    }

    private static QuotaRevision quota() {
      return Samples.quota("ionq", Samples.T0, "u1", "205");
    }

    private List<Posting> replayed() {
      return database.transact(ports -> {
        var postings = new ArrayList<Posting>();
        ports.ledger().replay(Samples.T0, postings::add);
        return postings;
      });
    }
  }
}
