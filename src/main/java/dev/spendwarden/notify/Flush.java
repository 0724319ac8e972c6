package dev.spendwarden.notify;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.Transition;
import dev.spendwarden.charge.Names;
import dev.spendwarden.policy.Assessment;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Tells what has waited long enough (see [GroupMessages]). What has come to be silenced meanwhile
/// waits on, and so does a group whose route is mute now. One for each transaction.
final class Flush {

  /// Keeps a transaction short when thousands of groups fall due at once; the rest follows at once.
  static final int GROUPS_AT_ONCE = 500;

  private final Routes routes;
  private final Waiting.Part part;
  private final GroupMessages messages;
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
    this.messages = new GroupMessages(outbox, externalUrl, now);
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
    Group after = ready.isEmpty() ? group : group.told(now);
    settle(group, quietUntil.map(after::heldUntil).orElse(after));
    return ready.isEmpty() ? Optional.empty() : Optional.of(messages.of(group, ready));
  }

  private void settle(Group before, Group after) {
    boolean empty = after.flushAt().isEmpty() || after.equals(before);
    if (empty && !before.together()) {
      groups.remove(before.id());
    } else {
      groups.put(after.equals(before) ? before.told(now) : after);
    }
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }

  /// What was held back for long is told with the figures of now; the end of an alert with the time
  /// at which it ended. Never with a time before its own: it may have come when the group was
  /// already due, while no process ran to tell it.
  private Member refreshed(Group group, Member member, Optional<Standing.Present> present) {
    if (!group.held() || member.isOver()) {
      return member;
    }
    Instant at = later(group.flushAt().orElse(now), member.at());
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
}
