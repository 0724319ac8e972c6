package dev.spendwarden.store;

import dev.spendwarden.alert.ReceiverHealth;
import dev.spendwarden.notify.Groups;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.notify.Outbox;
import dev.spendwarden.notify.Told;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;

/// Notifications in SQL that SQLite and PostgreSQL both speak.
final class SqlOutbox implements Outbox {

  private static final String COLUMNS =
      """
      id, receiver, type, alert_id, budget_id, sequence, body, state, attempts, last_error,
      created_at, next_attempt_at, delivered_at\
      """;

  private static final String SELECT = "SELECT " + COLUMNS + " FROM notification ";

  private static final String PENDING = Notification.State.PENDING.word();

  private record Place(long position, boolean pending, boolean alone) {}

  private final Handle handle;
  private final SqlGroups groups;
  private final SqlLines lines;

  SqlOutbox(Handle handle) {
    this.handle = handle;
    this.groups = new SqlGroups(handle);
    this.lines = new SqlLines(handle);
  }

  @Override
  public Groups groups() {
    return groups;
  }

  @Override
  public void add(Notification notification) {
    requireDueWhenPending(notification);
    Optional<Long> added =
        handle
            .createQuery(
                "INSERT INTO notification ("
                    + COLUMNS
                    + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                    + " ON CONFLICT (id) DO NOTHING RETURNING position")
            .bind(0, notification.id())
            .bind(1, notification.receiver())
            .bind(2, notification.type())
            .bind(3, notification.alertId().orElse(null))
            .bind(4, notification.budgetId().orElse(null))
            .bind(5, notification.sequence())
            .bind(6, notification.body())
            .bind(7, notification.state().word())
            .bind(8, notification.attempts())
            .bind(9, notification.lastError().orElse(null))
            .bind(10, InstantText.write(notification.createdAt()))
            .bind(11, notification.nextAttemptAt().map(InstantText::write).orElse(null))
            .bind(12, notification.deliveredAt().map(InstantText::write).orElse(null))
            .mapTo(Long.class)
            .findOne();
    if (added.isPresent() && notification.state() == Notification.State.PENDING) {
      lines.enter(added.get(), notification.budgetId().isPresent());
    }
  }

