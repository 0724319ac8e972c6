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
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Lets changes wait where their route groups or is mute. All that waits of one alert for one
/// receiver is one change, the one that is still true: what fired and escalated is told as fired at
/// its present severity, what came and went is not told at all, and whoever was told before is
/// brought up to date once. These are the rules of silences.
///
/// One for the transitions of one look: each group is read and written once, and what is to wait is
/// gathered until [#settle()]. Tens of thousands may wait in one group.
final class Waiting {

  private static final int STORM = 500;

  private final Groups groups;
  private final Part part;
  private final Instant now;

  /// The groups that were met, as they are stored; empty: not yet.
  private final Map<String, Optional<Group>> stored = new HashMap<>();

  /// The same as they have become.
  private final Map<String, Group> known = new LinkedHashMap<>();

  private final Map<Place, Gathered> gathered = new LinkedHashMap<>();

  /// The same as if nothing had waited in them yet: working out their ids takes long.
  private final Map<Crowd, Group> crowds = new HashMap<>();

  /// What is told together.
  private record Crowd(
      String receiver, String path, Optional<Grouping> by, Map<String, String> labels) {

    Group group() {
      Duration interval = by.map(Grouping::groupInterval).orElse(Duration.ZERO);
      return Group.of(receiver, path, labels, by.isPresent(), interval);
    }
  }

  private record Place(String receiver, String alertId) {}

  /// @param isNew whether nothing of the alert waited for the receiver before
  private record Gathered(
      Payload.OfAlert body, String receiver, Group group, Optional<Severity> told, boolean isNew) {}

  /// @param part makes the body of what waits, which is frozen then
  Waiting(Groups groups, Part part, Instant now) {
    this.groups = groups;
    this.part = part;
    this.now = now;
  }

  /// Puts a transition into its group, merged with what waits there already.
  ///
  /// @return what the receiver is told at once instead; empty: it waits, or there is nothing to
  ///   tell
  Optional<Transition> place(Transition transition, Listener listener) {
    Optional<Instant> mute = listener.match().flatMap(match -> match.hours().muteUntil(now));
    boolean grouped = listener.match().flatMap(RouteMatch::grouping).isPresent();
    boolean stays = listener.match().isEmpty() && listener.waiting().isPresent();
    boolean waits = grouped || mute.isPresent() || stays;
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
      listener.waiting().ifPresent(former -> groups.forget(former.receiver(), former.alertId()));
      return merged;
    }
    Group group = groupOf(transition, listener, mute);
    known.put(group.id(), group);
    gathered.put(
        new Place(listener.receiver(), transition.alert().id()),
        new Gathered(
            part.of(merged.get(), listener.told()),
            listener.receiver(),
            group,
            told,
            listener.waiting().isEmpty()));
    return Optional.empty();
  }

  /// Writes what was gathered. To be called before the outbox is asked what waits of an alert that
  /// may be among it.
  void settle() {
    known.forEach((id, group) -> {
      Optional<Group> as = Optional.of(group);
      if (!as.equals(stored.put(id, as))) {
        groups.put(group);
      }
    });
    groups.wait(members(gathered.values()));
    known.clear();
    gathered.clear();
  }

  /// Ends the look: what waits for nothing is handed out, by group, to be told in the transaction
  /// that it came with; the rest is written, to be told later.
  Map<Group, List<Member>> end() {
    Set<String> waitedBefore =
        gathered.values().stream()
            .filter(one -> !one.isNew())
            .map(one -> one.group().id())
            .collect(Collectors.toSet());
    List<Group> ready =
        known.values().stream()
            .filter(group -> waitsForNothing(group) && !waitedBefore.contains(group.id()))
            .toList();
    if (ready.isEmpty() || ready.size() > Flush.GROUPS_AT_ONCE) {
      settle();
      return Map.of();
    }
    Map<String, List<Gathered>> taken = takeOut(ready);
    var leaving = new LinkedHashMap<Group, List<Member>>();
    for (Group group : ready) {
      known.remove(group.id());
      groups.put(group.told(now));
      leaving.put(group, members(taken.getOrDefault(group.id(), List.of())));
    }
    settle();
    groups.removeIdle(now);
    return leaving;
  }

  private Map<String, List<Gathered>> takeOut(List<Group> ready) {
    var taken = new HashMap<String, List<Gathered>>();
    ready.forEach(group -> taken.put(group.id(), new ArrayList<>()));
    gathered
        .values()
        .removeIf(one -> {
          List<Gathered> its = taken.get(one.group().id());
          return its != null && its.add(one);
        });
    return taken;
  }

  /// Whether it is due and nothing waited in it before: what did may have come to be silenced or
  /// muted meanwhile, of which [Flush] knows.
  private boolean waitsForNothing(Group group) {
    return group.flushAt().filter(at -> !at.isAfter(now)).isPresent()
        && stored.getOrDefault(group.id(), Optional.empty()).flatMap(Group::flushAt).isEmpty();
  }

  /// Makes the body of a transition, without its envelope.
  interface Part {
    Payload.OfAlert of(Transition transition, Optional<Told> last);
  }

  /// Of a storm on all cores: writing the bodies is a quarter of the time until it is told.
  private static List<Member> members(Collection<Gathered> gathered) {
    Stream<Gathered> all = gathered.stream();
    return (gathered.size() < STORM ? all : all.parallel()).map(Waiting::member).toList();
  }

  private static Member member(Gathered one) {
    Transition transition = one.body().transition();
    Alert alert = transition.alert();
    return new Member(
        one.group().id(),
        one.receiver(),
        alert.id(),
        alert.policy(),
        alert.budgetId(),
        one.told(),
        transition.kind(),
        alert.severity(),
        NotificationIds.of(transition, one.receiver()),
        transition.at(),
        one.body().part());
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
  private Group groupOf(Transition transition, Listener listener, Optional<Instant> mute) {
    if (listener.match().isEmpty()) {
      return find(listener.waiting().orElseThrow().groupId()).orElseThrow();
    }
    RouteMatch match = listener.match().get();
    Optional<Grouping> grouping = match.grouping();
    Map<String, String> labels =
        grouping
            .map(by -> by.labelsOf(Matching.labelsOf(transition.policy(), transition.alert())))
            .orElseGet(() -> Map.of("alert", transition.alert().id()));
    Group fresh =
        crowds.computeIfAbsent(
            new Crowd(listener.receiver(), match.path(), grouping, labels), Crowd::group);
    Group group = find(fresh.id()).orElse(fresh);
    if (mute.isPresent()) {
      return group.heldUntil(mute.get());
    }
    Instant waited = now.plus(grouping.map(Grouping::groupWait).orElse(Duration.ZERO));
    return group.dueAt(waited.isBefore(group.restUntil()) ? group.restUntil() : waited);
  }

  private Optional<Group> find(String groupId) {
    Group met = known.get(groupId);
    return met != null ? Optional.of(met) : stored.computeIfAbsent(groupId, groups::find);
  }
}
