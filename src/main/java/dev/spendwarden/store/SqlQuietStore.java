package dev.spendwarden.store;

import dev.spendwarden.alert.GrantedWaiver;
import dev.spendwarden.alert.Owed;
import dev.spendwarden.alert.QuietStore;
import dev.spendwarden.alert.Silence;
import dev.spendwarden.alert.Transition;
import dev.spendwarden.charge.Amount;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.Severity;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;

/// Silences, waivers and what is owed, in SQL that SQLite and PostgreSQL both speak.
final class SqlQuietStore implements QuietStore {

  private final Handle handle;

  SqlQuietStore(Handle handle) {
    this.handle = handle;
  }

  @Override
  public void putSilence(Silence silence) {
    handle.execute(
        """
        INSERT INTO silence (id, matchers, starts_at, ends_at, comment, created_by)
        VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET matchers = excluded.matchers,
          starts_at = excluded.starts_at, ends_at = excluded.ends_at,
          comment = excluded.comment, created_by = excluded.created_by\
        """,
        silence.id(),
        StoredJson.writeMatch(silence.match()),
        InstantText.write(silence.startsAt()),
        InstantText.write(silence.endsAt()),
        silence.comment(),
        silence.createdBy());
  }

  @Override
  public void removeSilence(String silenceId) {
    handle.execute("DELETE FROM silence WHERE id = ?", silenceId);
  }

  @Override
  public List<Silence> silences() {
    return handle
        .createQuery(
            """
            SELECT id, matchers, starts_at, ends_at, comment, created_by FROM silence
            ORDER BY starts_at, id\
            """)
        .map((row, context) ->
            new Silence(
                row.getString(1),
                StoredJson.parseMatch(row.getString(2)),
                InstantText.parse(row.getString(3)),
                InstantText.parse(row.getString(4)),
                row.getString(5),
                row.getString(6)))
        .list();
  }

  @Override
  public void putWaiver(GrantedWaiver granted) {
    Policy.Waiver waiver = granted.waiver();
    var labels = new TreeMap<String, Set<String>>();
    waiver.labels().forEach((name, value) -> labels.put(name, Set.of(value)));
    handle.execute(
        """
        INSERT INTO waiver (id, policy, labels, valid_until, raise_amount, raise_unit, mute, reason,
          granted_by)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET policy = excluded.policy, labels = excluded.labels,
          valid_until = excluded.valid_until, raise_amount = excluded.raise_amount,
          raise_unit = excluded.raise_unit, mute = excluded.mute, reason = excluded.reason,
          granted_by = excluded.granted_by\
        """,
        granted.id(),
        granted.policy(),
        StoredJson.writeMatch(labels),
        InstantText.write(waiver.until()),
        waiver.raise().map(Amount::plain).orElse(null),
        waiver.raise().map(raise -> raise.unit().code()).orElse(null),
        waiver.mute() ? 1 : 0,
        waiver.reason(),
        waiver.by());
  }

  @Override
  public void removeWaiver(String waiverId) {
    handle.execute("DELETE FROM waiver WHERE id = ?", waiverId);
  }

  @Override
  public List<GrantedWaiver> waivers() {
    return handle
        .createQuery(
            """
            SELECT id, policy, labels, valid_until, raise_amount, raise_unit, mute, reason,
              granted_by
            FROM waiver ORDER BY valid_until, id\
            """)
        .map((row, context) -> waiver(row))
        .list();
  }

  private static GrantedWaiver waiver(ResultSet row) throws SQLException {
    var labels = new TreeMap<String, String>();
    for (Map.Entry<String, Set<String>> label :
        StoredJson.parseMatch(row.getString(3)).entrySet()) {
      labels.put(label.getKey(), label.getValue().iterator().next());
    }
    String unit = row.getString(6);
    return new GrantedWaiver(
        row.getString(1),
        row.getString(2),
        new Policy.Waiver(
            InstantText.parse(row.getString(4)),
            Optional.ofNullable(row.getString(5)).map(value -> Amount.of(value, Unit.of(unit))),
            row.getInt(7) == 1,
            row.getString(8),
            row.getString(9),
            labels));
  }

  @Override
  public void putOwed(Owed owed) {
    handle.execute(
        """
        INSERT INTO alert_owed (alert_id, told, kind) VALUES (?, ?, ?)
        ON CONFLICT (alert_id) DO UPDATE SET told = excluded.told, kind = excluded.kind\
        """,
        owed.alertId(),
        owed.told().map(Severity::word).orElse(null),
        owed.kind().name().toLowerCase(Locale.ROOT));
  }

  @Override
  public void removeOwed(String alertId) {
    handle.execute("DELETE FROM alert_owed WHERE alert_id = ?", alertId);
  }

  @Override
  public List<Owed> owed() {
    return handle
        .createQuery("SELECT alert_id, told, kind FROM alert_owed ORDER BY alert_id")
        .map((row, context) ->
            new Owed(
                row.getString(1),
                Optional.ofNullable(row.getString(2)).map(word -> Severity.valueOf(constant(word))),
                Transition.Kind.valueOf(constant(row.getString(3)))))
        .list();
  }

  private static String constant(String word) {
    return word.toUpperCase(Locale.ROOT);
  }
}
