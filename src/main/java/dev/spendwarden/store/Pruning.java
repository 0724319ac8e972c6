package dev.spendwarden.store;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/// Retention. Each step is a transaction of its own that looks at a bounded number of rows, so that
/// the daemon's writes come in between.
final class Pruning {

  private static final int ROWS_AT_ONCE = 2_000;

  /// A newer state of the same charge was known by then, or its period has left retention.
  private static final String CHARGES =
      """
      known_at <= :before AND (period_end <= :before OR EXISTS (
        SELECT 1 FROM charge_revision newer
        WHERE newer.source_id = charge_revision.source_id
          AND newer.dimensions_id = charge_revision.dimensions_id
          AND newer.period_start = charge_revision.period_start
          AND newer.period_end = charge_revision.period_end
          AND newer.unit = charge_revision.unit
          AND newer.known_at > charge_revision.known_at AND newer.known_at <= :before))\
      """;

  /// States that are old enough, from a place on: the newest first, in the order of their index.
  private static final String QUOTAS =
      """
      SELECT known_at, source_id, dimensions_id, unit, id FROM quota_revision
      WHERE (known_at, source_id, dimensions_id, unit)
        < (:known_at, :source_id, :dimensions_id, :unit)
      ORDER BY known_at DESC, source_id DESC, dimensions_id DESC, unit DESC LIMIT :max\
      """;

  /// A task's newest state stays while no later task of its type ended the same way: the age of the
  /// newest completed report must go on growing, not become unknown.
  private static final String REPORTS =
      """
      known_at <= :before AND (EXISTS (
        SELECT 1 FROM report_revision newer
        WHERE newer.source_id = report_revision.source_id
          AND newer.report_id = report_revision.report_id
          AND newer.known_at > report_revision.known_at AND newer.known_at <= :before)
      OR EXISTS (
        SELECT 1 FROM report_revision later
        WHERE later.source_id = report_revision.source_id
          AND later.report_type = report_revision.report_type
          AND later.state = report_revision.state
          AND later.updated_at > report_revision.updated_at AND later.known_at <= :before))\
      """;

  private static final String NOTIFICATIONS = "state = 'delivered' AND delivered_at < :before";

  /// What a group told goes with its notification; what waits stays.
  private static final String MEMBERS =
      """
      told_at < :before AND notification_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM notification WHERE notification.id = notification_member.notification_id)\
      """;

  private static final String ALERTS =
      "state = 'resolved' AND ended_at < :before AND " + SqlAlertStore.HAS_NEWER;

  private final Writer writer;

  Pruning(Writer writer) {
    this.writer = writer;
  }

  void run(String before) {
    walk("charge_revision", "id", "known_at", CHARGES, before);
    pruneQuotas(before);
    walk("report_revision", "id", "known_at", REPORTS, before);
    walk("kept_forecast", "id", "period_end", "period_end < :before", before);
    walk("notification", "position", "delivered_at", NOTIFICATIONS, before);
    walk("notification_member", "position", "told_at", MEMBERS, before);
    writer.write(handle ->
        handle
            .createUpdate("DELETE FROM decision_hold WHERE over_at < :before")
            .bind("before", before)
            .execute());
    writer.write(handle ->
        handle
            .createUpdate("DELETE FROM forecast_score WHERE period_end < :before")
            .bind("before", before)
            .execute());
    while (pruneAlerts(before) > 0) {
      // The next few.
    }
  }

  /// Goes once through the rows that are old enough, in the order they were added.
  private void walk(String table, String id, String age, String condition, String before) {
    String bounds =
        "SELECT COALESCE(MIN(%s), 1), COALESCE(MAX(%s), 0) FROM %s WHERE %s <= :before"
            .formatted(id, id, table, age);
    var range =
        writer.write(handle ->
            handle
                .createQuery(bounds)
                .bind("before", before)
                .map((row, context) -> new Range(row.getLong(1), row.getLong(2)))
                .one());
    String delete =
        "DELETE FROM %s WHERE %s BETWEEN :from AND :to AND %s".formatted(table, id, condition);
    for (long from = range.first; from <= range.last; from += ROWS_AT_ONCE) {
      long start = from;
      writer.write(handle ->
          handle
              .createUpdate(delete)
              .bind("from", start)
              .bind("to", start + ROWS_AT_ONCE - 1)
              .bind("before", before)
              .execute());
    }
  }

  /// A counter's newest state stays for good: it is the counter. Of what was known by then that is
  /// the first that is met from the newest backwards.
  private void pruneQuotas(String before) {
    var met = new HashSet<Counter>();
    var from = new State(before, new Counter(Integer.MAX_VALUE, Integer.MAX_VALUE, ""), 0);
    while (true) {
      State start = from;
      List<State> states = writer.write(handle -> pruneQuotas(handle, start, met));
      if (states.isEmpty()) {
        return;
      }
      states.forEach(state -> met.add(state.counter));
      from = states.getLast();
    }
  }

  /// @param met counters of which a newer state is there; not changed, as this may be rolled back
  /// @return the states that were looked at
  private static List<State> pruneQuotas(Handle handle, State from, Set<Counter> met) {
    List<State> states =
        handle
            .createQuery(QUOTAS)
            .bind("known_at", from.knownAt)
            .bind("source_id", from.counter.source)
            .bind("dimensions_id", from.counter.dimensions)
            .bind("unit", from.counter.unit)
            .bind("max", ROWS_AT_ONCE)
            .map((row, context) ->
                new State(
                    row.getString(1),
                    new Counter(row.getInt(2), row.getInt(3), row.getString(4)),
                    row.getLong(5)))
            .list();
    var here = new HashSet<Counter>();
    List<Long> replaced =
        states.stream()
            .filter(state -> !here.add(state.counter) || met.contains(state.counter))
            .map(State::id)
            .toList();
    if (!replaced.isEmpty()) {
      handle
          .createUpdate("DELETE FROM quota_revision WHERE id IN (<ids>)")
          .bindList("ids", replaced)
          .execute();
    }
    return states;
  }

  private record Counter(int source, int dimensions, String unit) {}

  private record State(String knownAt, Counter counter, long id) {}

  /// Removes some alerts, and what notifiers remember of them.
  private int pruneAlerts(String before) {
    return writer.write(handle -> {
      List<String> ids =
          handle
              .createQuery("SELECT id FROM alert WHERE " + ALERTS + " LIMIT :max")
              .bind("before", before)
              .bind("max", ROWS_AT_ONCE)
              .mapTo(String.class)
              .list();
      if (!ids.isEmpty()) {
        handle
            .createUpdate("DELETE FROM notifier_memory WHERE alert_id IN (<ids>)")
            .bindList("ids", ids)
            .execute();
        handle.createUpdate("DELETE FROM alert WHERE id IN (<ids>)").bindList("ids", ids).execute();
      }
      return ids.size();
    });
  }

  private record Range(long first, long last) {}

  /// A transaction of the database's own.
  @FunctionalInterface
  interface Writer {
    <T> T write(Function<Handle, T> work);
  }
}
