package dev.spendwarden.store;

import dev.spendwarden.alert.Transition;
import dev.spendwarden.charge.Names;
import dev.spendwarden.notify.Group;
import dev.spendwarden.notify.Groups;
import dev.spendwarden.notify.Member;
import dev.spendwarden.policy.Severity;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// What waits and what was told together, in SQL that SQLite and PostgreSQL both speak. A group may
/// have tens of thousands of members: what concerns all of them is one statement or one batch.
final class SqlGroups implements Groups {

  private static final String GROUP =
      "SELECT id, receiver, path, labels, together, interval_ms, flush_at, held, rest_until"
          + " FROM notification_group ";

  private static final String MEMBER =
      "SELECT group_id, receiver, alert_id, policy, budget_id, told, kind, severity, part_id,"
          + " happened_at, body, sequence FROM notification_member ";

  private static final String ADD =
      """
      INSERT INTO notification_member (group_id, receiver, alert_id, policy, budget_id, told, kind,
        severity, part_id, happened_at, body)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)\
      """;

  private static final String COUNT_ONE =
      """
      INSERT INTO notification_sequence (policy, budget_id, receiver, last_value)
      VALUES (?, ?, ?, 1)
      ON CONFLICT (policy, budget_id, receiver)
        DO UPDATE SET last_value = notification_sequence.last_value + 1\
      """;

  private static final String ADD_TOLD =
      """
      INSERT INTO notification_member (group_id, receiver, alert_id, policy, budget_id, told, kind,
        severity, part_id, happened_at, body, told_at, notification_id, sequence)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
        (SELECT last_value FROM notification_sequence
          WHERE policy = ? AND budget_id = ? AND receiver = ?))\
      """;

  private static final String FORGET =
      """
      DELETE FROM notification_member
      WHERE alert_id = ? AND receiver = ? AND notification_id IS NULL\
      """;

  /// The policy of what has waited longest in the group.
  private static final String ITS_POLICY =
      """
      COALESCE((SELECT policy FROM notification_member
        WHERE group_id = notification_group.id AND notification_id IS NULL
        ORDER BY position LIMIT 1), '')\
      """;

  /// How far the line of a member has been counted.
  private static final String COUNTED =
      """
      (SELECT last_value FROM notification_sequence
        WHERE notification_sequence.policy = notification_member.policy
          AND notification_sequence.budget_id = notification_member.budget_id
          AND notification_sequence.receiver = notification_member.receiver)\
      """;

  private final Handle handle;

  SqlGroups(Handle handle) {
    this.handle = handle;
  }

  @Override
  public Optional<Group> find(String groupId) {
    return handle
        .createQuery(GROUP + "WHERE id = ?")
        .bind(0, groupId)
        .map((row, context) -> group(row))
        .findOne();
  }

  @Override
  public void put(Group group) {
    var labels = new TreeMap<String, Set<String>>();
    group.labels().forEach((name, value) -> labels.put(name, Set.of(value)));
    handle.execute(
        """
        INSERT INTO notification_group
          (id, receiver, path, labels, together, interval_ms, flush_at, held, rest_until)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET interval_ms = excluded.interval_ms,
          together = excluded.together, flush_at = excluded.flush_at, held = excluded.held,
          rest_until = excluded.rest_until\
        """,
        group.id(),
        group.receiver(),
        group.path(),
        StoredJson.writeMatch(labels),
        group.together() ? 1 : 0,
        group.interval().toMillis(),
        group.flushAt().map(InstantText::write).orElse(null),
        group.held() ? 1 : 0,
        InstantText.write(group.restUntil()));
  }

  @Override
  public void remove(String groupId) {
    handle.execute("DELETE FROM notification_group WHERE id = ?", groupId);
  }

  @Override
  public List<Group> due(Instant now, int max) {
    return due(now, max, Names.ALL);
  }

  @Override
  public List<Group> due(Instant now, int max, Names policies) {
    SqlNames some = SqlNames.of(policies, ITS_POLICY);
    return some.bind(
            handle.createQuery(
                GROUP
                    + "WHERE flush_at <= :now"
                    + some.and()
                    + " ORDER BY flush_at, id LIMIT :max"))
        .bind("now", InstantText.write(now))
        .bind("max", max)
        .map((row, context) -> group(row))
        .list();
  }

  @Override
  public Optional<Instant> nextFlushAt() {
    return nextFlushAt(Names.ALL);
  }

  @Override
  public Optional<Instant> nextFlushAt(Names policies) {
    SqlNames some = SqlNames.of(policies, ITS_POLICY);
    return some.bind(
            handle.createQuery(
                "SELECT flush_at FROM notification_group WHERE flush_at IS NOT NULL"
                    + some.and()
                    + " ORDER BY flush_at, id LIMIT 1"))
        .mapTo(String.class)
        .findOne()
        .map(InstantText::parse);
  }

