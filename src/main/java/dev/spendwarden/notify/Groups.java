package dev.spendwarden.notify;

import dev.spendwarden.charge.Names;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// What waits to be told, and what was told together. Part of the [Outbox] and of its transactions;
/// implemented by `store`.
public interface Groups {

  Optional<Group> find(String groupId);

  /// Replaces one with the same id.
  void put(Group group);

  void remove(String groupId);

  /// Groups whose time has come, earliest first, at most `max`.
  List<Group> due(Instant now, int max);

  /// The same, of the groups that are told where some policies are judged: where the policy of what
  /// has waited longest is. So of those who divide all policies between them one tells each group,
  /// whosever alerts it holds.
  default List<Group> due(Instant now, int max, Names policies) {
    return due(now, Integer.MAX_VALUE).stream()
        .filter(group -> policies.has(policyOf(group)))
        .limit(max)
        .toList();
  }

  private String policyOf(Group group) {
    return waitingIn(group.id()).stream().findFirst().map(Member::policy).orElse("");
  }

  /// When the next group is due; empty: nothing waits.
  Optional<Instant> nextFlushAt();

  /// The same, of the groups that [#due(Instant, int, Names)] hands out for these policies.
  default Optional<Instant> nextFlushAt(Names policies) {
    return due(Instant.MAX, 1, policies).stream().findFirst().flatMap(Group::flushAt);
  }

  /// Makes the groups that wait because their route is mute or their alerts are silenced due at
  /// `now`, or when they have rested if that is later, to be looked at anew: the reason may have
  /// gone.
  void wakeHeld(Instant now);

  /// Removes groups in which nothing waits and whose rest is over.
  void removeIdle(Instant now);

  /// Lets it wait, in place of the one of the same receiver and alert.
  void wait(Member member);

  /// Lets each wait, in this order; at most one for each receiver and alert.
  default void wait(Collection<Member> members) {
    members.forEach(this::wait);
  }

  /// Nothing of this alert waits for this receiver any more.
  void forget(String receiver, String alertId);

  /// What waits of an alert: at most one for each receiver.
  List<Member> waitingOf(String alertId);

  /// What waits in a group, in the order in which it was added.
  List<Member> waitingIn(String groupId);

  /// Brings what waits up to date where it stands: its time and its body.
  void refresh(Collection<Member> members);

  /// What waits in one group is told by a notification, which is added next: counts each one's
  /// sequence. Each counts as told at its own time.
  ///
  /// @return the same, in the same order, with their sequences
  List<ToldMember> tell(String notificationId, List<Member> members);

  /// The same of what need not wait at all: nothing of these alerts waits for their receivers. As
  /// if they had waited until now.
  default List<ToldMember> tellAtOnce(String notificationId, List<Member> members) {
    wait(members);
    return tell(notificationId, members);
  }

  /// What a notification told, in order, at most `max`; empty for one that told of one alert.
  List<ToldMember> membersOf(String notificationId, int max);

  /// The ids of the notifications that told of an alert together with others.
  List<String> notificationsOf(String alertId);

  record ToldMember(Member member, long sequence) {}

  /// Where nothing ever waits: rehearsals, in which everything is told at once.
  Groups NONE = new NoGroups();
}
