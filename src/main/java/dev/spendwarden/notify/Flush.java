package dev.spendwarden.notify;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.Transition;
import dev.spendwarden.charge.Names;
import dev.spendwarden.notify.Groups.ToldMember;
import dev.spendwarden.policy.Assessment;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Tells what has waited long enough: one change of a group as a notification of its own, several
/// as one. What has come to be silenced meanwhile waits on, and so does a group whose route is mute
/// now. One for each transaction.
final class Flush {

  /// Keeps a transaction short when thousands of groups fall due at once; the rest follows at once.
  private static final int GROUPS_AT_ONCE = 500;

  private final Routes routes;
  private final Waiting.Part part;
  private final Optional<URI> externalUrl;
  private final Outbox outbox;
  private final Groups groups;
  private final Standing standing;
  private final Names policies;
  private final Instant now;

  Flush(
      Routes routes,
      Waiting.Part part,
      Optional<URI> externalUrl,
      Outbox outbox,
      Standing standing,
      Names policies,
      Instant now) {
    this.routes = routes;
    this.part = part;
    this.externalUrl = externalUrl;
    this.outbox = outbox;
    this.groups = outbox.groups();
    this.standing = standing;
    this.policies = policies;
    this.now = now;
  }

  List<Notification> run() {
    var added = new ArrayList<Notification>();
    for (Group group : groups.due(now, GROUPS_AT_ONCE, policies)) {
      Optional<Instant> mute = routes.hoursOf(group.path(), group.receiver()).muteUntil(now);
      if (mute.isPresent()) {
        groups.put(group.heldUntil(mute.get()));
      } else {
        tell(group).ifPresent(added::add);
      }
    }
    groups.removeIdle(now);
    return added;
  }

  private Optional<Notification> tell(Group group) {
    var ready = new ArrayList<Member>();
    var refreshed = new ArrayList<Member>();
    Optional<Instant> quietUntil = Optional.empty();
    for (Member member : groups.waitingIn(group.id())) {
      var present = standing.of(member.budgetId(), member.alertId());
      Optional<Instant> quiet = present.flatMap(Standing.Present::quietUntil);
      if (quiet.isPresent()) {
        quietUntil = Optional.of(earlier(quietUntil.orElse(quiet.get()), quiet.get()));
      } else {
        Member fresh = refreshed(group, member, present);
        if (!fresh.equals(member)) {
          refreshed.add(fresh);
        }
        ready.add(fresh);
      }
    }
    groups.refresh(refreshed);
    Group after = ready.isEmpty() ? group : group.told(group.flushAt().orElse(now));
    settle(group, quietUntil.map(after::heldUntil).orElse(after));
    return switch (ready.size()) {
      case 0 -> Optional.empty();
      case 1 -> Optional.of(alone(group, ready.getFirst()));
      default -> Optional.of(together(group, ready));
    };
  }

  private void settle(Group before, Group after) {
    boolean empty = after.flushAt().isEmpty() || after.equals(before);
    if (empty && !before.together()) {
      groups.remove(before.id());
    } else {
      groups.put(after.equals(before) ? before.told(now) : after);
    }
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }

  /// What was held back for long is told with the figures of now; the end of an alert with the time
  /// at which it ended.
  private Member refreshed(Group group, Member member, Optional<Standing.Present> present) {
    if (!group.held() || member.isOver()) {
      return member;
    }
    Instant at = group.flushAt().orElse(now);
    String fresh =
        present
            .filter(known -> known.alert().state() == Alert.State.FIRING)
            .flatMap(known ->
                known
                    .assessment()
                    .map(judged -> asTransition(member, known, judged, at))
                    .map(transition -> part.of(transition, lastTold(member)).part()))
            .orElse(member.part());
    return member.refreshed(at, fresh);
  }

  private static Transition asTransition(
      Member member, Standing.Present known, Assessment judged, Instant at) {
    return new Transition(member.kind(), known.alert(), known.policy(), judged, member.told(), at);
  }

  private Optional<Told> lastTold(Member member) {
    return outbox.toldOf(member.alertId()).stream()
        .filter(told -> told.receiver().equals(member.receiver()))
        .findFirst();
  }

  private Notification alone(Group group, Member member) {
    groups.forget(member.receiver(), member.alertId());
    var envelope =
        new Payload.Envelope(
            member.id(),
            member.kind().type(),
            member.at(),
            outbox.nextSequence(member.policy(), member.budgetId(), member.receiver()),
            member.receiver());
    Optional<Group> shown = group.together() ? Optional.of(group) : Optional.empty();
    String body = new Payload.OfPart(envelope, member.part(), shown, member.isOver()).toJson();
    Notification notification =
        Dispatch.pending(
            envelope, Optional.of(member.alertId()), Optional.of(member.budgetId()), body, now);
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

  private Notification together(Group group, List<Member> ready) {
    List<String> ids = ready.stream().map(Member::id).toList();
    String id = NotificationIds.ofGroupMessage(group.id(), ids);
    List<ToldMember> members =
        groups.tell(id, ready).stream().sorted(Flush::moreImportant).toList();
    Instant at = ready.stream().map(Member::at).max(Instant::compareTo).orElse(now);
    var envelope =
        new Payload.Envelope(
            id,
            Payload.OfGroup.TYPE,
            at,
            outbox.nextSequence(Payload.OfGroup.TYPE, group.id(), group.receiver()),
            group.receiver());
    String body = new Payload.OfGroup(envelope, group, members, externalUrl).toJson();
    Notification notification =
        Dispatch.pending(envelope, Optional.empty(), Optional.empty(), body, now);
    outbox.add(notification);
    return notification;
  }
}
