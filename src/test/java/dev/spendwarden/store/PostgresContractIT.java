package dev.spendwarden.store;

import java.time.InstantSource;
import org.junit.jupiter.api.Nested;

class PostgresContractIT {

  private Database open() {
    return PostgresLab.shared().database().open(InstantSource.system());
  }

  @Nested
  class Transactions extends DatabaseContract.Transactions {
    @Override
    Database open() {
      return PostgresContractIT.this.open();
    }
  }

  @Nested
  class Ledger extends LedgerStoreContract {
    @Override
    Database open() {
      return PostgresContractIT.this.open();
    }
  }

  @Nested
  class Alerts extends AlertStoreContract {
    @Override
    Database open() {
      return PostgresContractIT.this.open();
    }
  }

  @Nested
  class Notifications extends OutboxContract {
    @Override
    Database open() {
      return PostgresContractIT.this.open();
    }
  }

  @Nested
  class Waiting extends GroupsContract {
    @Override
    Database open() {
      return PostgresContractIT.this.open();
    }
  }

  @Nested
  class Exports extends ExportStoreContract {
    @Override
    Database open() {
      return PostgresContractIT.this.open();
    }
  }

  @Nested
  class Quiet extends QuietStoreContract {
    @Override
    Database open() {
      return PostgresContractIT.this.open();
    }
  }

  @Nested
  class Enforced extends EnforceStoreContract {
    @Override
    Database open() {
      return PostgresContractIT.this.open();
    }
  }

  @Nested
  class Forecasts extends ForecastStoreContract {
    @Override
    Database open() {
      return PostgresContractIT.this.open();
    }
  }
}
