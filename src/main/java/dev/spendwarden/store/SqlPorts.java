package dev.spendwarden.store;

import dev.spendwarden.store.Database.Ports;
import org.jdbi.v3.core.Handle;

/// The ports on one connection, in SQL that SQLite and PostgreSQL both speak.
final class SqlPorts {

  private SqlPorts() {}

  static Ports on(Handle handle, SqlLedgerStore ledger) {
    return new Ports(
        ledger,
        new SqlAlertStore(handle),
        new SqlOutbox(handle),
        new SqlEnforceStore(handle),
        new SqlExportStore(handle),
        new SqlQuietStore(handle),
        new SqlForecastStore(handle));
  }
}
