package dev.spendwarden.notify;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// The groups of an outbox in memory, every question answered from its definition.
public final class InMemoryGroups implements Groups {

  private record Row(
      Member member, Optional<String> notificationId, long sequence, Optional<Instant> toldAt) {
    boolean waits() {
      return notificationId.isEmpty();
    }
  }

  /// Counts the next of (policy, budget, receiver).
  public interface Sequences {
    long next(String policy, String budgetId, String receiver);
  }

  private final Sequences sequences;
  private final Consumer<Runnable> undo;
  private final Map<String, Group> groups = new LinkedHashMap<>();
  private final List<Row> rows = new ArrayList<>();

  /// @param undo hears how each change is taken back
  public InMemoryGroups(Sequences sequences, Consumer<Runnable> undo) {
    this.sequences = sequences;
    this.undo = undo;
  }

  private void remember() {
    var formerGroups = new LinkedHashMap<>(groups);
    var formerRows = List.copyOf(rows);
    undo.accept(() -> {
      groups.clear();
      groups.putAll(formerGroups);
      rows.clear();
      rows.addAll(formerRows);
    });
  }

  @Override
  public Optional<Group> find(String groupId) {
    return Optional.ofNullable(groups.get(groupId));
  }

  @Override
  public void put(Group group) {
    remember();
    groups.put(group.id(), group);
  }

  @Override
  public void remove(String groupId) {
    remember();
    groups.remove(groupId);
  }

  @Override
  public List<Group> due(Instant now, int max) {
    return groups.values().stream()
        .filter(group -> group.flushAt().filter(at -> !at.isAfter(now)).isPresent())
        .sorted(
            Comparator.comparing((Group group) -> group.flushAt().orElseThrow())
                .thenComparing(Group::id))
        .limit(max)
        .toList();
  }

  @Override
  public Optional<Instant> nextFlushAt() {
    return groups.values().stream().flatMap(g -> g.flushAt().stream()).min(Instant::compareTo);
  }

  @Override
  public void wakeHeld(Instant now) {
    remember();
    groups.replaceAll((id, group) ->
        group.held() && group.flushAt().filter(at -> at.isAfter(now)).isPresent()
            ? group.heldUntil(now)
            : group);
  }

  @Override
  public void removeIdle(Instant now) {
    remember();
    groups.values().removeIf(group -> group.flushAt().isEmpty() && !group.restUntil().isAfter(now));
  }

  @Override
  public void wait(Member member) {
    forget(member.receiver(), member.alertId());
    rows.add(new Row(member, Optional.empty(), 0, Optional.empty()));
  }

  @Override
  public void forget(String receiver, String alertId) {
    remember();
    rows.removeIf(row ->
        row.waits()
            && row.member().receiver().equals(receiver)
            && row.member().alertId().equals(alertId));
  }

  @Override
  public List<Member> waitingOf(String alertId) {
    return rows.stream()
        .filter(row -> row.waits() && row.member().alertId().equals(alertId))
        .map(Row::member)
        .sorted(Comparator.comparing(Member::receiver))
        .toList();
  }

  @Override
  public List<Member> waitingIn(String groupId) {
    return rows.stream()
        .filter(row -> row.waits() && row.member().groupId().equals(groupId))
        .map(Row::member)
        .toList();
  }

  @Override
  public void refresh(Collection<Member> members) {
    remember();
    for (Member member : members) {
      rows.replaceAll(row ->
          row.waits() && isOf(row.member(), member)
              ? new Row(member, row.notificationId(), row.sequence(), row.toldAt())
              : row);
    }
  }

  private static boolean isOf(Member one, Member other) {
    return one.alertId().equals(other.alertId()) && one.receiver().equals(other.receiver());
  }

  @Override
  public List<ToldMember> tell(String notificationId, List<Member> members) {
    remember();
    var told = new ArrayList<ToldMember>();
    for (Member member : members) {
      long sequence = sequences.next(member.policy(), member.budgetId(), member.receiver());
      for (int i = 0; i < rows.size(); i++) {
        Member waiting = rows.get(i).member();
        if (rows.get(i).waits() && isOf(waiting, member)) {
          Optional<Instant> toldAt = Optional.of(waiting.at());
          rows.set(i, new Row(waiting, Optional.of(notificationId), sequence, toldAt));
        }
      }
      told.add(new ToldMember(member, sequence));
    }
    return told;
  }

  @Override
  public List<ToldMember> membersOf(String notificationId, int max) {
    return rows.stream()
        .filter(row -> row.notificationId().equals(Optional.of(notificationId)))
        .map(row -> new ToldMember(row.member(), row.sequence()))
        .limit(max)
        .toList();
  }

  @Override
  public List<String> notificationsOf(String alertId) {
    return rows.stream()
        .filter(row -> row.member().alertId().equals(alertId))
        .flatMap(row -> row.notificationId().stream())
        .toList();
  }

  /// Forgets what was told by notifications that are there no more.
  public void keepOnly(java.util.Set<String> notificationIds) {
    rows.removeIf(
        row -> row.notificationId().filter(id -> !notificationIds.contains(id)).isPresent());
  }

  /// What receivers were told of an alert in groups, oldest first.
  public List<Told> toldOf(String alertId) {
    return rows.stream()
        .filter(row -> !row.waits() && row.member().alertId().equals(alertId))
        .map(row ->
            Told.of(
                row.member().receiver(),
                row.sequence(),
                row.toldAt().orElseThrow(),
                row.member().part(),
                row.notificationId().orElseThrow()))
        .toList();
  }
}
