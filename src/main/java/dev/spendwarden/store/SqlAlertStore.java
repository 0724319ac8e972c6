package dev.spendwarden.store;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.AlertStore;
import dev.spendwarden.charge.Names;
import dev.spendwarden.policy.Severity;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Alerts with their timers, in SQL that SQLite and PostgreSQL both speak.
final class SqlAlertStore implements AlertStore {

  private static final String COLUMNS =
      """
      id, policy, budget_id, budget_labels, policy_fingerprint, period_start, period_end, episode,
      ordinal, state, severity, rules, started_at, ended_at, reason, acked_by\
      """;

  private static final String PUT =
      "INSERT INTO alert ("
          + COLUMNS
          + """
          ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          ON CONFLICT (id) DO UPDATE SET policy = excluded.policy, budget_id = excluded.budget_id,
            budget_labels = excluded.budget_labels,
            policy_fingerprint = excluded.policy_fingerprint,
            period_start = excluded.period_start, period_end = excluded.period_end,
            episode = excluded.episode, ordinal = excluded.ordinal, state = excluded.state,
            severity = excluded.severity, rules = excluded.rules,
            started_at = excluded.started_at, ended_at = excluded.ended_at,
            reason = excluded.reason, acked_by = excluded.acked_by\
          """;

  /// Of a budget's alerts the one of the latest period counts, and of that period's the last
  /// episode: a late charge may put an alert of a closed period after the running one's.
  static final String HAS_NEWER =
      """
      EXISTS (SELECT 1 FROM alert newer
        WHERE newer.policy = alert.policy AND newer.budget_id = alert.budget_id
          AND (newer.period_start, newer.episode, newer.id)
            > (alert.period_start, alert.episode, alert.id))\
      """;

  private final Handle handle;

  SqlAlertStore(Handle handle) {
    this.handle = handle;
  }

  @Override
  public void put(Alert alert) {
    put(List.of(alert));
  }

  @Override
  public void put(Collection<Alert> alerts) {
    SqlBatch.run(handle, PUT, alerts, SqlAlertStore::values);
  }

  private static @Nullable Object[] values(Alert alert) {
    return new @Nullable Object[] {
      alert.id(),
      alert.policy(),
      alert.budgetId(),
      StoredJson.write(alert.budgetLabels()),
      alert.policyFingerprint(),
      InstantText.write(alert.periodStart()),
      InstantText.write(alert.periodEnd()),
      alert.episode(),
      alert.ordinal(),
      alert.state().word(),
      alert.severity().word(),
      StoredJson.write(alert.rules()),
      InstantText.write(alert.startedAt()),
      alert.endedAt().map(InstantText::write).orElse(null),
      alert.reason().map(Alert.Reason::word).orElse(null),
      alert.ackedBy().orElse(null)
    };
  }

  @Override
  public void remove(String alertId) {
    handle.execute("DELETE FROM alert WHERE id = ?", alertId);
  }

  @Override
  public List<Alert> restore(Instant periodEndedAfter) {
    return restore(periodEndedAfter, Names.ALL);
  }

  @Override
  public List<Alert> restore(Instant periodEndedAfter, Names policies) {
    SqlNames some = SqlNames.of(policies, "policy");
    return some.bind(
            handle.createQuery(
                "SELECT "
                    + COLUMNS
                    + " FROM alert WHERE (state <> 'resolved' OR period_end > :ended OR NOT "
                    + HAS_NEWER
                    + " OR id IN (SELECT alert_id FROM alert_owed))"
                    + some.and()
                    + " ORDER BY policy, budget_id, period_start, episode"))
        .bind("ended", InstantText.write(periodEndedAfter))
        .map((row, context) -> alert(row))
        .list();
  }

  @Override
  public List<Alert> page(int offset, int limit) {
    return handle
        .createQuery(
            "SELECT " + COLUMNS + " FROM alert ORDER BY started_at DESC, id DESC LIMIT ? OFFSET ?")
        .bind(0, limit)
        .bind(1, offset)
        .map((row, context) -> alert(row))
        .list();
  }

  private static Alert alert(ResultSet row) throws SQLException {
    return new Alert(
        row.getString(1),
        row.getString(2),
        row.getString(3),
        StoredJson.parseDimensions(row.getString(4)),
        row.getString(5),
        InstantText.parse(row.getString(6)),
        InstantText.parse(row.getString(7)),
        row.getInt(8),
        row.getInt(9),
        Alert.State.valueOf(constant(row.getString(10))),
        Severity.valueOf(constant(row.getString(11))),
        StoredJson.parseRules(row.getString(12)),
        InstantText.parse(row.getString(13)),
        Optional.ofNullable(row.getString(14)).map(InstantText::parse),
        Optional.ofNullable(row.getString(15)).map(word -> Alert.Reason.valueOf(constant(word))),
        Optional.ofNullable(row.getString(16)));
  }

  private static String constant(String word) {
    return word.toUpperCase(Locale.ROOT);
  }
}
