package dev.spendwarden.notify;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.BuiltInPolicies;
import dev.spendwarden.alert.Matching;
import dev.spendwarden.alert.Transition;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.notify.Routes.RouteMatch;
import dev.spendwarden.policy.Policy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Who hears of what. A new alert goes to the receivers on its route. A change of a known alert
/// (escalated, deescalated, updated, late) goes to those on the route of its present severity *and*
/// to those that were told of it before: nobody is left believing the former severity. A resolve
/// goes to exactly those that were told, even where the route has changed since: an alert that was
/// opened somewhere is closed there, and nobody hears the end of what they never saw begin. A
/// repeat goes to those on the present route whose own `repeat_interval` has run out since they
/// were last told. Receivers that are configured no more are left out.
final class Audience {

  private final Routes routes;

  Audience(Routes routes) {
    this.routes = routes;
  }

  /// One receiver that is to hear of a transition.
  ///
  /// @param match the route that leads to it now; empty: none, it is one that was told before
  /// @param told what it was last told of this alert
  /// @param waiting what waits to be told it of this alert
  record Listener(
      String receiver, Optional<RouteMatch> match, Optional<Told> told, Optional<Member> waiting) {}

  List<Listener> of(Transition transition, Outbox outbox) {
    Map<String, Told> told = told(transition, outbox);
    Map<String, Member> waiting = waiting(transition, outbox);
    var matches = new LinkedHashMap<String, RouteMatch>();
    routes
        .receiversFor(
            transition.policy(), Matching.labelsOf(transition.policy(), transition.alert()))
        .forEach(match -> matches.put(match.receiver(), match));
    var listeners = new ArrayList<Listener>();
    for (String receiver : receivers(transition, matches, told, waiting.keySet())) {
      listeners.add(
          new Listener(
              receiver,
              Optional.ofNullable(matches.get(receiver)),
              Optional.ofNullable(told.get(receiver)),
              Optional.ofNullable(waiting.get(receiver))));
    }
    return listeners;
  }

  /// When the alert must be told again to one of its receivers at the soonest; empty: never. A
  /// receiver that was not told yet counts from when the alert began to fire, or from when what
  /// waits for it is told. While its route is mute it waits for the end of that, and so does what
  /// is overdue at `now`.
  ///
  /// @param told by receiver, see [Outbox#toldAt]
  Optional<Instant> nextRepeat(Policy policy, Alert alert, Map<String, Instant> told, Instant now) {
    return repeating(policy, alert).stream()
        .map(match -> due(match, told.getOrDefault(match.receiver(), alert.startedAt()), now))
        .min(Instant::compareTo);
  }

  /// The same of an alert that has fired just now: nobody was told of it before, so the outbox need
  /// not be asked. Where it waits in a group that is told later, this may be too early, and the
  /// repeat that tells nobody asks anew.
  Optional<Instant> firstRepeat(Policy policy, Alert alert, Instant firedAt) {
    return repeating(policy, alert).stream()
        .map(match -> due(match, firedAt, firedAt))
        .min(Instant::compareTo);
  }

  private List<RouteMatch> repeating(Policy policy, Alert alert) {
    return routes.receiversFor(policy, Matching.labelsOf(policy, alert)).stream()
        .filter(match -> match.repeatInterval().isPresent())
        .toList();
  }

  private static Instant due(RouteMatch match, Instant counted, Instant now) {
    Instant due = counted.plus(match.repeatInterval().orElseThrow());
    return match.hours().muteUntil(due.isBefore(now) ? now : due).orElse(due);
  }

  /// What each receiver was last told. An alert that has just fired has told nobody yet, so the
  /// outbox need not be asked.
  private static Map<String, Told> told(Transition transition, Outbox outbox) {
    var told = new TreeMap<String, Told>();
    if (transition.kind() != Transition.Kind.FIRED) {
      outbox.toldOf(transition.alert().id()).forEach(last -> told.put(last.receiver(), last));
    }
    return told;
  }

  private static Map<String, Member> waiting(Transition transition, Outbox outbox) {
    var waiting = new TreeMap<String, Member>();
    if (transition.kind() != Transition.Kind.FIRED) {
      outbox
          .groups()
          .waitingOf(transition.alert().id())
          .forEach(member -> waiting.put(member.receiver(), member));
    }
    return waiting;
  }

  private Collection<String> receivers(
      Transition transition,
      Map<String, RouteMatch> matches,
      Map<String, Told> told,
      Set<String> waiting) {
    var known = new LinkedHashSet<String>();
    told.keySet().stream().filter(routes::isKnown).forEach(known::add);
    known.addAll(waiting);
    return switch (transition.kind()) {
      case FIRED -> awayFromBroken(transition, List.copyOf(matches.keySet()));
      case LATE, ESCALATED, DEESCALATED, UPDATED -> {
        var both = new LinkedHashSet<>(matches.keySet());
        both.addAll(known);
        yield both;
      }
      case REPEATED ->
          matches.values().stream()
              .filter(match -> !waiting.contains(match.receiver()))
              .filter(match -> repeatIsDue(match, told.get(match.receiver()), transition.at()))
              .map(RouteMatch::receiver)
              .toList();
      case RESOLVED -> known;
    };
  }

  /// That a receiver cannot be reached is not told through that receiver alone: where the routes
  /// lead nowhere else, the root's receiver is told, and where that is the broken one, all others.
  private List<String> awayFromBroken(Transition transition, List<String> routed) {
    Optional<String> broken =
        transition.alert().policy().equals(BuiltInPolicies.DELIVERY_HEALTH)
            ? transition.alert().budgetLabels().get(Dimension.RECEIVER)
            : Optional.empty();
    if (broken.isEmpty() || !routed.equals(List.of(broken.get()))) {
      return routed;
    }
    List<String> others =
        routes.receivers().stream().filter(name -> !name.equals(broken.get())).sorted().toList();
    Optional<String> ofRoot = routes.root().receiver().filter(others::contains);
    return ofRoot.map(List::of).orElse(others.isEmpty() ? routed : others);
  }

  /// A receiver that was never told is told now.
  private static boolean repeatIsDue(RouteMatch match, @Nullable Told last, Instant at) {
    if (match.repeatInterval().isEmpty() || match.hours().muteUntil(at).isPresent()) {
      return false;
    }
    return last == null || !at.isBefore(last.at().plus(match.repeatInterval().get()));
  }
}
