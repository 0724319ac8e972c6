package dev.spendwarden.notify;

import dev.spendwarden.notify.Groups.ToldMember;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Makes what a group tells: one change as a notification of its own, several as one. Adds it to
/// the outbox, inside the transaction of whoever found that it is time.
final class GroupMessages {

  private final Outbox outbox;
  private final Groups groups;
  private final Optional<URI> externalUrl;
  private final Instant now;

  GroupMessages(Outbox outbox, Optional<URI> externalUrl, Instant now) {
    this.outbox = outbox;
    this.groups = outbox.groups();
    this.externalUrl = externalUrl;
    this.now = now;
  }

  /// @param waited what is told of the group's waiting members, one or more
  Notification of(Group group, List<Member> waited) {
    if (waited.size() > 1) {
      return together(group, waited, groups::tell);
    }
    Member member = waited.getFirst();
    groups.forget(member.receiver(), member.alertId());
    return alone(group, member);
  }

  /// @param members one or more, none of which waits in the store
  Notification atOnce(Group group, List<Member> members) {
    return members.size() > 1
        ? together(group, members, groups::tellAtOnce)
        : alone(group, members.getFirst());
  }

  /// Writes who was told by which notification, and counts each one's sequence.
  private interface Marking {
    List<ToldMember> tell(String notificationId, List<Member> members);
  }

  private Notification alone(Group group, Member member) {
    var envelope =
        new Payload.Envelope(
            member.id(),
            member.kind().type(),
            member.at(),
            outbox.nextSequence(member.policy(), member.budgetId(), member.receiver()),
            member.receiver());
    Optional<Group> shown = group.together() ? Optional.of(group) : Optional.empty();
    String body = new Payload.OfPart(envelope, member.part(), shown, member.isOver()).toJson();
    return added(
        Dispatch.pending(
            envelope, Optional.of(member.alertId()), Optional.of(member.budgetId()), body, now));
  }

  private Notification together(Group group, List<Member> ready, Marking marking) {
    List<String> ids = ready.stream().map(Member::id).toList();
    String id = NotificationIds.ofGroupMessage(group.id(), ids);
    List<ToldMember> members =
        marking.tell(id, ready).stream().sorted(GroupMessages::moreImportant).toList();
    Instant at = ready.stream().map(Member::at).max(Instant::compareTo).orElse(now);
    var envelope =
        new Payload.Envelope(
            id,
            Payload.OfGroup.TYPE,
            at,
            outbox.nextSequence(Payload.OfGroup.TYPE, group.id(), group.receiver()),
            group.receiver());
    String body = new Payload.OfGroup(envelope, group, members, externalUrl).toJson();
    return added(Dispatch.pending(envelope, Optional.empty(), Optional.empty(), body, now));
  }

  private Notification added(Notification notification) {
    outbox.add(notification);
    return notification;
  }

  /// What goes on before what is over, then by severity, policy and age. Compared by hand, for tens
  /// of thousands are sorted while somebody waits.
  private static int moreImportant(ToldMember one, ToldMember other) {
    Member a = one.member();
    Member b = other.member();
    int order = Boolean.compare(a.isOver(), b.isOver());
    order = order != 0 ? order : b.severity().compareTo(a.severity());
    order = order != 0 ? order : a.policy().compareTo(b.policy());
    order = order != 0 ? order : Long.compare(one.sequence(), other.sequence());
    return order != 0 ? order : a.budgetId().compareTo(b.budgetId());
  }
}
