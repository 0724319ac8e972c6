package dev.spendwarden.store;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;

/// Leases in SQL. Time is the database's own: no replica's clock decides anything.
///
/// A lease is taken over in a transaction that has the turn to write, and a write that shows a
/// lease has it too. So of the two one comes first as a whole: either the write is committed while
/// its term is still the current one, or it finds a newer term and is refused. That a lease has run
/// out by the clock refuses nothing by itself; it only lets others take it.
final class PostgresLeases {

  private static final String NOW = "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";

  private PostgresLeases() {}

  /// Makes one's own lease last longer. Needs no turn: it changes no term.
  static Optional<Lease> renew(Handle handle, String name, String holder, Duration lasts) {
    return handle
        .createQuery(
            "UPDATE lease SET expires_at = "
                + NOW
                + " + ? WHERE name = ? AND holder = ? RETURNING term, revision")
        .bind(0, lasts.toMillis())
        .bind(1, name)
        .bind(2, holder)
        .map((row, context) ->
            new Lease(name, holder, row.getLong(1), OptionalLong.of(row.getLong(2))))
        .findOne();
  }

  static boolean isFree(Handle handle, String name) {
    return handle
        .createQuery("SELECT 1 FROM lease WHERE name = ? AND expires_at >= " + NOW)
        .bind(0, name)
        .mapTo(Integer.class)
        .findOne()
        .isEmpty();
  }

  /// Takes a lease that nobody holds any more, with the turn to write.
  static Optional<Lease> take(Handle handle, String name, String holder, Duration lasts) {
    return handle
        .createQuery(
            """
            INSERT INTO lease (name, holder, term, revision, expires_at)
            VALUES (?, ?, 1, 0, %s + ?)
            ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, term = lease.term + 1,
              expires_at = excluded.expires_at
            WHERE lease.expires_at < %s
            RETURNING term, revision\
            """
                .formatted(NOW, NOW))
        .bind(0, name)
        .bind(1, holder)
        .bind(2, lasts.toMillis())
        .map((row, context) ->
            new Lease(name, holder, row.getLong(1), OptionalLong.of(row.getLong(2))))
        .findOne();
  }

  /// Lets others take it at once.
  static boolean release(Handle handle, Lease lease) {
    return handle.execute(
            "UPDATE lease SET expires_at = 0 WHERE name = ? AND holder = ? AND term = ?",
            lease.name(),
            lease.holder(),
            lease.term())
        > 0;
  }

  /// To be called with the turn to write.
  ///
  /// @throws StoreException when the lease is no longer the current one
  static void require(Handle handle, Lease lease) {
    long revision =
        handle
            .createQuery("SELECT revision FROM lease WHERE name = ? AND holder = ? AND term = ?")
            .bind(0, lease.name())
            .bind(1, lease.holder())
            .bind(2, lease.term())
            .mapTo(Long.class)
            .findOne()
            .orElseThrow(() ->
                new StoreException(
                    "another replica has taken over (%s, term %d is over); nothing changed"
                        .formatted(lease.name(), lease.term())));
    if (lease.revision().isPresent() && lease.revision().getAsLong() != revision) {
      throw new StoreException(
          "something was changed at another replica meanwhile; nothing changed, it is read back"
              + " first");
    }
  }

  /// Whoever holds the lease will read back what is stored before it writes again.
  static void changedBeside(Handle handle, String name) {
    handle.execute("UPDATE lease SET revision = revision + 1 WHERE name = ?", name);
  }
}
