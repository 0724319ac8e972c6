package dev.spendwarden.store;

import static dev.spendwarden.store.Samples.T0;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Two replicas and their leases, on a real server.
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

  private static Tenure take(Database database, String holder, Duration lasts) {
    return take(database, holder, lasts, "house");
  }

  private static Tenure take(Database database, String holder, Duration lasts, String... names) {
    return Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> database.take(List.of(names), holder, lasts), Optional::isPresent)
        .orElseThrow();
  }

  private static Census join(Database database, String holder, String configuration) {
    return database.census(new Census.Replica(holder, configuration), LONG);
  }

  private static long term(Tenure tenure) {
    return tenure.terms().getFirst();
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
    Tenure held = take(one, "a", LONG);
    assertThat(two.take(List.of("house"), "b", LONG)).isEmpty();
    assertThat(one.take(List.of("house"), "a", LONG)).contains(held);
    assertThat(two.take(List.of("other"), "b", LONG)).isPresent();
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
          if (mine.take(List.of("house"), holder, LONG).isPresent()) {
            got.incrementAndGet();
          }
        });
      }
    }
    assertThat(got).hasValue(1);
  }

  @Test
  void aWriteOfAnEarlierTermIsRefusedAndChangesNothing() {
    Tenure stale = take(one, "a", OVER_AT_ONCE);
    Tenure current = take(two, "b", LONG);
    assertThat(term(current)).isEqualTo(term(stale) + 1);

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
    Tenure held = take(one, "a", OVER_AT_ONCE);
    one.transact(held, ports -> put(ports, "a1"));
    assertThat(term(take(one, "a", LONG))).isEqualTo(term(held));
  }

  @Test
  void nobodyTakesOverInTheMidstOfAWrite() throws Exception {
    Tenure held = take(one, "a", OVER_AT_ONCE);
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
            Tenure mine = take(two, "b", LONG);
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
    Tenure held = take(one, "a", LONG);
    one.release(held);
    Tenure next = two.take(List.of("house"), "b", LONG).orElseThrow();
    one.release(held);
    assertThat(one.take(List.of("house"), "a", LONG)).isEmpty();
    two.transact(next, ports -> put(ports, "a1"));
  }

  @Test
  void whatIsChangedBesideTheHolderIsReadBackBeforeItWritesAgain() {
    Tenure held = take(one, "a", LONG);
    two.transactBeside(List.of("house"), ports -> put(ports, "a1"));

    assertThatThrownBy(() -> one.transact(held, ports -> put(ports, "a2")))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("read back");
    one.transact(held.ofAnyRevision(), ports -> put(ports, "a3"));
    Tenure renewed = take(one, "a", LONG);
    assertThat(term(renewed)).isEqualTo(term(held));
    one.transact(renewed, ports -> put(ports, "a2"));
    assertThat(alerts()).isEqualTo(3);
  }

  @Test
  void theTermOfOneShardSaysNothingOfAnothers() {
    join(one, "a", "c1");
    join(two, "b", "c1");
    take(one, "a", LONG);
    Tenure stale = take(one, "a", OVER_AT_ONCE, "source/x", "source/y");
    Tenure kept = take(one, "a", LONG, "source/z");
    Tenure current = take(two, "b", LONG, "source/y", "source/x");

    assertThatThrownBy(() -> one.transact(stale, ports -> put(ports, "a1")))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("taken over");
    one.transact(kept, ports -> put(ports, "a2"));
    two.transact(current, ports -> put(ports, "a3"));
    assertThat(alerts()).isEqualTo(2);
  }

  @Test
  void whoeverNeedsSeveralGetsAllOfThemOrNone() {
    take(one, "a", LONG, "source/x");
    assertThat(two.take(List.of("source/x", "source/y"), "b", LONG)).isEmpty();
    assertThat(one.take(List.of("source/x", "source/y"), "a", LONG)).isPresent();

    Tenure part = take(two, "b", OVER_AT_ONCE, "source/v", "source/w");
    take(one, "a", LONG, "source/w");
    assertThat(two.renew(part, LONG)).isEmpty();
    assertThatThrownBy(() -> two.transact(part, ports -> put(ports, "a1")))
        .hasMessageContaining("source/w");
  }

  @Test
  void onlyThoseWithTheConfigurationOfWhoLeadsMayWrite() {
    join(one, "a", "old");
    join(two, "b", "old");
    take(one, "a", OVER_AT_ONCE);
    Tenure source = take(one, "a", LONG, "source/x");
    one.transact(source, ports -> put(ports, "a1"));

    join(two, "b", "new");
    take(two, "b", LONG);
    assertThatThrownBy(() -> one.transact(source, ports -> put(ports, "a2")))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("another configuration");
    join(one, "a", "new");
    one.transact(source, ports -> put(ports, "a3"));
    assertThat(alerts()).isEqualTo(2);
  }

  @Test
  void oneThatIsNotKnownAsAReplicaLeadsNobody() {
    join(two, "b", "c1");
    Tenure source = take(two, "b", LONG, "source/x");
    take(one, "an older version", LONG);
    assertThatThrownBy(() -> two.transact(source, ports -> put(ports, "a1")))
        .hasMessageContaining("another configuration");
    Census seen = join(two, "b", "c1");
    assertThat(seen.led()).isTrue();
    assertThat(seen.leading()).isEmpty();
  }

  @Test
  void aCensusSaysWhoLivesWhoLeadsAndWhoHoldsWhat() {
    assertThat(join(one, "a", "c1").led()).isFalse();
    Tenure house = take(one, "a", LONG);
    join(two, "b", "c2");
    take(two, "b", LONG, "source/x");

    Census seen = join(two, "b", "c2");
    assertThat(seen.living())
        .containsExactly(new Census.Replica("a", "c1"), new Census.Replica("b", "c2"));
    assertThat(seen.leading()).contains("c1");
    assertThat(seen.held()).containsOnly(Map.entry("house", "a"), Map.entry("source/x", "b"));
    assertThat(seen.own()).containsOnlyKeys("source/x");

    one.release(house);
    one.leave("a");
    seen = join(two, "b", "c2");
    assertThat(seen.living()).containsExactly(new Census.Replica("b", "c2"));
    assertThat(seen.held()).containsOnlyKeys("source/x");
    assertThat(seen.leading()).as("it goes on while anybody has its configuration").contains("c1");
    // What was let go of is not kept by asking.
    assertThat(join(one, "a", "c1").own()).isEmpty();
  }

  @Test
  void whatRetentionForgetsIsForgottenUnderTheLeaseOnly() {
    Tenure stale = take(one, "a", OVER_AT_ONCE);
    take(two, "b", LONG);
    assertThatThrownBy(() -> one.prune(stale, T0))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("taken over");
  }
}
