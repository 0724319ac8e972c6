package dev.spendwarden.store;

import dev.spendwarden.alert.AlertStore;
import dev.spendwarden.ledger.LedgerStore;
import dev.spendwarden.notify.Outbox;
import java.util.function.Function;

/// The store as the daemon uses it. Thread-safe: callers on any thread are served one after the
/// other.
public interface Database extends AutoCloseable {

  /// Runs `work` in one read-write transaction: all of it is durable when this returns, or none of
  /// it when it throws. Blocks; `work` must not keep the ports beyond the call.
  ///
  /// @throws StoreException when the database could not do it; nothing was changed, unless
  ///   [StoreException#outcomeUnknown()]
  <T> T transact(Function<Ports, T> work);

  /// What the database says of itself, read back at start: `journal_mode=wal` and so on, for the
  /// start-up log.
  String describe();

  @Override
  void close();

  /// The ports, bound to one transaction.
  record Ports(LedgerStore ledger, AlertStore alerts, Outbox outbox) {}
}
