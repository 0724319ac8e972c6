package dev.spendwarden.store;

import dev.spendwarden.notify.Told;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/// When the receivers of many alerts were told last, asked in three statements for each
/// [#ALERTS_AT_ONCE] of them: a restart asks for every alert that fires.
final class SqlToldTimes {

  private static final int ALERTS_AT_ONCE = 500;

  private static final String ALONE =
      """
      SELECT alert_id, receiver, sequence, created_at, body FROM notification
      WHERE alert_id IN (<alerts>) AND NOT EXISTS (SELECT 1 FROM notification newer
        WHERE newer.alert_id = notification.alert_id
          AND newer.receiver = notification.receiver
          AND newer.sequence > notification.sequence)\
      """;

  private static final String TOGETHER =
      """
      SELECT alert_id, receiver, sequence, told_at FROM notification_member
      WHERE alert_id IN (<alerts>) AND notification_id IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM notification_member newer
          WHERE newer.alert_id = notification_member.alert_id
            AND newer.receiver = notification_member.receiver
            AND newer.notification_id IS NOT NULL
            AND newer.sequence > notification_member.sequence)\
      """;

  private static final String WAITING =
      """
      SELECT m.alert_id, m.receiver, g.flush_at FROM notification_member m
      JOIN notification_group g ON g.id = m.group_id
      WHERE m.alert_id IN (<alerts>) AND m.notification_id IS NULL AND g.flush_at IS NOT NULL\
      """;

  private record Row(String alertId, String receiver, long sequence, Instant at) {}

  private final Handle handle;

  SqlToldTimes(Handle handle) {
    this.handle = handle;
  }

  Map<String, Map<String, Instant>> of(Collection<String> alertIds) {
    var ids = new ArrayList<>(alertIds);
    var times = new HashMap<String, Map<String, Instant>>();
    for (int from = 0; from < ids.size(); from += ALERTS_AT_ONCE) {
      List<String> some = ids.subList(from, Math.min(ids.size(), from + ALERTS_AT_ONCE));
      newest(some).forEach(row -> put(times, row));
      handle
          .createQuery(WAITING)
          .bindList("alerts", some)
          .map((row, context) ->
              new Row(row.getString(1), row.getString(2), 0, InstantText.parse(row.getString(3))))
          .forEach(row -> put(times, row));
    }
    return times;
  }

  private static void put(Map<String, Map<String, Instant>> times, Row row) {
    times.computeIfAbsent(row.alertId(), id -> new HashMap<>()).put(row.receiver(), row.at());
  }

  /// What was told last, whether alone or together.
  private Collection<Row> newest(List<String> alertIds) {
    var newest = new HashMap<List<String>, Row>();
    var rows = new ArrayList<Row>();
    handle
        .createQuery(ALONE)
        .bindList("alerts", alertIds)
        .map((row, context) ->
            new Row(
                row.getString(1),
                row.getString(2),
                row.getLong(3),
                Told.timeOf(row.getString(5), InstantText.parse(row.getString(4)))))
        .forEach(rows::add);
    handle
        .createQuery(TOGETHER)
        .bindList("alerts", alertIds)
        .map((row, context) ->
            new Row(
                row.getString(1),
                row.getString(2),
                row.getLong(3),
                InstantText.parse(row.getString(4))))
        .forEach(rows::add);
    for (Row row : rows) {
      newest.merge(
          List.of(row.alertId(), row.receiver()),
          row,
          (a, b) -> a.sequence() > b.sequence() ? a : b);
    }
    return newest.values();
  }
}
