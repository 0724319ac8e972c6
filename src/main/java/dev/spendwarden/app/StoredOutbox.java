package dev.spendwarden.app;

import dev.spendwarden.notify.Outbox;
import dev.spendwarden.notify.OutboxSession;
import dev.spendwarden.store.Database;
import java.util.function.Function;

/// The outbox of the store, one transaction at a time.
record StoredOutbox(Database database) implements OutboxSession {
  @Override
  public <T> T inTransaction(Function<Outbox, T> work) {
    return database.transact(ports -> work.apply(ports.outbox()));
  }
}
