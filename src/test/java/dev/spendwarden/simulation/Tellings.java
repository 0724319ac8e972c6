package dev.spendwarden.simulation;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.BuiltInPolicies;
import dev.spendwarden.alert.Transition;
import dev.spendwarden.notify.Body;
import dev.spendwarden.notify.Grouping;
import dev.spendwarden.notify.Member;
import dev.spendwarden.simulation.Committed.Place;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What is guaranteed of what people are told, and of what waits to be told them because their
/// route groups or is mute: it is so, it is told in time and no sooner, and nothing is lost
/// between.
final class Tellings {

  private static final Duration MOMENT = Duration.ofSeconds(1);

  /// A flush that could not be stored is tried again after a second, twice in a row at the most.
  private static final Duration TRIED_AGAIN = Duration.ofSeconds(5);

  /// Two receivers, each again after a store that failed, the end of a silence and of mute hours.
  private static final int LOOKS_MAX = 12;

  private final Committed committed;
  private final QuietTimes quiet;
  private final Map<String, Manner> manners;
  private final Map<String, Long> sequences = new HashMap<>();

  /// By alert.
  private final Map<String, Looks> repeats = new HashMap<>();

  private record Looks(Instant since, int number) {}

  /// Since when something was seen to wait that is not quiet.
  private final Map<Place, Instant> waitingSince = new HashMap<>();

  private record Sent(String messageId, Instant at) {}

  /// The newest message of each group.
  private final Map<String, Sent> sent = new HashMap<>();

  /// @param manners by receiver
  Tellings(Committed committed, QuietTimes quiet, Map<String, Manner> manners) {
    this.committed = committed;
    this.quiet = quiet;
    this.manners = manners;
  }

  /// Somebody is told something, and that is durable.
  void told(Telling telling, Instant now) {
    isNew(telling);
    inOrder(telling);
    Alert alert = committed.alert(telling.alertId());
    boolean endedMeanwhile = telling.waited() && alert.state() == Alert.State.RESOLVED;
    Invariants.require(
        !endedMeanwhile || telling.isEnd(),
        Guarantee.TOLD_THE_TRUTH,
        () -> telling.type() + " of " + alert.policy() + " was told when it was over");
    // Nothing is known any more of a silence over what has ended and waited.
    Invariants.require(
        endedMeanwhile || !quiet.isQuiet(alert, now),
        Guarantee.TOLD_THE_TRUTH,
        () -> telling.type() + " of " + alert.policy() + " was told while it was quiet");
    heldBack(telling, alert, now);
    keepsItsInterval(telling, now);
    goesOnFromWhatWasTold(telling, alert);
    committed.told(telling);
  }

  private void isNew(Telling telling) {
    Invariants.require(
        committed.notification(telling.message().id()).orElse(null) == telling.message(),
        Guarantee.NOTHING_MISSED,
        () -> telling.type() + " " + telling.message().id() + " was taken for a former one");
  }

  private void inOrder(Telling telling) {
    String line = telling.budgetId() + " " + telling.receiver();
    long last = sequences.getOrDefault(line, 0L);
    Invariants.require(
        telling.sequence() == last + 1,
        Guarantee.IN_ORDER,
        () -> line + " counts " + telling.sequence() + " after " + last);
    sequences.put(line, telling.sequence());
  }

  /// Receivers that no route leads to, which hear of an alert that they were told of before, are
  /// told at once.
  private void heldBack(Telling telling, Alert alert, Instant now) {
    if (!telling.waited() && !Plan.receiversOf(alert).contains(telling.receiver())) {
      return;
    }
    Manner manner = manner(telling.receiver());
    Invariants.require(
        !manner.isMute(now),
        Guarantee.HELD_BACK,
        () -> telling.type() + " was told to " + telling.receiver() + " though its route is mute");
    Invariants.require(
        telling.waited() || manner.letsNothingWait(),
        Guarantee.HELD_BACK,
        () ->
            telling.type() + " was told at once to " + telling.receiver() + ", which lets it wait");
  }