  @Override
  public void wakeHeld(Instant now) {
    String text = InstantText.write(now);
    handle.execute(
        """
        UPDATE notification_group SET flush_at = CASE WHEN rest_until > ? THEN rest_until ELSE ? END
        WHERE held = 1 AND flush_at > ?\
        """,
        text,
        text,
        text);
  }

  @Override
  public void removeIdle(Instant now) {
    handle.execute(
        "DELETE FROM notification_group WHERE flush_at IS NULL AND rest_until <= ?",
        InstantText.write(now));
  }

  @Override
  public void wait(Member member) {
    wait(List.of(member));
  }

  @Override
  public void wait(Collection<Member> members) {
    if (members.isEmpty()) {
      return;
    }
    if (doesAnythingWait()) {
      SqlBatch.run(
          handle, FORGET, members, member -> new Object[] {member.alertId(), member.receiver()});
    }
    SqlBatch.run(handle, ADD, members, SqlGroups::values);
  }

  private boolean doesAnythingWait() {
    return handle
        .createQuery("SELECT 1 FROM notification_member WHERE notification_id IS NULL LIMIT 1")
        .mapTo(Integer.class)
        .findOne()
        .isPresent();
  }

  private static @Nullable Object[] values(Member member) {
    return new @Nullable Object[] {
      member.groupId(),
      member.receiver(),
      member.alertId(),
      member.policy(),
      member.budgetId(),
      member.told().map(Severity::word).orElse(null),
      member.kind().name().toLowerCase(Locale.ROOT),
      member.severity().word(),
      member.id(),
      InstantText.write(member.at()),
      member.part()
    };
  }

  @Override
  public void forget(String receiver, String alertId) {
    handle.execute(FORGET, alertId, receiver);
  }

  @Override
  public List<Member> waitingOf(String alertId) {
    return handle
        .createQuery(MEMBER + "WHERE alert_id = ? AND notification_id IS NULL ORDER BY receiver")
        .bind(0, alertId)
        .map((row, context) -> member(row))
        .list();
  }

  @Override
  public List<Member> waitingIn(String groupId) {
    return handle
        .createQuery(MEMBER + "WHERE group_id = ? AND notification_id IS NULL ORDER BY position")
        .bind(0, groupId)
        .map((row, context) -> member(row))
        .list();
  }

  @Override
  public void refresh(Collection<Member> members) {
    SqlBatch.run(
        handle,
        """
        UPDATE notification_member SET happened_at = ?, body = ?
        WHERE alert_id = ? AND receiver = ? AND notification_id IS NULL\
        """,
        members,
        member ->
            new Object[] {
              InstantText.write(member.at()), member.part(), member.alertId(), member.receiver()
            });
  }

  @Override
  public List<ToldMember> tell(String notificationId, List<Member> members) {
    boolean all = isAllThatWaits(members);
    if (all && areOfDifferentBudgets(members)) {
      markAndCount(notificationId, members.getFirst().groupId());
    } else {
      mark(notificationId, members, all);
      count(notificationId);
    }
    return counted(notificationId, members);
  }

  /// Each row is written once, as it stays: while ten thousand are, somebody waits to be told.
  @Override
  public List<ToldMember> tellAtOnce(String notificationId, List<Member> members) {
    if (!areOfDifferentBudgets(members)) {
      return Groups.super.tellAtOnce(notificationId, members);
    }
    SqlBatch.run(
        handle,
        COUNT_ONE,
        members,
        member -> new Object[] {member.policy(), member.budgetId(), member.receiver()});
    SqlBatch.run(handle, ADD_TOLD, members, member -> toldValues(notificationId, member));
    return counted(notificationId, members);
  }

  private static @Nullable Object[] toldValues(String notificationId, Member member) {
    @Nullable Object[] waiting = values(member);
    @Nullable Object[] told = Arrays.copyOf(waiting, waiting.length + 5);
    told[waiting.length] = InstantText.write(member.at());
    told[waiting.length + 1] = notificationId;
    told[waiting.length + 2] = member.policy();
    told[waiting.length + 3] = member.budgetId();
    told[waiting.length + 4] = member.receiver();
    return told;
  }

  /// The members with the sequences that were counted for them.
  private List<ToldMember> counted(String notificationId, List<Member> members) {
    Map<String, Long> sequences = new HashMap<>();
    handle
        .createQuery("SELECT alert_id, sequence FROM notification_member WHERE notification_id = ?")
        .bind(0, notificationId)
        .map((row, context) -> Map.entry(row.getString(1), row.getLong(2)))
        .forEach(entry -> sequences.put(entry.getKey(), entry.getValue()));
    return members.stream()
        .map(member -> new ToldMember(member, sequences.getOrDefault(member.alertId(), 0L)))
        .toList();
  }

