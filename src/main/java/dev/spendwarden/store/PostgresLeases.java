package dev.spendwarden.store;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// Leases in SQL. Time is the database's own: no replica's clock decides anything.
///
/// A lease is taken over in a transaction that has the turn to write, and a write that shows a
/// lease has it too. So of the two one comes first as a whole: either the write is committed while
/// its term is still the current one, or it finds a newer term and is refused. That a lease has run
/// out by the clock refuses nothing by itself; it only lets others take it. With the turn, too, a
/// replica says under which configuration it works.
final class PostgresLeases {

  private static final String NOW = "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";

  /// For how long the row of one that does not live any more is of use to people.
  private static final Duration FORGOTTEN_AFTER = Duration.ofDays(1);

  private PostgresLeases() {}

  /// Needs no turn: it changes nobody's mind.
  ///
  /// @return false when it is not known with this configuration
  static boolean lives(Handle handle, Census.Replica replica, Duration lasts) {
    return handle.execute(
            "UPDATE replica SET expires_at = "
                + NOW
                + " + ? WHERE holder = ? AND configuration = ?",
            lasts.toMillis(),
            replica.holder(),
            replica.configuration())
        > 0;
  }

  /// Makes a replica known, or its configuration another; with the turn to write.
  static boolean join(Handle handle, Census.Replica replica, Duration lasts) {
    handle.execute(
        """
        INSERT INTO replica (holder, configuration, expires_at) VALUES (?, ?, %s + ?)
        ON CONFLICT (holder) DO UPDATE SET configuration = excluded.configuration,
          expires_at = excluded.expires_at\
        """
            .formatted(NOW),
        replica.holder(),
        replica.configuration(),
        lasts.toMillis());
    return handle.execute(
            "DELETE FROM replica WHERE expires_at < "
                + NOW
                + " - ? AND holder NOT IN (SELECT holder FROM lease)",
            FORGOTTEN_AFTER.toMillis())
        >= 0;
  }

  static boolean leave(Handle handle, String holder) {
    return handle.execute("UPDATE replica SET expires_at = 0 WHERE holder = ?", holder) > 0;
  }

  /// Makes the holder's own leases last longer, but those it let go of, and reads who has which.
  /// Needs no turn: it changes no term.
  static Census census(Handle handle, String holder, Duration lasts) {
    handle.execute(
        "UPDATE lease SET expires_at = " + NOW + " + ? WHERE holder = ? AND expires_at > 0",
        lasts.toMillis(),
        holder);
    List<Census.Replica> living =
        handle
            .createQuery(
                "SELECT holder, configuration FROM replica WHERE expires_at >= "
                    + NOW
                    + " ORDER BY holder")
            .map((row, context) -> new Census.Replica(row.getString(1), row.getString(2)))
            .list();
    var own = new HashMap<String, Lease>();
    var held = new HashMap<String, String>();
    handle
        .createQuery("SELECT name, holder, term, revision FROM lease WHERE expires_at >= " + NOW)
        .map((row, context) ->
            new Lease(row.getString(1), row.getString(2), row.getLong(3), row.getLong(4)))
        .forEach(lease -> {
          held.put(lease.name(), lease.holder());
          if (lease.holder().equals(holder)) {
            own.put(lease.name(), lease);
          }
        });
    List<Optional<String>> leading =
        handle
            .createQuery(
                """
                SELECT replica.configuration FROM lease
                LEFT JOIN replica ON replica.holder = lease.holder WHERE lease.name = ?\
                """)
            .bind(0, Lease.HOUSE)
            .map((row, context) -> Optional.ofNullable(row.getString(1)))
            .list();
    return new Census(
        living,
        leading.stream().flatMap(Optional::stream).findFirst(),
        !leading.isEmpty(),
        own,
        held);
  }

  /// Makes them last longer. Needs no turn: it changes no term.
  static Optional<Tenure> renew(Handle handle, Tenure tenure, Duration lasts) {
    List<Lease> renewed =
        handle
            .createQuery(
                "UPDATE lease SET expires_at = "
                    + NOW
                    + " + :lasts WHERE holder = :holder AND name IN (<names>) AND expires_at > 0"
                    + " RETURNING name, holder, term, revision")
            .bind("lasts", lasts.toMillis())
            .bind("holder", tenure.holder())
            .bindList("names", tenure.names())
            .map((row, context) ->
                new Lease(row.getString(1), row.getString(2), row.getLong(3), row.getLong(4)))
            .list();
    return renewed.size() == tenure.leases().size()
        ? Optional.of(Tenure.of(renewed))
        : Optional.empty();
  }

