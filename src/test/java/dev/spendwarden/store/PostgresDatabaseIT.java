package dev.spendwarden.store;

import static dev.spendwarden.store.Samples.T0;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What only a real server can show: refusals, lost connections, several replicas.
class PostgresDatabaseIT {

  private PostgresLab lab;
  private StorageAddress address;

  @BeforeEach
  void prepare() {
    lab = PostgresLab.shared();
    address = lab.database();
  }

  private Database open() {
    return open(address);
  }

  private static Database open(StorageAddress address) {
    return address.open(InstantSource.fixed(T0));
  }

  @Test
  void whatItFindsIsTold() {
    try (Database database = open()) {
      assertThat(database.describe())
          .contains("postgresql=18", "synchronous_commit=on", "schema=" + Migrations.NEWEST)
          .contains("database=127.0.0.1:" + lab.port() + "/" + PostgresLab.nameOf(address));
    }
  }

  @Test
  void whatWasCommittedIsThereAfterReopeningAndTheStoreIsWhole() {
    try (Database database = open()) {
      put(database, "a1");
    }
    try (Database database = open()) {
      assertThat(alertIds(database)).containsExactly("a1");
      assertThat(database.verify()).isEmpty();
    }
  }

  @Test
  void damageIsAProblemOfVerify() {
    try (Database database = open()) {
      put(database, "a1");
      lab.sql(address, "UPDATE alert SET rules = 'nonsense'");
    }
    try (Database database = address.openReadOnly()) {
      assertThat(database.verify()).singleElement().asString().contains("alerts", "nonsense");
    }
  }

  @Test
  void aServerThatIsNotThereIsNamedWithWhatToDo() throws Exception {
    int port;
    try (var closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }
    assertThatThrownBy(() -> open(PostgresLab.through(port, address)))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("127.0.0.1:" + port)
        .hasMessageContaining("cannot be reached")
        .hasMessageContaining("storage.url");
  }

  @Test
  void aDatabaseOrUserThatIsNotThereIsNamedWithWhatToDo() {
    String url = "jdbc:postgresql://127.0.0.1:" + lab.port() + "/nowhere";
    assertThatThrownBy(() ->
            open(new StorageAddress(url, Optional.of("postgres"), Optional.of("secret-word"))))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("does not exist")
        .hasMessageContaining("Create it")
        .hasMessageNotContaining("secret-word");
    assertThatThrownBy(
            () -> open(new StorageAddress(address.url(), Optional.of("nobody"), Optional.empty())))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("storage.user");
  }

  @Test
  void aNewerSchemaIsRefused() {
    open().close();
    lab.sql(
        address,
        "INSERT INTO flyway_schema_history VALUES (99, '999', 'later', 'SQL', 'V999__later.sql',"
            + " 1, 'x', '2027-01-01', 1, true)");
    assertThatThrownBy(this::open)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("schema version 999")
        .hasMessageContaining("newer version");
    assertThatThrownBy(address::openReadOnly).hasMessageContaining("schema version 999");
  }

  @Test
  void anEmptyDatabaseIsNotLookedAtOnly() {
    assertThatThrownBy(() -> lab.emptyDatabase().openReadOnly())
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("schema version none");
  }