  /// Whether nothing else waits in their group, as is usual: then they need not be named one by
  /// one.
  private boolean isAllThatWaits(List<Member> members) {
    if (members.isEmpty()) {
      return false;
    }
    int waiting =
        handle
            .createQuery(
                """
                SELECT COUNT(*) FROM notification_member
                WHERE group_id = ? AND notification_id IS NULL\
                """)
            .bind(0, members.getFirst().groupId())
            .mapTo(Integer.class)
            .one();
    return waiting == members.size();
  }

  private static boolean areOfDifferentBudgets(List<Member> members) {
    var met = new HashSet<List<String>>();
    return members.stream()
        .allMatch(member -> met.add(List.of(member.policy(), member.budgetId())));
  }

  /// Each budget counts one on, so each row, with its body, is written once: ten thousand are
  /// written while somebody waits to be told.
  private void markAndCount(String notificationId, String groupId) {
    handle.execute(
        """
        INSERT INTO notification_sequence (policy, budget_id, receiver, last_value)
        SELECT policy, budget_id, receiver, 1 FROM notification_member
          WHERE group_id = ? AND notification_id IS NULL
        ON CONFLICT (policy, budget_id, receiver)
          DO UPDATE SET last_value = notification_sequence.last_value + 1\
        """,
        groupId);
    handle.execute(
        """
        UPDATE notification_member
        SET notification_id = ?, told_at = happened_at, sequence =\
        """
            + COUNTED
            + " WHERE group_id = ? AND notification_id IS NULL",
        notificationId,
        groupId);
  }

  /// @param all whether nothing else waits in their group
  private void mark(String notificationId, List<Member> members, boolean all) {
    if (all) {
      handle.execute(
          """
          UPDATE notification_member SET notification_id = ?, told_at = happened_at
          WHERE group_id = ? AND notification_id IS NULL\
          """,
          notificationId,
          members.getFirst().groupId());
    } else {
      SqlBatch.run(
          handle,
          """
          UPDATE notification_member SET notification_id = ?, told_at = happened_at
          WHERE alert_id = ? AND receiver = ? AND notification_id IS NULL\
          """,
          members,
          member -> new Object[] {notificationId, member.alertId(), member.receiver()});
    }
  }

  /// Gives each member the next sequence of its policy, budget and receiver; two of one budget get
  /// two, in their order.
  private void count(String notificationId) {
    handle.execute(
        """
        INSERT INTO notification_sequence (policy, budget_id, receiver, last_value)
        SELECT policy, budget_id, receiver, COUNT(*) FROM notification_member
          WHERE notification_id = ? GROUP BY policy, budget_id, receiver
        ON CONFLICT (policy, budget_id, receiver)
          DO UPDATE SET last_value = notification_sequence.last_value + excluded.last_value\
        """,
        notificationId);
    handle.execute(
        """
        UPDATE notification_member SET sequence =\
        """
            + COUNTED
            + """
              - (SELECT COUNT(*) FROM notification_member later
                WHERE later.notification_id = notification_member.notification_id
                  AND later.budget_id = notification_member.budget_id
                  AND later.position > notification_member.position)
            WHERE notification_id = ?\
            """,
        notificationId);
  }

  @Override
  public List<ToldMember> membersOf(String notificationId, int max) {
    return handle
        .createQuery(MEMBER + "WHERE notification_id = ? ORDER BY position LIMIT ?")
        .bind(0, notificationId)
        .bind(1, max)
        .map((row, context) -> new ToldMember(member(row), row.getLong(12)))
        .list();
  }

  @Override
  public List<String> notificationsOf(String alertId) {
    return handle
        .createQuery(
            """
            SELECT notification_id FROM notification_member
            WHERE alert_id = ? AND notification_id IS NOT NULL ORDER BY position\
            """)
        .bind(0, alertId)
        .mapTo(String.class)
        .list();
  }

  private static Group group(ResultSet row) throws SQLException {
    var labels = new TreeMap<String, String>();
    StoredJson.parseMatch(row.getString(4))
        .forEach((name, values) -> labels.put(name, values.iterator().next()));
    return new Group(
        row.getString(1),
        row.getString(2),
        row.getString(3),
        labels,
        row.getInt(5) == 1,
        Duration.ofMillis(row.getLong(6)),
        Optional.ofNullable(row.getString(7)).map(InstantText::parse),
        row.getInt(8) == 1,
        InstantText.parse(row.getString(9)));
  }

  private static Member member(ResultSet row) throws SQLException {
    return new Member(
        row.getString(1),
        row.getString(2),
        row.getString(3),
        row.getString(4),
        row.getString(5),
        Optional.ofNullable(row.getString(6)).map(word -> Severity.valueOf(constant(word))),
        Transition.Kind.valueOf(constant(row.getString(7))),
        Severity.valueOf(constant(row.getString(8))),
        row.getString(9),
        InstantText.parse(row.getString(10)),
        row.getString(11));
  }

  private static String constant(String word) {
    return word.toUpperCase(Locale.ROOT);
  }
}
