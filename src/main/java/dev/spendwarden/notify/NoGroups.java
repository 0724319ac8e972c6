package dev.spendwarden.notify;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// See [Groups#NONE].
final class NoGroups implements Groups {

  @Override
  public Optional<Group> find(String groupId) {
    return Optional.empty();
  }

  @Override
  public void put(Group group) {
    throw nothingWaits();
  }

  @Override
  public void remove(String groupId) {}

  @Override
  public List<Group> due(Instant now, int max) {
    return List.of();
  }

  @Override
  public Optional<Instant> nextFlushAt() {
    return Optional.empty();
  }

  @Override
  public void wakeHeld(Instant now) {}

  @Override
  public void removeIdle(Instant now) {}

  @Override
  public void wait(Member member) {
    throw nothingWaits();
  }

  @Override
  public void forget(String receiver, String alertId) {}

  @Override
  public List<Member> waitingOf(String alertId) {
    return List.of();
  }

  @Override
  public List<Member> waitingIn(String groupId) {
    return List.of();
  }

  @Override
  public void refresh(Collection<Member> members) {
    throw nothingWaits();
  }

  @Override
  public List<ToldMember> tell(String notificationId, List<Member> members) {
    throw nothingWaits();
  }

  @Override
  public List<ToldMember> membersOf(String notificationId, int max) {
    return List.of();
  }

  @Override
  public List<String> notificationsOf(String alertId) {
    return List.of();
  }

  private static UnsupportedOperationException nothingWaits() {
    return new UnsupportedOperationException("nothing waits here");
  }
}
