package dev.spendwarden.store;

import java.util.List;
import org.jdbi.v3.core.Handle;

/// Who may leave next: the lines in which pending notifications stand, one for each receiver and
/// budget, kept on every change so that a long queue behind one budget costs nothing. A group's
/// notification stands in many lines at once and leaves when it is first in all of them.
final class SqlLines {

  /// Whether something stands before the notification in any of its lines.
  private static final String IS_BEHIND =
      """
      EXISTS (SELECT 1 FROM outbox_line mine JOIN outbox_line older
          ON older.receiver = mine.receiver AND older.budget_id = mine.budget_id
        WHERE mine.position = notification.position AND older.position <> mine.position
          AND (older.sequence, older.position) < (mine.sequence, mine.position))\
      """;

  private final Handle handle;

  SqlLines(Handle handle) {
    this.handle = handle;
  }

  /// A notification is pending (again): it takes its places, and those behind it are not first.
  ///
  /// @param alone whether it has one budget, and not its members' budgets
  void enter(long position, boolean alone) {
    String places =
        alone
            ? """
            SELECT receiver, budget_id, sequence, position FROM notification WHERE position = ?\
            """
            : """
            SELECT m.receiver, m.budget_id, m.sequence, n.position
            FROM notification n JOIN notification_member m ON m.notification_id = n.id
            WHERE n.position = ?\
            """;
    handle.execute(
        "INSERT INTO outbox_line (receiver, budget_id, sequence, position) " + places, position);
    handle.execute(
        """
        UPDATE notification SET first_in_line = 0 WHERE first_in_line = 1 AND position IN (
          SELECT younger.position FROM outbox_line mine JOIN outbox_line younger
            ON younger.receiver = mine.receiver AND younger.budget_id = mine.budget_id
          WHERE mine.position = ? AND younger.position <> mine.position
            AND (younger.sequence, younger.position) > (mine.sequence, mine.position))\
        """,
        position);
    step(position);
  }

  /// A notification is pending no more: those who stood behind it step up.
  void leave(long position) {
    List<Long> next =
        handle
            .createQuery(
                """
                SELECT DISTINCT (SELECT behind.position FROM outbox_line behind
                    WHERE behind.receiver = mine.receiver AND behind.budget_id = mine.budget_id
                      AND behind.position <> mine.position
                    ORDER BY behind.sequence, behind.position LIMIT 1) AS next
                FROM outbox_line mine WHERE mine.position = ?\
                """)
            .bind(0, position)
            .mapTo(Long.class)
            .filter(found -> found != null)
            .list();
    handle.execute("DELETE FROM outbox_line WHERE position = ?", position);
    next.forEach(this::step);
  }

  private void step(long position) {
    handle.execute(
        "UPDATE notification SET first_in_line = 1 WHERE position = ? AND first_in_line = 0 AND NOT"
            + " "
            + IS_BEHIND,
        position);
  }
}
