package dev.spendwarden.app;

import dev.spendwarden.notify.Outbox;
import dev.spendwarden.notify.OutboxSession;
import dev.spendwarden.store.Database;
import dev.spendwarden.store.Tenure;
import java.util.function.Function;

/// The outbox of the store, one transaction at a time, for as long as one lease holds: what another
/// replica has taken over is not touched.
record StoredOutbox(Database database, Tenure lease) implements OutboxSession {
  @Override
  public <T> T inTransaction(Function<Outbox, T> work) {
    return database.transact(lease, ports -> work.apply(ports.outbox()));
  }
}