  @Override
  public void update(Notification notification) {
    requireDueWhenPending(notification);
    Place before =
        handle
            .createQuery("SELECT position, state, budget_id FROM notification WHERE id = ?")
            .bind(0, notification.id())
            .map((row, context) ->
                new Place(
                    row.getLong(1), row.getString(2).equals(PENDING), row.getString(3) != null))
            .findOne()
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "no notification " + notification.id() + " in the outbox to update"));
    boolean pending = notification.state() == Notification.State.PENDING;
    handle.execute(
        """
        UPDATE notification SET state = ?, attempts = ?, last_error = ?, next_attempt_at = ?,
          delivered_at = ?, first_in_line = CASE WHEN ? = 1 THEN first_in_line ELSE 0 END
        WHERE position = ?\
        """,
        notification.state().word(),
        notification.attempts(),
        notification.lastError().orElse(null),
        notification.nextAttemptAt().map(InstantText::write).orElse(null),
        notification.deliveredAt().map(InstantText::write).orElse(null),
        pending ? 1 : 0,
        before.position());
    if (pending && !before.pending()) {
      lines.enter(before.position(), before.alone());
    } else if (!pending && before.pending()) {
      lines.leave(before.position());
    }
  }

  @Override
  public long nextSequence(String policy, String budgetId, String receiver) {
    return handle
        .createQuery(
            """
            INSERT INTO notification_sequence (policy, budget_id, receiver, last_value)
            VALUES (?, ?, ?, 1)
            ON CONFLICT (policy, budget_id, receiver)
              DO UPDATE SET last_value = notification_sequence.last_value + 1
            RETURNING last_value\
            """)
        .bind(0, policy)
        .bind(1, budgetId)
        .bind(2, receiver)
        .mapTo(Long.class)
        .one();
  }

  @Override
  public Optional<Notification> nextDue(String receiver, Instant now) {
    Optional<Instant> due = nextDueAt(receiver);
    if (due.isEmpty() || due.get().isAfter(now)) {
      return Optional.empty();
    }
    return handle
        .createQuery(
            SELECT
                + """
                WHERE receiver = ? AND first_in_line = 1 AND next_attempt_at <= ?
                ORDER BY position LIMIT 1\
                """)
        .bind(0, receiver)
        .bind(1, InstantText.write(now))
        .map((row, context) -> notification(row))
        .findOne();
  }

  @Override
  public void dueBy(String receiver, Instant latest) {
    handle.execute(
        """
        UPDATE notification SET next_attempt_at = ?
        WHERE receiver = ? AND state = 'pending' AND next_attempt_at > ?\
        """,
        InstantText.write(latest),
        receiver,
        InstantText.write(latest));
  }

  @Override
  public Optional<Instant> nextDueAt(String receiver) {
    return handle
        .createQuery(
            """
            SELECT next_attempt_at FROM notification WHERE receiver = ? AND first_in_line = 1
            ORDER BY next_attempt_at LIMIT 1\
            """)
        .bind(0, receiver)
        .mapTo(String.class)
        .findOne()
        .map(InstantText::parse);
  }

  @Override
  public Optional<Notification> find(String id) {
    return handle
        .createQuery(SELECT + "WHERE id = ?")
        .bind(0, id)
        .map((row, context) -> notification(row))
        .findOne();
  }

  @Override
  public List<Told> toldOf(String alertId) {
    var newest = new TreeMap<String, Told>();
    handle
        .createQuery(
            SELECT
                + """
                WHERE alert_id = ? AND NOT EXISTS (SELECT 1 FROM notification newer
                  WHERE newer.alert_id = notification.alert_id
                    AND newer.receiver = notification.receiver
                    AND newer.sequence > notification.sequence)\
                """)
        .bind(0, alertId)
        .map((row, context) -> Told.of(notification(row)))
        .forEach(told -> newest.put(told.receiver(), told));
    handle
        .createQuery(
            """
            SELECT receiver, sequence, told_at, body, notification_id FROM notification_member
            WHERE alert_id = ? AND notification_id IS NOT NULL
              AND NOT EXISTS (SELECT 1 FROM notification_member newer
                WHERE newer.alert_id = notification_member.alert_id
                  AND newer.receiver = notification_member.receiver
                  AND newer.notification_id IS NOT NULL
                  AND newer.sequence > notification_member.sequence)\
            """)
        .bind(0, alertId)
        .map((row, context) ->
            Told.of(
                row.getString(1),
                row.getLong(2),
                InstantText.parse(row.getString(3)),
                row.getString(4),
                row.getString(5)))
        .forEach(told ->
            newest.merge(told.receiver(), told, (a, b) -> a.sequence() > b.sequence() ? a : b));
    return List.copyOf(newest.values());
  }

  @Override
  public Map<String, Map<String, Instant>> toldAt(Collection<String> alertIds) {
    return new SqlToldTimes(handle).of(alertIds);
  }

  @Override
  public List<Notification> page(int offset, int limit) {
    return handle
        .createQuery(SELECT + "ORDER BY position DESC LIMIT ? OFFSET ?")
        .bind(0, limit)
        .bind(1, offset)
        .map((row, context) -> notification(row))
        .list();
  }

  @Override
  public List<Counts> counts() {
    return handle
        .createQuery(
            """
            SELECT receiver, SUM(CASE WHEN state = 'pending' THEN 1 ELSE 0 END),
              SUM(CASE WHEN state = 'dead' THEN 1 ELSE 0 END)
            FROM notification WHERE state <> 'delivered' GROUP BY receiver ORDER BY receiver\
            """)
        .map((row, context) -> new Counts(row.getString(1), row.getLong(2), row.getLong(3)))
        .list();
  }

  @Override
  public List<ReceiverHealth> health() {
    var states = new TreeMap<String, ReceiverHealth>();
    undelivered().forEach(state -> states.put(state.receiver(), state));
    handle
        .createQuery("SELECT receiver, failing_since, disabled FROM receiver_state")
        .map((row, context) ->
            new Trouble(
                row.getString(1),
                Optional.ofNullable(row.getString(2)).map(InstantText::parse),
                row.getInt(3) == 1))
        .forEach(trouble ->
            states.merge(
                trouble.receiver(),
                ReceiverHealth.fine(trouble.receiver())
                    .with(trouble.failingSince(), trouble.disabled()),
                (state, none) -> state.with(trouble.failingSince(), trouble.disabled())));
    return List.copyOf(states.values());
  }

  @Override
  public void putTrouble(Trouble trouble) {
    if (trouble.isOver()) {
      handle.execute("DELETE FROM receiver_state WHERE receiver = ?", trouble.receiver());
      return;
    }
    handle.execute(
        """
        INSERT INTO receiver_state (receiver, failing_since, disabled) VALUES (?, ?, ?)
        ON CONFLICT (receiver) DO UPDATE SET failing_since = excluded.failing_since,
          disabled = excluded.disabled\
        """,
        trouble.receiver(),
        trouble.failingSince().map(InstantText::write).orElse(null),
        trouble.disabled() ? 1 : 0);
  }

  private List<ReceiverHealth> undelivered() {
    return handle
        .createQuery(
            """
            SELECT receiver, SUM(CASE WHEN state = 'dead' THEN 1 ELSE 0 END),
              MIN(CASE WHEN state = 'pending' AND attempts > 0 THEN created_at END),
              MIN(CASE WHEN state = 'pending' THEN created_at END)
            FROM notification WHERE state <> 'delivered' GROUP BY receiver ORDER BY receiver\
            """)
        .map((row, context) ->
            new ReceiverHealth(
                row.getString(1),
                row.getLong(2),
                false,
                Optional.ofNullable(row.getString(3)).map(InstantText::parse),
                Optional.ofNullable(row.getString(4)).map(InstantText::parse)))
        .list();
  }

  @Override
  public Optional<String> memory(String receiver, String alertId) {
    return handle
        .createQuery("SELECT value FROM notifier_memory WHERE receiver = ? AND alert_id = ?")
        .bind(0, receiver)
        .bind(1, alertId)
        .mapTo(String.class)
        .findOne();
  }

  @Override
  public void putMemory(String receiver, String alertId, String value) {
    handle.execute(
        """
        INSERT INTO notifier_memory (receiver, alert_id, value) VALUES (?, ?, ?)
        ON CONFLICT (receiver, alert_id) DO UPDATE SET value = excluded.value\
        """,
        receiver,
        alertId,
        value);
  }

  /// One that is pending without a time would never leave.
  static void requireDueWhenPending(Notification notification) {
    if (notification.state() == Notification.State.PENDING
        && notification.nextAttemptAt().isEmpty()) {
      throw new IllegalArgumentException(
          "the pending notification " + notification.id() + " has no time of its next attempt");
    }
  }

  private static Notification notification(ResultSet row) throws SQLException {
    return new Notification(
        row.getString(1),
        row.getString(2),
        row.getString(3),
        Optional.ofNullable(row.getString(4)),
        Optional.ofNullable(row.getString(5)),
        row.getLong(6),
        row.getString(7),
        Notification.State.valueOf(row.getString(8).toUpperCase(Locale.ROOT)),
        row.getInt(9),
        Optional.ofNullable(row.getString(10)),
        InstantText.parse(row.getString(11)),
        Optional.ofNullable(row.getString(12)).map(InstantText::parse),
        Optional.ofNullable(row.getString(13)).map(InstantText::parse));
  }
}