  /// Takes leases that nobody holds any more, with the turn to write. Their rows are locked first:
  /// a holder that comes back at the last moment either keeps them or finds them gone.
  static Optional<Tenure> take(
      Handle handle, Collection<String> names, String holder, Duration lasts) {
    boolean free =
        handle
            .createQuery(
                "SELECT holder = :holder OR expires_at < "
                    + NOW
                    + " FROM lease WHERE name IN (<names>) ORDER BY name FOR UPDATE")
            .bindList("names", List.copyOf(names))
            .bind("holder", holder)
            .mapTo(Boolean.class)
            .list()
            .stream()
            .allMatch(mine -> mine);
    if (!free) {
      return Optional.empty();
    }
    var taken = new ArrayList<Lease>();
    for (String name : names) {
      taken.add(take(handle, name, holder, lasts));
    }
    return Optional.of(Tenure.of(taken));
  }

  /// One's own stays what it is; one that was let go of, by whomever, is a new term.
  private static Lease take(Handle handle, String name, String holder, Duration lasts) {
    return handle
        .createQuery(
            """
            INSERT INTO lease (name, holder, term, revision, expires_at)
            VALUES (?, ?, 1, 0, %s + ?)
            ON CONFLICT (name) DO UPDATE SET holder = excluded.holder,
              term = lease.term + CASE
                WHEN lease.holder = excluded.holder AND lease.expires_at > 0 THEN 0 ELSE 1 END,
              expires_at = excluded.expires_at
            RETURNING term, revision\
            """
                .formatted(NOW))
        .bind(0, name)
        .bind(1, holder)
        .bind(2, lasts.toMillis())
        .map((row, context) -> new Lease(name, holder, row.getLong(1), row.getLong(2)))
        .one();
  }

  /// Lets others take them at once.
  static boolean release(Handle handle, Tenure tenure) {
    for (Lease lease : tenure.leases()) {
      handle.execute(
          "UPDATE lease SET expires_at = 0 WHERE name = ? AND holder = ? AND term = ?",
          lease.name(),
          lease.holder(),
          lease.term());
    }
    return true;
  }

  /// To be called with the turn to write.
  ///
  /// @throws StoreException when a lease is no longer the current one, or another configuration
  ///   leads
  static void require(Handle handle, Tenure tenure) {
    Map<String, Lease> current = new HashMap<>();
    handle
        .createQuery("SELECT name, holder, term, revision FROM lease WHERE name IN (<names>)")
        .bindList("names", tenure.names())
        .map((row, context) ->
            new Lease(row.getString(1), row.getString(2), row.getLong(3), row.getLong(4)))
        .forEach(lease -> current.put(lease.name(), lease));
    for (Lease shown : tenure.leases()) {
      Lease now = current.get(shown.name());
      if (now == null || now.term() != shown.term() || !now.holder().equals(shown.holder())) {
        throw new StoreException(
            "another replica has taken over (%s, term %d is over); nothing changed"
                .formatted(shown.name(), shown.term()));
      }
      if (!tenure.anyRevision() && now.revision() != shown.revision()) {
        throw new StoreException(
            "something was changed at another replica meanwhile; nothing changed, it is read back"
                + " first");
      }
    }
    if (!current.containsKey(Lease.HOUSE) && !isLedAlike(handle, tenure.holder())) {
      throw new StoreException(
          "another configuration is in force at the replica that leads; nothing changed");
    }
  }

  private static boolean isLedAlike(Handle handle, String holder) {
    return handle
        .createQuery(
            """
            SELECT 1 FROM lease JOIN replica leader ON leader.holder = lease.holder
            JOIN replica own ON own.configuration = leader.configuration
            WHERE lease.name = ? AND own.holder = ?\
            """)
        .bind(0, Lease.HOUSE)
        .bind(1, holder)
        .mapTo(Integer.class)
        .findOne()
        .isPresent();
  }

  /// Whoever holds the leases will read back what is stored before it writes again.
  static void changedBeside(Handle handle, Collection<String> names) {
    if (!names.isEmpty()) {
      handle
          .createUpdate("UPDATE lease SET revision = revision + 1 WHERE name IN (<names>)")
          .bindList("names", List.copyOf(names))
          .execute();
    }
  }
}
