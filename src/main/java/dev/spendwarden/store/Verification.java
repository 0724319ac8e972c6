package dev.spendwarden.store;

import dev.spendwarden.enforce.AuditChain;
import dev.spendwarden.enforce.AuditRow;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jdbi.v3.core.Handle;

/// Looks at everything that is stored and names what is wrong with it.
final class Verification {

  /// So that a thoroughly broken file does not fill the screen.
  private static final int PROBLEMS_MAX = 100;

  private static final String FAR_FUTURE = "9999-12-31T23:59:59.999999999Z";

  private final Looking store;
  private final List<String> problems = new ArrayList<>();

  /// A view of what is stored, one transaction for each question.
  @FunctionalInterface
  interface Looking {
    void look(BiConsumer<Handle, Database.Ports> question);
  }

  /// What only one kind of database can be asked: answers problems, none when all is well.
  record Own(String name, String sql) {}

  Verification(Looking store) {
    this.store = store;
  }

  /// @param own asked first, each for one column of problems
  List<String> run(List<Own> own) {
    own.forEach(question -> check(question.name, (handle, ports) -> ask(question, handle)));
    check("the order of delivery", (handle, ports) -> lines(handle));
    check("sequences", (handle, ports) -> sequences(handle));
    check(
        "revisions",
        (handle, ports) -> ports.ledger().replay(InstantText.parse(FAR_FUTURE), posting -> {}));
    check("alerts", (handle, ports) -> ports.alerts().page(0, Integer.MAX_VALUE));
    check("notifications", (handle, ports) -> notifications(ports));
    check("the audit chain", (handle, ports) -> audit(handle));
    return List.copyOf(problems);
  }

  private void ask(Own question, Handle handle) {
    handle.createQuery(question.sql).mapTo(String.class).stream()
        .limit(PROBLEMS_MAX)
        .forEach(problems::add);
  }

  /// Whatever is pending stands in the lines of its budgets, and exactly the oldest of each is in
  /// front.
  private void lines(Handle handle) {
    handle
        .createQuery(
            """
            SELECT id FROM notification WHERE first_in_line <>
              CASE WHEN state = 'pending' AND NOT EXISTS (
                SELECT 1 FROM outbox_line mine JOIN outbox_line older
                  ON older.receiver = mine.receiver AND older.budget_id = mine.budget_id
                WHERE mine.position = notification.position AND older.position <> mine.position
                  AND (older.sequence, older.position) < (mine.sequence, mine.position))
              THEN 1 ELSE 0 END
            OR (state = 'pending' AND budget_id IS NOT NULL) <> EXISTS (
              SELECT 1 FROM outbox_line l WHERE l.position = notification.position
                AND notification.budget_id IS NOT NULL)
            LIMIT :max\
            """)
        .bind("max", PROBLEMS_MAX)
        .mapTo(String.class)
        .forEach(id -> problems.add("notification " + id + " stands at the wrong place in line"));
  }

  private void sequences(Handle handle) {
    handle
        .createQuery(
            """
            SELECT receiver, budget_id, sequence FROM notification WHERE budget_id IS NOT NULL
            GROUP BY receiver, budget_id, sequence HAVING COUNT(*) > 1 LIMIT :max\
            """)
        .bind("max", PROBLEMS_MAX)
        .map((row, context) ->
            "sequence %d of budget %s was given twice for receiver %s"
                .formatted(row.getLong(3), row.getString(2), row.getString(1)))
        .forEach(problems::add);
  }

  private void notifications(Database.Ports ports) {
    var outbox = ports.outbox();
    int at = 0;
    for (int found = 1; found > 0; at += found) {
      found = outbox.page(at, 1_000).size();
    }
  }

  /// Follows the chain over the rows as they stand in the table. What a row means is hashed, so
  /// bytes that mean the same written otherwise (a `t` in a time, a space in the details) are
  /// compared with what would be written.
  private void audit(Handle handle) {
    var chain = new AuditChain.Check();
    try (var rows =
        handle
            .createQuery(
                "SELECT seq, at, who, what, action_id, details, hash FROM audit ORDER BY seq")
            .setFetchSize(1_000)
            .map((row, context) -> WrittenRow.read(row))
            .stream()) {
      rows.forEach(row -> row.addTo(chain));
    }
    problems.addAll(chain.problems());
  }

  private record WrittenRow(
      long seq, String at, String who, String what, String actionId, String details, String hash) {

    static WrittenRow read(ResultSet row) throws SQLException {
      return new WrittenRow(
          row.getLong(1),
          row.getString(2),
          row.getString(3),
          row.getString(4),
          row.getString(5),
          row.getString(6),
          row.getString(7));
    }

    void addTo(AuditChain.Check chain) {
      try {
        var row =
            new AuditRow(
                seq,
                InstantText.parse(at),
                who,
                what,
                actionId,
                StoredTargets.parseTexts(details),
                hash);
        if (!InstantText.write(row.at()).equals(at)) {
          chain.addDistorted(seq, hash, "its time is not written as Spendwarden writes it");
        } else if (!StoredTargets.writeTexts(row.details()).equals(details)) {
          chain.addDistorted(seq, hash, "its details are not written as Spendwarden writes them");
        } else {
          chain.add(row);
        }
      } catch (RuntimeException e) {
        chain.addDistorted(seq, hash, "it cannot be read");
      }
    }
  }

  /// A check that cannot even be made is a problem too.
  private void check(String name, BiConsumer<Handle, Database.Ports> question) {
    try {
      store.look(question);
    } catch (RuntimeException e) {
      problems.add(name + ": " + e.getMessage());
    }
  }
}
