package dev.spendwarden.notify;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.Matching;
import dev.spendwarden.alert.Owed;
import dev.spendwarden.alert.Transition;
import dev.spendwarden.alert.Transition.Kind;
import dev.spendwarden.notify.Audience.Listener;
import dev.spendwarden.notify.Routes.RouteMatch;
import dev.spendwarden.policy.Severity;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// Lets changes wait where their route groups or is mute. All that waits of one alert for one
/// receiver is one change, the one that is still true: what fired and escalated is told as fired at
/// its present severity, what came and went is not told at all, and whoever was told before is
/// brought up to date once. These are the rules of silences.
final class Waiting {

  private Waiting() {}

  /// Puts a transition into its group, merged with what waits there already.
  ///
  /// @param part makes the frozen body of what waits
  /// @return what the receiver is told at once instead; empty: it waits, or there is nothing to
  ///   tell
  static Optional<Transition> place(
      Transition transition, Listener listener, Outbox outbox, Part part, Instant now) {
    Optional<Instant> mute = listener.match().flatMap(match -> match.hours().muteUntil(now));
    boolean groups = listener.match().flatMap(RouteMatch::grouping).isPresent();
    boolean stays = listener.match().isEmpty() && listener.waiting().isPresent();
    boolean waits = groups || mute.isPresent() || stays;
    if (!waits && listener.waiting().isEmpty()) {
      return Optional.of(transition);
    }
    Optional<Severity> told =
        listener.waiting().isPresent()
            ? listener.waiting().get().told()
            : listener.told().flatMap(last -> last.severity().or(transition::formerSeverity));
    Optional<Transition> merged =
        listener
            .waiting()
            .map(former -> merge(former, transition))
            .orElseGet(() -> Optional.of(transition));
    if (!waits || merged.isEmpty()) {
      listener
          .waiting()
          .ifPresent(former -> outbox.groups().forget(former.receiver(), former.alertId()));
      return merged;
    }
    Group group = groupOf(transition, listener, outbox, mute, now);
    outbox.groups().put(group);
    outbox.groups().wait(member(merged.get(), listener, group, told, part));
    return Optional.empty();
  }

  /// Writes the body of a transition, without its envelope.
  interface Part {
    String of(Transition transition, Optional<Told> last);
  }

  private static Member member(
      Transition transition, Listener listener, Group group, Optional<Severity> told, Part part) {
    Alert alert = transition.alert();
    return new Member(
        group.id(),
        listener.receiver(),
        alert.id(),
        alert.policy(),
        alert.budgetId(),
        told,
        transition.kind(),
        alert.severity(),
        NotificationIds.of(transition, listener.receiver()),
        transition.at(),
        part.of(transition, listener.told()));
  }

  /// The one change that both come to; empty: nothing is left to tell.
  private static Optional<Transition> merge(Member former, Transition next) {
    Optional<Kind> kind =
        switch (next.kind()) {
          case RESOLVED -> former.told().map(severity -> Kind.RESOLVED);
          case LATE -> Optional.of(Kind.LATE);
          case REPEATED -> Optional.of(former.kind());
          case FIRED, ESCALATED, DEESCALATED, UPDATED -> {
            Kind newest = former.kind() == Kind.UPDATED ? Kind.UPDATED : next.kind();
            yield new Owed(former.alertId(), former.told(), newest).catchUp(next.alert());
          }
        };
    return kind.map(merged ->
        new Transition(
            merged, next.alert(), next.policy(), next.assessment(), former.told(), next.at()));
  }

  /// Where it waits: the group of its present route, or the former one where no route leads to this
  /// receiver any more.
  private static Group groupOf(
      Transition transition,
      Listener listener,
      Outbox outbox,
      Optional<Instant> mute,
      Instant now) {
    if (listener.match().isEmpty()) {
      return outbox.groups().find(listener.waiting().orElseThrow().groupId()).orElseThrow();
    }
    RouteMatch match = listener.match().get();
    Optional<Grouping> grouping = match.grouping();
    Map<String, String> labels =
        grouping
            .map(by -> by.labelsOf(Matching.labelsOf(transition.policy(), transition.alert())))
            .orElseGet(() -> Map.of("alert", transition.alert().id()));
    Duration interval = grouping.map(Grouping::groupInterval).orElse(Duration.ZERO);
    Group fresh =
        Group.of(listener.receiver(), match.path(), labels, grouping.isPresent(), interval);
    Group group = outbox.groups().find(fresh.id()).orElse(fresh);
    if (mute.isPresent()) {
      return group.heldUntil(mute.get());
    }
    Instant waited = now.plus(grouping.map(Grouping::groupWait).orElse(Duration.ZERO));
    return group.dueAt(waited.isBefore(group.restUntil()) ? group.restUntil() : waited);
  }
}
