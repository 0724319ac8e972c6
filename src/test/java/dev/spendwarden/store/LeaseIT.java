package dev.spendwarden.store;

import static dev.spendwarden.store.Samples.T0;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Two replicas and one lease, on a real server.
class LeaseIT {

  private static final Duration LONG = Duration.ofMinutes(10);
  private static final Duration OVER_AT_ONCE = Duration.ofMillis(1);

  private StorageAddress address;
  private Database one;
  private Database two;

  @BeforeEach
  void open() {
    address = PostgresLab.shared().database();
    one = address.open(InstantSource.system());
    two = address.open(InstantSource.system());
  }

  @AfterEach
  void close() {
    if (one != null) {
      one.close();
      two.close();
    }
  }

  private static Lease take(Database database, String holder, Duration lasts) {
    return Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> database.lease("house", holder, lasts), Optional::isPresent)
        .orElseThrow();
  }

  private static boolean put(Database.Ports ports, String id) {
    ports.alerts().put(Samples.alert(id, "b " + id, T0, 1));
    return true;
  }

  private int alerts() {
    return one.read(ports -> ports.alerts().page(0, 10).size());
  }

  @Test
  void oneHoldsItAndItsTermStaysTheSameWhileItDoes() {
    Lease held = take(one, "a", LONG);
    assertThat(two.lease("house", "b", LONG)).isEmpty();
    assertThat(one.lease("house", "a", LONG)).contains(held);
    assertThat(two.lease("other", "b", LONG)).isPresent();
    one.transact(held, ports -> put(ports, "a1"));
    assertThat(alerts()).isEqualTo(1);
  }

  @Test
  void ofManyThatAskTogetherOneGetsIt() throws Exception {
    var got = new AtomicInteger();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 20; i++) {
        Database mine = i % 2 == 0 ? one : two;
        String holder = "holder " + i;
        threads.submit(() -> {
          if (mine.lease("house", holder, LONG).isPresent()) {
            got.incrementAndGet();
          }
        });
      }
    }
    assertThat(got).hasValue(1);
  }

  @Test
  void aWriteOfAnEarlierTermIsRefusedAndChangesNothing() {
    Lease stale = take(one, "a", OVER_AT_ONCE);
    Lease current = take(two, "b", LONG);
    assertThat(current.term()).isEqualTo(stale.term() + 1);

    assertThatThrownBy(() -> one.transact(stale, ports -> put(ports, "a1")))
        .isInstanceOfSatisfying(StoreException.class, e -> assertThat(e.outcomeUnknown()).isFalse())
        .hasMessageContaining("taken over");
    assertThatThrownBy(() -> one.transact(stale.ofAnyRevision(), ports -> put(ports, "a1")))
        .hasMessageContaining("taken over");
    assertThat(alerts()).isZero();
    two.transact(current, ports -> put(ports, "a2"));
    assertThat(alerts()).isEqualTo(1);
  }

  @Test
  void oneThatRanOutButWasNotTakenIsStillGood() {
    Lease held = take(one, "a", OVER_AT_ONCE);
    one.transact(held, ports -> put(ports, "a1"));
    assertThat(take(one, "a", LONG).term()).isEqualTo(held.term());
  }

  @Test
  void nobodyTakesOverInTheMidstOfAWrite() throws Exception {
    Lease held = take(one, "a", OVER_AT_ONCE);
    var inside = new CountDownLatch(1);
    var asking = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var write =
          threads.submit(() ->
              one.transact(
                  held,
                  ports -> {
                    put(ports, "a1");
                    inside.countDown();
                    awaitQuietly(asking);
                    return put(ports, "a2");
                  }));
      inside.await();
      var taken =
          threads.submit(() -> {
            asking.countDown();
            Lease mine = take(two, "b", LONG);
            // It sees all of the write it had to wait for.
            return two.<Integer>transact(mine, ports -> ports.alerts().page(0, 10).size());
          });
      assertThat(write.get()).isTrue();
      assertThat(taken.get()).isEqualTo(2);
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void oneThatWasLetGoIsTakenAtOnceAndAnOldHolderCannotLetGoOfIt() {
    Lease held = take(one, "a", LONG);
    one.release(held);
    Lease next = two.lease("house", "b", LONG).orElseThrow();
    one.release(held);
    assertThat(one.lease("house", "a", LONG)).isEmpty();
    two.transact(next, ports -> put(ports, "a1"));
  }

  @Test
  void whatIsChangedBesideTheHolderIsReadBackBeforeItWritesAgain() {
    Lease held = take(one, "a", LONG);
    two.transactBeside("house", ports -> put(ports, "a1"));

    assertThatThrownBy(() -> one.transact(held, ports -> put(ports, "a2")))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("read back");
    one.transact(held.ofAnyRevision(), ports -> put(ports, "a3"));
    Lease renewed = take(one, "a", LONG);
    assertThat(renewed.term()).isEqualTo(held.term());
    one.transact(renewed, ports -> put(ports, "a2"));
    assertThat(alerts()).isEqualTo(3);
  }
}
