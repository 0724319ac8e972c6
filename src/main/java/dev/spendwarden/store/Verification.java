package dev.spendwarden.store;

import dev.spendwarden.enforce.AuditChain;
import dev.spendwarden.enforce.AuditRow;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;

/// Looks at everything that is stored and names what is wrong with it.
final class Verification {

  /// So that a thoroughly broken file does not fill the screen.
  private static final int PROBLEMS_MAX = 100;

  private static final String FAR_FUTURE = "9999-12-31T23:59:59.999999999Z";

  private final SqliteSession session;
  private final List<String> problems = new ArrayList<>();

  Verification(SqliteSession session) {
    this.session = session;
  }

  List<String> run() {
    check("SQLite's own integrity check", this::integrity);
    check("references between tables", this::references);
    check("the order of delivery", this::lines);
    check("sequences", this::sequences);
    check(
        "revisions",
        handle -> session.ports().ledger().replay(InstantText.parse(FAR_FUTURE), posting -> {}));
    check("alerts", handle -> session.ports().alerts().page(0, Integer.MAX_VALUE));
    check("notifications", handle -> notifications());
    check("the audit chain", handle -> audit());
    return List.copyOf(problems);
  }

  private void integrity(Handle handle) {
    handle
        .createQuery("PRAGMA integrity_check(" + PROBLEMS_MAX + ")")
        .mapTo(String.class)
        .filter(line -> !line.equals("ok"))
        .forEach(line -> problems.add("integrity_check: " + line));
  }

  private void references(Handle handle) {
    handle
        .createQuery("PRAGMA foreign_key_check")
        .map((row, context) ->
            "row %s of %s refers to a row of %s that is not there"
                .formatted(row.getString(2), row.getString(1), row.getString(3)))
        .stream()
        .limit(PROBLEMS_MAX)
        .forEach(problems::add);
  }

  /// Every budget and receiver with pending notifications has exactly its oldest one in front.
  private void lines(Handle handle) {
    handle
        .createQuery(
            """
            SELECT id FROM notification WHERE first_in_line <>
              CASE WHEN state = 'pending' AND (budget_id IS NULL OR NOT EXISTS (
                SELECT 1 FROM notification older
                WHERE older.receiver = notification.receiver
                  AND older.budget_id = notification.budget_id AND older.state = 'pending'
                  AND (older.sequence, older.position)
                    < (notification.sequence, notification.position)))
              THEN 1 ELSE 0 END LIMIT :max\
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

  private void notifications() {
    var outbox = session.ports().outbox();
    int at = 0;
    for (int found = 1; found > 0; at += found) {
      found = outbox.page(at, 1_000).size();
    }
  }

  private void audit() {
    var store = session.ports().enforce();
    var chain = new AuditChain.Check();
    long last = 0;
    for (List<AuditRow> rows = store.audit(last, 1_000);
        !rows.isEmpty();
        rows = store.audit(last, 1_000)) {
      rows.forEach(chain::add);
      last = rows.getLast().seq();
    }
    problems.addAll(chain.problems());
  }

  /// A check that cannot even be made is a problem too.
  private void check(String name, Check check) {
    try {
      session.inTransaction(handle -> {
        check.run(handle);
        return true;
      });
    } catch (RuntimeException e) {
      problems.add(name + ": " + e.getMessage());
    }
  }

  @FunctionalInterface
  private interface Check {
    void run(Handle handle);
  }
}
