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
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
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

  /// Takes the lease of this name if nobody else holds it, or makes it last longer if it is one's
  /// own. A store that one process has to itself gives out every lease for good.
  ///
  /// @param holder of this process and of no other, not even of the same one started again
  /// @param lasts from now, by the database's clock; ask again after a third of it
  /// @return empty while another holds it
  default Optional<Lease> lease(String name, String holder, Duration lasts) {
    return Optional.of(new Lease(name, holder, 1, OptionalLong.of(0)));
  }

  /// Lets others take the lease at once.
  default void release(Lease lease) {}

  /// Like [#transact(Function)], but only while the lease is the current one: that is seen in the
  /// same transaction, and no other can take it before that has committed.
  ///
  /// @throws StoreException when it is not; nothing was changed
  default <T> T transact(Lease lease, Function<Ports, T> work) {
    return transact(work);
  }

  /// Like [#transact(Function)], for what is decided at a replica that may not hold the lease:
  /// whoever does must read it back before its next write with a revision.
  default <T> T transactBeside(String leaseName, Function<Ports, T> work) {
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
