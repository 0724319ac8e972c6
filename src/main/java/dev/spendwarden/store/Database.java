package dev.spendwarden.store;

import dev.spendwarden.alert.AlertStore;
import dev.spendwarden.alert.ForecastStore;
import dev.spendwarden.alert.QuietStore;
import dev.spendwarden.enforce.EnforceStore;
import dev.spendwarden.ledger.LedgerStore;
import dev.spendwarden.notify.Outbox;
import dev.spendwarden.sources.github.ExportStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  /// Runs `work` on one unchanging view of what is committed, beside the writer: a long list does
  /// not delay a transaction. A change made by `work` fails or is lost; never rely on either.
  default <T> T read(Function<Ports, T> work) {
    return transact(work);
  }

  /// Whether several processes may use it at a time. One that a single process has to itself gives
  /// out every lease for good, and the rest of what is said of leases costs nothing there.
  default boolean isShared() {
    return false;
  }

  /// Says that a replica lives, and makes all leases it holds last longer.
  ///
  /// @param lasts from now, by the database's clock; ask again after a third of it
  default Census census(Census.Replica asking, Duration lasts) {
    return new Census(
        List.of(asking), Optional.of(asking.configuration()), true, Map.of(), Map.of());
  }

  /// Takes leases that nobody else holds: all of these, or none.
  ///
  /// @return empty while another holds one of them
  default Optional<Tenure> take(Collection<String> names, String holder, Duration lasts) {
    return Optional.of(
        Tenure.of(names.stream().map(name -> new Lease(name, holder, 1, 0)).toList()));
  }

  /// Makes leases last longer and says what was changed beside their holder meanwhile.
  ///
  /// @return empty when one of them is another's
  default Optional<Tenure> renew(Tenure tenure, Duration lasts) {
    return Optional.of(tenure);
  }

  /// Lets others take the leases at once.
  default void release(Tenure tenure) {}

  /// The replica ends: others need not wait for it.
  default void leave(String holder) {}

  /// Like [#transact(Function)], but only while the leases are the current ones and the one who
  /// leads has the same configuration: that is seen in the same transaction, and nothing of it can
  /// change before that has committed.
  ///
  /// @throws StoreException when they are not; nothing was changed
  default <T> T transact(Tenure tenure, Function<Ports, T> work) {
    return transact(work);
  }

  /// Like [#transact(Function)], for what is decided at a replica that may not hold these leases:
  /// whoever does must read it back before its next write that relies on a revision.
  default <T> T transactBeside(Collection<String> leaseNames, Function<Ports, T> work) {
    return transact(work);
  }

  /// Forgets what retention no longer asks for: delivered notifications and resolved alerts that
  /// ended before `before` (never a budget's newest alert), charges of periods that ended by then,
  /// and revisions that a newer one had replaced by then. What was known at `before` and at any
  /// later instant can still be answered for every period that ends after `before`. Works in many
  /// small transactions, so that it never holds up the daemon for long.
  ///
  /// @param before not later than the start of the earliest period a policy still needs: a budget
  ///   without a period (`period: none`) needs everything, and its spent sum would fall
  void prune(Instant before);

  /// The same, each of the transactions only while the leases are the current ones.
  default void prune(Tenure tenure, Instant before) {
    prune(before);
  }

  /// Checks that what is stored is whole and can be read back. Reads everything; may take minutes.
  ///
  /// @return the problems found, for people; empty when there are none
  List<String> verify();

  /// What the database says of itself, read back at start: `journal_mode=wal` and so on, for the
  /// start-up log.
  String describe();

  @Override
  void close();

  /// The ports, bound to one transaction.
  record Ports(
      LedgerStore ledger,
      AlertStore alerts,
      Outbox outbox,
      EnforceStore enforce,
      ExportStore exports,
      QuietStore quiet,
      ForecastStore forecasts) {}
}
