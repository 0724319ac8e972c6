package dev.spendwarden.store;

import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

class SqliteDatabaseContractTest {

  @TempDir Path folder;

  private Database open() {
    return SqliteDatabase.open(
        "jdbc:sqlite:" + folder.resolve("spendwarden.db"), InstantSource.system());
  }

  @Nested
  class Transactions extends DatabaseContract.Transactions {
    @Override
    Database open() {
      return SqliteDatabaseContractTest.this.open();
    }
  }

  @Nested
  class Ledger extends LedgerStoreContract {
    @Override
    Database open() {
      return SqliteDatabaseContractTest.this.open();
    }
  }

  @Nested
  class Alerts extends AlertStoreContract {
    @Override
    Database open() {
      return SqliteDatabaseContractTest.this.open();
    }
  }

  @Nested
  class Notifications extends OutboxContract {
    @Override
    Database open() {
      return SqliteDatabaseContractTest.this.open();
    }
  }

  @Nested
  class Waiting extends GroupsContract {
    @Override
    Database open() {
      return SqliteDatabaseContractTest.this.open();
    }
  }

  @Nested
  class Exports extends ExportStoreContract {
    @Override
    Database open() {
      return SqliteDatabaseContractTest.this.open();
    }
  }

  @Nested
  class Quiet extends QuietStoreContract {
    @Override
    Database open() {
      return SqliteDatabaseContractTest.this.open();
    }
  }

  @Nested
  class Enforced extends EnforceStoreContract {
    @Override
    Database open() {
      return SqliteDatabaseContractTest.this.open();
    }
  }

  @Nested
  class Forecasts extends ForecastStoreContract {
    @Override
    Database open() {
      return SqliteDatabaseContractTest.this.open();
    }
  }
}