  /// Two messages of one group are its interval apart, whatever held the second back.
  private void keepsItsInterval(Telling telling, Instant now) {
    Optional<Grouping> grouping = manner(telling.receiver()).grouping();
    if (grouping.isEmpty()) {
      return;
    }
    Optional<String> group = Body.of(telling.message()).object("group").text("id");
    if (group.isEmpty()) {
      return;
    }
    Sent last = sent.put(group.get(), new Sent(telling.message().id(), now));
    Invariants.require(
        last == null
            || last.messageId().equals(telling.message().id())
            || !now.isBefore(last.at().plus(grouping.get().groupInterval())),
        Guarantee.HELD_BACK,
        () -> "two messages of a group for " + telling.receiver() + ", the first at " + last.at());
  }

  private void goesOnFromWhatWasTold(Telling telling, Alert alert) {
    Telling last = committed.told(alert.id()).get(telling.receiver());
    if (telling.is(Transition.Kind.FIRED)) {
      Invariants.require(
          last == null,
          Guarantee.TOLD_THE_TRUTH,
          () -> telling.receiver() + " was told again that " + alert.policy() + " has fired");
    }
    if (telling.is(Transition.Kind.RESOLVED)) {
      Invariants.require(
          last != null,
          Guarantee.TOLD_THE_TRUTH,
          () -> telling.receiver() + " never heard of " + alert.policy() + ", but of its end");
    }
    if (telling.is(Transition.Kind.REPEATED)) {
      Invariants.require(
          telling.waited() || alert.ackedBy().isEmpty(),
          Guarantee.TOLD_THE_TRUTH,
          () -> alert.policy() + " was repeated though " + alert.ackedBy() + " looks after it");
      Invariants.require(
          last == null || !telling.at().isBefore(last.at().plus(Plan.REPEAT)),
          Guarantee.TIMERS_SURVIVE,
          () ->
              "%s was repeated too early to %s: at %s, last told at %s"
                  .formatted(alert.policy(), telling.receiver(), telling.at(), last.at()));
    }
  }

  /// Somebody looked whom to tell again of an alert. That is no news: it must not be done over and
  /// over while nobody can be told.
  void lookedForRepeat(Alert alert, Instant now) {
    Looks known = repeats.get(alert.id());
    Looks looks =
        known == null || now.isAfter(known.since().plus(Plan.REPEAT.dividedBy(3)))
            ? new Looks(now, 1)
            : new Looks(known.since(), known.number() + 1);
    repeats.put(alert.id(), looks);
    Invariants.require(
        looks.number() <= LOOKS_MAX,
        Guarantee.TIMERS_SURVIVE,
        () -> looks.number() + " repeats of " + alert.policy() + " since " + looks.since());
  }

  /// Groups were told.
  ///
  /// @param before what waited then
  void flushed(Set<Place> before, List<Telling> tellings, Instant now) {
    tellings.forEach(telling -> told(telling, now));
    var told = new HashSet<Place>();
    tellings.forEach(telling -> told.add(new Place(telling.receiver(), telling.alertId())));
    for (Place place : before) {
      Invariants.require(
          told.contains(place) || committed.waiting().containsKey(place),
          Guarantee.NOTHING_MISSED,
          () -> "what waited for " + place + " is gone and was not told");
    }
  }

  /// An alert is over, and so everybody who heard of it was told or will be.
  void ended(Alert alert) {
    for (Member waiting : committed.waitingOf(alert.id()).values()) {
      Invariants.require(
          isEnd(waiting),
          Guarantee.TOLD_THE_TRUTH,
          () -> waiting + " waits, and the alert is over");
    }
    for (Telling last : committed.told(alert.id()).values()) {
      Member waiting = committed.waiting().get(new Place(last.receiver(), alert.id()));
      Invariants.require(
          waiting != null || last.isEnd(),
          Guarantee.TOLD_THE_TRUTH,
          () -> last.receiver() + " was last told " + last.type() + " of a resolved alert");
    }
  }

