package dev.spendwarden.store;

import org.junit.jupiter.api.Nested;

class InMemoryDatabaseContractTest {

  private Database open() {
    return new InMemoryDatabase();
  }

  @Nested
  class Transactions extends DatabaseContract.Transactions {
    @Override
    Database open() {
      return InMemoryDatabaseContractTest.this.open();
    }
  }

  @Nested
  class Ledger extends LedgerStoreContract {
    @Override
    Database open() {
      return InMemoryDatabaseContractTest.this.open();
    }
  }

  @Nested
  class Alerts extends AlertStoreContract {
    @Override
    Database open() {
      return InMemoryDatabaseContractTest.this.open();
    }
  }

  @Nested
  class Notifications extends OutboxContract {
    @Override
    Database open() {
      return InMemoryDatabaseContractTest.this.open();
    }
  }

  @Nested
  class Waiting extends GroupsContract {
    @Override
    Database open() {
      return InMemoryDatabaseContractTest.this.open();
    }
  }

  @Nested
  class Exports extends ExportStoreContract {
    @Override
    Database open() {
      return new InMemoryDatabase();
    }
  }

  @Nested
  class Quiet extends QuietStoreContract {
    @Override
    Database open() {
      return InMemoryDatabaseContractTest.this.open();
    }
  }

  @Nested
  class Enforced extends EnforceStoreContract {
    @Override
    Database open() {
      return InMemoryDatabaseContractTest.this.open();
    }
  }

  @Nested
  class Forecasts extends ForecastStoreContract {
    @Override
    Database open() {
      return InMemoryDatabaseContractTest.this.open();
    }
  }
}
