package dev.spendwarden.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The same kits through PgBouncer in transaction mode, and what must not leak from one of its
/// clients to another.
class PgBouncerIT {

  @TempDir static Path folder;

  private static PgBouncer bouncer;

  @BeforeAll
  static void start() throws IOException {
    bouncer = PgBouncer.before(PostgresLab.shared().port(), folder);
  }

  @AfterAll
  static void stop() {
    if (bouncer != null) {
      bouncer.close();
    }
  }

  private static Database open(StorageAddress database) {
    return PostgresLab.through(bouncer.port(), database).open(InstantSource.system());
  }

  @Nested
  class Transactions extends DatabaseContract.Transactions {
    @Override
    Database open() {
      return PgBouncerIT.open(PostgresLab.shared().database());
    }
  }

  @Nested
  class Ledger extends LedgerStoreContract {
    @Override
    Database open() {
      return PgBouncerIT.open(PostgresLab.shared().database());
    }
  }

  @Nested
  class Notifications extends OutboxContract {
    @Override
    Database open() {
      return PgBouncerIT.open(PostgresLab.shared().database());
    }
  }

  @Test
  void replicasMigrateAndWriteThroughOnePoolWithoutATraceOnIt() throws Exception {
    StorageAddress database = PostgresLab.shared().emptyDatabase();
    try (Database one = open(database);
        Database two = open(database);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var done = new ArrayList<Future<?>>();
      for (int i = 0; i < 200; i++) {
        Database mine = i % 2 == 0 ? one : two;
        done.add(
            threads.submit(() -> {
              mine.read(ports -> ports.alerts().page(0, 10));
              return mine.transact(ports -> ports.outbox().nextSequence("p", "b", "r"));
            }));
      }
      for (Future<?> each : done) {
        each.get();
      }
      assertThat(one.<Long>transact(p -> p.outbox().nextSequence("p", "b", "r"))).isEqualTo(201);
      assertThat(two.verify()).isEmpty();
    }
  }
}
