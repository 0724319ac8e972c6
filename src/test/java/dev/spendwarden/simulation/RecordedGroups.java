package dev.spendwarden.simulation;

import dev.spendwarden.notify.Group;
import dev.spendwarden.notify.Groups;
import dev.spendwarden.notify.Member;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// Writes down what comes to wait and what does no longer, for when the transaction is committed.
record RecordedGroups(Groups inner, Committed committed, List<Runnable> changes) implements Groups {

  @Override
  public void wait(Member member) {
    inner.wait(member);
    changes.add(() -> committed.waits(member));
  }

  @Override
  public void forget(String receiver, String alertId) {
    inner.forget(receiver, alertId);
    changes.add(() -> committed.waitsNoMore(receiver, alertId));
  }

  @Override
  public void refresh(Collection<Member> members) {
    inner.refresh(members);
    members.forEach(member -> changes.add(() -> committed.waits(member)));
  }

  @Override
  public List<ToldMember> tell(String notificationId, List<Member> members) {
    List<ToldMember> told = inner.tell(notificationId, members);
    changes.add(() -> committed.toldTogether(notificationId, told));
    return told;
  }

  @Override
  public Optional<Group> find(String groupId) {
    return inner.find(groupId);
  }

  @Override
  public void put(Group group) {
    inner.put(group);
  }

  @Override
  public void remove(String groupId) {
    inner.remove(groupId);
  }

  @Override
  public List<Group> due(Instant now, int max) {
    return inner.due(now, max);
  }

  @Override
  public Optional<Instant> nextFlushAt() {
    return inner.nextFlushAt();
  }

  @Override
  public void wakeHeld(Instant now) {
    inner.wakeHeld(now);
  }

  @Override
  public void removeIdle(Instant now) {
    inner.removeIdle(now);
  }

  @Override
  public List<Member> waitingOf(String alertId) {
    return inner.waitingOf(alertId);
  }

  @Override
  public List<Member> waitingIn(String groupId) {
    return inner.waitingIn(groupId);
  }

  @Override
  public List<ToldMember> membersOf(String notificationId, int max) {
    return inner.membersOf(notificationId, max);
  }

  @Override
  public List<String> notificationsOf(String alertId) {
    return inner.notificationsOf(alertId);
  }
}