  private static boolean isEnd(Member member) {
    return switch (member.kind()) {
      case RESOLVED, LATE -> true;
      case FIRED, ESCALATED, DEESCALATED, UPDATED, REPEATED -> false;
    };
  }

  // Every step.

  /// @param upSince since when the owner works without a break
  void everyStep(Instant upSince, Instant now) {
    for (Alert alert : committed.live()) {
      if (alert.state() == Alert.State.FIRING && !quiet.isQuiet(alert, now)) {
        isKnown(alert, upSince, now);
      }
    }
    waitsNoLonger(upSince, now);
  }

  private void isKnown(Alert alert, Instant upSince, Instant now) {
    Map<String, Telling> told = committed.told(alert.id());
    Map<String, Member> waiting = committed.waitingOf(alert.id());
    Invariants.require(
        !told.isEmpty() || !waiting.isEmpty(),
        Guarantee.NOTHING_MISSED,
        () -> alert.policy() + " " + alert.budgetLabels() + " fires and nobody was told");
    for (Telling last : told.values()) {
      Invariants.require(
          waiting.containsKey(last.receiver()) || last.severity() == alert.severity(),
          Guarantee.TOLD_THE_TRUTH,
          () -> last.receiver() + " was told " + last.severity() + " of " + alert);
    }
    for (Member member : waiting.values()) {
      Invariants.require(
          !isEnd(member) && member.severity() == alert.severity(),
          Guarantee.TOLD_THE_TRUTH,
          () -> member + " waits, but it is " + alert);
    }
    // That a receiver cannot be reached is told elsewhere, where the routes lead to it alone.
    boolean byRoutes = !alert.policy().equals(BuiltInPolicies.DELIVERY_HEALTH);
    for (String receiver : Plan.receiversOf(alert)) {
      Telling last = told.get(receiver);
      if (waiting.containsKey(receiver)) {
        continue;
      }
      Invariants.require(
          last != null || !byRoutes,
          Guarantee.NOTHING_MISSED,
          () -> receiver + " should have been told of " + alert);
      if (last != null && alert.ackedBy().isEmpty()) {
        isRepeated(alert, last, upSince, now);
      }
    }
  }

  /// A repeat that fell into a quiet time comes at its end.
  private void isRepeated(Alert alert, Telling last, Instant upSince, Instant now) {
    Instant due = last.at().plus(Plan.REPEAT);
    if (!now.isAfter(due)) {
      return;
    }
    Manner manner = manner(last.receiver());
    Instant possible = later(later(due, upSince), quiet.ended(alert, now));
    // Where it waited in a group the rhythm counts from when that was to be told.
    Instant by = manner.heard(possible.plus(manner.longestWait())).plus(MOMENT);
    Invariants.require(
        !now.isAfter(by),
        Guarantee.TIMERS_SURVIVE,
        () -> alert.policy() + " should have been told again by " + by + " to " + last.receiver());
  }

  private void waitsNoLonger(Instant upSince, Instant now) {
    Map<Place, Member> waiting = committed.waiting();
    waitingSince.keySet().retainAll(waiting.keySet());
    waiting.forEach((place, member) -> {
      if (quiet.isQuiet(committed.alert(place.alertId()), now)) {
        waitingSince.remove(place);
        return;
      }
      Instant since = waitingSince.computeIfAbsent(place, known -> now);
      Manner manner = manner(place.receiver());
      Instant by = manner.heard(later(since, upSince).plus(manner.longestWait())).plus(TRIED_AGAIN);
      Invariants.require(
          !now.isAfter(by),
          Guarantee.TOLD_IN_TIME,
          () -> member + " waits since " + since + " and should have been told by " + by);
    });
  }

  private Manner manner(String receiver) {
    return manners.getOrDefault(receiver, Manner.AT_ONCE);
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }
}