  @Test
  void replicasThatStartTogetherMigrateOnce() throws Exception {
    StorageAddress empty = lab.emptyDatabase();
    var opened = new ArrayList<Future<Database>>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 4; i++) {
        opened.add(threads.submit(() -> open(empty)));
      }
    }
    for (Future<Database> one : opened) {
      try (Database database = one.get()) {
        assertThat(database.describe()).contains("schema=" + Migrations.NEWEST);
        database.transact(ports -> ports.outbox().nextSequence("p", "b", "r"));
      }
    }
    try (Database database = open(empty)) {
      assertThat(database.<Long>transact(p -> p.outbox().nextSequence("p", "b", "r"))).isEqualTo(5);
    }
  }

  @Test
  void whatATransactionReadStaysTrueUntilItHasCommittedOverAllReplicas() throws Exception {
    try (Database one = open();
        Database two = open();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var done = new ArrayList<Future<?>>();
      for (int i = 0; i < 100; i++) {
        Database mine = i % 2 == 0 ? one : two;
        done.add(threads.submit(() -> mine.transact(PostgresDatabaseIT::addOne)));
      }
      for (Future<?> each : done) {
        each.get();
      }
      assertThat(one.<Optional<String>>read(p -> p.outbox().memory("counter", "c")))
          .hasValue("100");
    }
  }

  /// Reads, then writes what follows from it: wrong by as many as come in between.
  private static boolean addOne(Database.Ports ports) {
    int known = ports.outbox().memory("counter", "c").map(Integer::parseInt).orElse(0);
    ports.outbox().putMemory("counter", "c", "" + (known + 1));
    return true;
  }

  @Test
  void connectionsTheServerEndedBetweenTransactionsAreReplaced() {
    try (Database database = open()) {
      put(database, "a1");
      assertThat(alertIds(database)).containsExactly("a1");
      lab.disconnect(address);
      put(database, "a2");
      assertThat(alertIds(database)).containsExactly("a2", "a1");
    }
  }

  @Test
  void aConnectionLostInATransactionChangesNothingAndTheNextOneWorks() {
    try (Database database = open()) {
      assertThatThrownBy(() ->
              database.transact(ports -> {
                ports.alerts().put(Samples.alert("half", "b9", T0, 1));
                lab.disconnect(address);
                ports.alerts().put(Samples.alert("other half", "b8", T0, 1));
                return true;
              }))
          .isInstanceOfSatisfying(
              StoreException.class, e -> assertThat(e.outcomeUnknown()).isFalse())
          .hasMessageContaining("nothing changed");
      put(database, "a1");
      assertThat(alertIds(database)).containsExactly("a1");
    }
  }

  @Test
  void aConnectionLostBeforeTheCommitLeavesItsOutcomeOpen() {
    try (Database database = open()) {
      assertThatThrownBy(() ->
              database.transact(ports -> {
                ports.alerts().put(Samples.alert("a1", "b1", T0, 1));
                lab.disconnect(address);
                return true;
              }))
          .isInstanceOfSatisfying(
              StoreException.class, e -> assertThat(e.outcomeUnknown()).isTrue());
      assertThat(alertIds(database)).isEmpty();
    }
  }

  /// The pool asks each new connection for the usual isolation, and believed for ever what it heard
  /// from one that was lost over this question.
  @Test
  void aConnectionLostWhileItIsMadeSpoilsNoLaterOne() throws Exception {
    try (var proxy = new TcpProxy(lab.port())) {
      proxy.cutAt("SHOW TRANSACTION ISOLATION LEVEL");
      try (Database database = open(PostgresLab.through(proxy.port(), address))) {
        put(database, "a1");
        assertThat(alertIds(database)).containsExactly("a1");
      }
    }
  }

  @Test
  void aStatementThatFailedIsNotOutlivedByItsTransaction() {
    try (Database database = open()) {
      assertThatThrownBy(() ->
              database.transact(ports -> {
                ports.alerts().put(Samples.alert("half", "b9", T0, 1));
                assertThatThrownBy(() -> ports.outbox().page(-1, -1)).isNotNull();
                ports.alerts().put(Samples.alert("other half", "b8", T0, 1));
                return true;
              }))
          .isInstanceOf(StoreException.class);
      assertThat(alertIds(database)).isEmpty();
    }
  }

  @Test
  void aReplicaThatStopsInATransactionHoldsTheOthersUpForSecondsOnly() throws Exception {
    try (var proxy = new TcpProxy(lab.port());
        Database stopped = open(PostgresLab.through(proxy.port(), address));
        Database other = open()) {
      put(stopped, "a1");
      var inside = new CountDownLatch(1);
      var refused = new CountDownLatch(1);
      Thread.startVirtualThread(() -> {
        try {
          stopped.transact(ports -> {
            ports.alerts().put(Samples.alert("stale", "b2", T0, 1));
            proxy.blackHole();
            inside.countDown();
            ports.alerts().put(Samples.alert("stale", "b3", T0, 1));
            return true;
          });
        } catch (StoreException e) {
          refused.countDown();
        }
      });
      inside.await();
      long start = System.nanoTime();
      put(other, "a2");
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(9));
      proxy.cut();
      refused.await();
      assertThat(alertIds(other)).containsExactly("a2", "a1");
    }
  }

  @Test
  void commitsAreDurableWhateverTheDatabaseIsSetTo() throws Exception {
    lab.sql(
        address,
        "ALTER DATABASE " + PostgresLab.nameOf(address) + " SET synchronous_commit = 'off'");
    lab.sql(
        address,
        """
        CREATE TABLE seen (setting TEXT);
        CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
          'BEGIN INSERT INTO seen VALUES (current_setting(''synchronous_commit'')); RETURN NEW; END';
        CREATE TRIGGER note AFTER INSERT ON alert EXECUTE FUNCTION note()\
        """);
    try (Database database = open()) {
      put(database, "a1");
    }
    assertThat(ask("SELECT setting FROM seen")).containsExactly("on");
  }

  @Test
  void readsGoBesideALongWriteAndSeeOneUnchangingView() throws Exception {
    try (Database database = open()) {
      put(database, "first");
      var seen = new ArrayList<Integer>();
      database.read(ports -> {
        seen.add(ports.alerts().page(0, 10).size());
        try (var thread = Executors.newSingleThreadExecutor()) {
          thread.submit(() -> put(database, "second")).get();
        } catch (Exception e) {
          throw new IllegalStateException(e);
        }
        seen.add(ports.alerts().page(0, 10).size());
        return true;
      });
      assertThat(seen).containsExactly(1, 1);
      assertThat(alertIds(database)).hasSize(2);
    }
  }

  @Test
  void aReaderCannotWrite() {
    try (Database database = open();
        Database looker = address.openReadOnly()) {
      assertThatThrownBy(() ->
              database.read(ports -> {
                ports.alerts().put(Samples.alert("a1", "b1", T0, 1));
                return true;
              }))
          .isInstanceOf(StoreException.class);
      assertThatThrownBy(() -> put(looker, "a1")).hasMessageContaining("reading only");
      assertThatThrownBy(() -> looker.prune(T0)).hasMessageContaining("reading only");
      assertThat(alertIds(database)).isEmpty();
    }
  }

  @Test
  void nothingOfASessionIsLeftOnTheServer() throws Exception {
    try (Database database = open()) {
      put(database, "a1");
      alertIds(database);
      assertThat(
              ask(
                  """
                  SELECT locktype FROM pg_locks JOIN pg_stat_activity USING (pid)
                  WHERE datname = current_database() AND application_name = 'spendwarden'\
                  """))
          .isEmpty();
      // Asked on the writer's own connection.
      database.transact(ports -> {
        assertThat(ports.outbox().page(0, 1)).isEmpty();
        return true;
      });
    }
  }

  private List<String> ask(String sql) throws SQLException {
    try (var connection = lab.connect(address);
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      var found = new ArrayList<String>();
      while (rows.next()) {
        found.add(rows.getString(1));
      }
      return found;
    }
  }

  private static boolean put(Database database, String alertId) {
    return database.transact(ports -> {
      ports.alerts().put(Samples.alert(alertId, "budget of " + alertId, T0, 1));
      return true;
    });
  }

  private static List<String> alertIds(Database database) {
    return database.read(ports -> ports.alerts().page(0, 100).stream().map(a -> a.id()).toList());
  }
}
