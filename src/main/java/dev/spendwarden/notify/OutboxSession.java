package dev.spendwarden.notify;

import java.util.function.Function;

/// Opens the outbox for one transaction. Blocks; thread-safe.
@FunctionalInterface
public interface OutboxSession {

  /// Runs `work` in one read-write transaction: all of it is durable when this returns, or none of
  /// it when it throws. `work` must not keep the outbox beyond the call.
  <T> T inTransaction(Function<Outbox, T> work);
}
