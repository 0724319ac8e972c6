package dev.spendwarden.store;

import dev.spendwarden.alert.ReceiverHealth;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.notify.Outbox;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// Notifications in SQL that SQLite and PostgreSQL both speak.
final class SqlOutbox implements Outbox {

  private static final String COLUMNS =
      """
      id, receiver, type, alert_id, budget_id, sequence, body, state, attempts, last_error,
      created_at, next_attempt_at, delivered_at\
      """;

  private static final String SELECT = "SELECT " + COLUMNS + " FROM notification ";

  private final Handle handle;

  SqlOutbox(Handle handle) {
    this.handle = handle;
  }

  @Override
  public void add(Notification notification) {
    requireDueWhenPending(notification);
    int added =
        handle.execute(
            "INSERT INTO notification ("
                + COLUMNS
                + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
            notification.id(),
            notification.receiver(),
            notification.type(),
            notification.alertId().orElse(null),
            notification.budgetId().orElse(null),
            notification.sequence(),
            notification.body(),
            notification.state().word(),
            notification.attempts(),
            notification.lastError().orElse(null),
            InstantText.write(notification.createdAt()),
            notification.nextAttemptAt().map(InstantText::write).orElse(null),
            notification.deliveredAt().map(InstantText::write).orElse(null));
    if (added == 1) {
      lineUp(notification);
    }
  }

  @Override
  public void update(Notification notification) {
    requireDueWhenPending(notification);
    int updated =
        handle.execute(
            """
            UPDATE notification SET state = ?, attempts = ?, last_error = ?, next_attempt_at = ?,
              delivered_at = ?, first_in_line = 0 WHERE id = ?\
            """,
            notification.state().word(),
            notification.attempts(),
            notification.lastError().orElse(null),
            notification.nextAttemptAt().map(InstantText::write).orElse(null),
            notification.deliveredAt().map(InstantText::write).orElse(null),
            notification.id());
    if (updated == 0) {
      throw new IllegalArgumentException(
          "no notification " + notification.id() + " in the outbox to update");
    }
    lineUp(notification);
  }

  /// Marks anew which pending notification stands first among those of this one's budget and
  /// receiver. One without a budget (a drill) waits for no other.
  private void lineUp(Notification notification) {
    if (notification.budgetId().isEmpty()) {
      handle.execute(
          "UPDATE notification SET first_in_line = 1 WHERE id = ? AND state = 'pending'",
          notification.id());
      return;
    }
    String receiver = notification.receiver();
    String budgetId = notification.budgetId().get();
    Optional<Long> first =
        handle
            .createQuery(
                """
                SELECT position FROM notification
                WHERE receiver = ? AND budget_id = ? AND state = 'pending'
                ORDER BY sequence, position LIMIT 1\
                """)
            .bind(0, receiver)
            .bind(1, budgetId)
            .mapTo(Long.class)
            .findOne();
    if (first.isPresent()) {
      handle.execute(
          """
          UPDATE notification SET first_in_line = 0
          WHERE receiver = ? AND budget_id = ? AND first_in_line = 1 AND position <> ?\
          """,
          receiver,
          budgetId,
          first.get());
      handle.execute(
          "UPDATE notification SET first_in_line = 1 WHERE position = ? AND first_in_line = 0",
          first.get());
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
  public List<Notification> newestOfAlert(String alertId) {
    return handle
        .createQuery(
            SELECT
                + """
                WHERE alert_id = ? AND NOT EXISTS (SELECT 1 FROM notification newer
                  WHERE newer.alert_id = notification.alert_id
                    AND newer.receiver = notification.receiver
                    AND newer.sequence > notification.sequence)
                ORDER BY receiver\
                """)
        .bind(0, alertId)
        .map((row, context) -> notification(row))
        .list();
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
