package dev.spendwarden.app;

import dev.spendwarden.store.Database;
import dev.spendwarden.store.Tenure;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/// The store for whatever may happen at any replica: what the one that holds the lease writes is
/// refused once the lease is another's, and what is written at another one is noticed by the
/// holder.
///
/// @param lease of this replica; empty while another has it
record LeasedDatabase(Database store, Supplier<Optional<Tenure>> lease) implements Database {

  @Override
  public <T> T transact(Function<Ports, T> work) {
    Optional<Tenure> held = lease.get();
    return held.isPresent()
        ? store.transact(held.get().ofAnyRevision(), work)
        : store.transactBeside(StoreVerticle.HOUSE, work);
  }

  @Override
  public <T> T read(Function<Ports, T> work) {
    return store.read(work);
  }

  @Override
  public void prune(Instant before) {
    store.prune(before);
  }

  @Override
  public List<String> verify() {
    return store.verify();
  }

  @Override
  public String describe() {
    return store.describe();
  }

  /// The store is closed by whoever opened it.
  @Override
  public void close() {}
}
