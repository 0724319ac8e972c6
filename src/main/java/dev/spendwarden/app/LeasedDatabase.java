package dev.spendwarden.app;

import dev.spendwarden.store.Database;
import dev.spendwarden.store.Tenure;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/// The store under some leases, asked for with each transaction.
///
/// @param tenure of this replica; empty while another has one of them
/// @param otherwise what happens then
record LeasedDatabase(Database store, Supplier<Optional<Tenure>> tenure, Otherwise otherwise)
    implements Database {

  /// Transactions at a replica that does not hold the leases.
  interface Otherwise {
    <T> T transact(Function<Ports, T> work);
  }

  @Override
  public <T> T transact(Function<Ports, T> work) {
    Optional<Tenure> held = tenure.get();
    return held.isPresent()
        ? store.transact(held.get().ofAnyRevision(), work)
        : otherwise.transact(work);
  }

  @Override
  public <T> T read(Function<Ports, T> work) {
    return store.read(work);
  }

  @Override
  public void prune(Instant before) {
    tenure.get().ifPresent(held -> store.prune(held.ofAnyRevision(), before));
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
