package dev.spendwarden.simulation;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.BuiltInPolicies;
import dev.spendwarden.alert.Outcome;
import dev.spendwarden.alert.Transition;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.notify.DeliveryResult;
import dev.spendwarden.notify.Member;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.notify.RetryPolicy;
import dev.spendwarden.policy.Budget;
import dev.spendwarden.simulation.Plan.Watched;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What is guaranteed, compared with what is durable, with what arrived, and with the [Oracle].
/// Throws [Broken].
final class Invariants {

  /// The longest a due notification may wait while its receiver answers: the last step of the retry
  /// list, which is longer than any `Retry-After` that is honoured.
  private static final Duration LONGEST_WAIT = Duration.ofHours(2);

  private static final Duration HORIZON = Duration.ofHours(72);
  private static final Duration MOMENT = Duration.ofSeconds(1);
  private static final Duration UNREACHABLE_AFTER = Duration.ofMinutes(5).plusMillis(500);

  /// Alerts of which a late charge was held back by a silence.
  private final Set<String> lateInSilence = new HashSet<>();

  private final Committed committed;
  private final Oracle oracle;
  private final Arrivals arrivals;
  private final QuietTimes quiet;
  private final Tellings tellings;
  private final Map<String, Instant> revived = new HashMap<>();
  private final Map<String, Instant> failingSince = new HashMap<>();
  private final Map<String, Set<String>> firingBefore = new HashMap<>();
  private final Map<String, String> budgetIds = new HashMap<>();
  private Map<String, String> fingerprints = Map.of();

  Invariants(
      Committed committed, Oracle oracle, Arrivals arrivals, QuietTimes quiet, Tellings tellings) {
    this.committed = committed;
    this.arrivals = arrivals;
    this.oracle = oracle;
    this.quiet = quiet;
    this.tellings = tellings;
  }

  void configured(Plan plan) {
    var next = new HashMap<String, String>();
    plan.watched().forEach(one -> next.put(one.name(), one.policy().fingerprint()));
    fingerprints = next;
    quiet.configured(next.keySet());
  }

  void revived(String notificationId, Instant now) {
    revived.put(notificationId, now);
    arrivals.revived(notificationId);
  }

  // One look.

  /// A look is durable, and what it was made of has been told to the oracle.
  void looked(Outcome outcome, Instant now) {
    for (Transition transition : outcome.transitions()) {
      if (transition.kind() == Transition.Kind.REPEATED) {
        tellings.lookedForRepeat(transition.alert(), now);
      }
      // What a silence held back was justified when it happened; the charge may be restated since.
      if (transition.kind() != Transition.Kind.LATE
          || !lateInSilence.remove(transition.alert().id())) {
        justified(transition, now);
      }
    }
    for (Transition transition : outcome.hushed()) {
      justified(transition, now);
      if (transition.kind() == Transition.Kind.LATE) {
        lateInSilence.add(transition.alert().id());
      }
    }
    oracle.looked(now);
    for (Alert alert : outcome.changed()) {
      require(
          committed.live(alert.budgetId()).size() <= 1,
          Guarantee.ONE_ALERT,
          () -> alert.policy() + " has " + committed.live(alert.budgetId()));
      if (alert.state() == Alert.State.RESOLVED && !quiet.isQuiet(alert, now)) {
        tellings.ended(alert);
      }
    }
  }

  private void justified(Transition transition, Instant now) {
    Alert alert = transition.alert();
    switch (transition.kind()) {
      case RESOLVED -> resolvedRightly(alert, now);
      case LATE -> {
        Watched one = watched(alert).orElseThrow();
        require(
            oracle.isBreachedIn(one, label(alert), alert.periodStart(), now),
            Guarantee.TOLD_THE_TRUTH,
            () -> "a late charge breached nothing in " + alert.policy());
      }
      case FIRED, ESCALATED, DEESCALATED, UPDATED, REPEATED -> {}
    }
  }

  private void resolvedRightly(Alert alert, Instant now) {
    switch (alert.reason().orElseThrow()) {
      case PERIOD_CLOSED ->
          require(
              !now.isBefore(alert.periodEnd()),
              Guarantee.NO_FALSE_RESOLVE,
              () -> alert.policy() + " was closed before its period's end");
      case POLICY_CHANGED, POLICY_REMOVED ->
          require(
              !alert.policyFingerprint().equals(fingerprints.get(alert.policy())),
              Guarantee.NO_FALSE_RESOLVE,
              () -> alert.policy() + " is as it was and its alert was ended");
      case RECOVERED -> recoveredRightly(alert, now);
    }
  }

  private void recoveredRightly(Alert alert, Instant now) {
    // A resolve that was owed is told later, when something else may be true.
    boolean ofNow = alert.endedAt().equals(Optional.of(now));
    if (BuiltInPolicies.isReserved(alert.policy())) {
      alert
          .budgetLabels()
          .get(Dimension.SOURCE)
          .filter(source -> ofNow)
          .ifPresent(source ->
              require(
                  oracle.answers(source),
                  Guarantee.NO_FALSE_RESOLVE,
                  () -> source + " was called well while it failed"));
      return;
    }
    Watched one = watched(alert).orElse(null);
    if (ofNow && one != null) {
      Optional<Set<String>> firing = oracle.firing(one, label(alert), now);
      require(
          firing.isPresent() && firing.get().isEmpty(),
          Guarantee.NO_FALSE_RESOLVE,
          () ->
              alert.policy()
                  + " "
                  + alert.budgetLabels()
                  + (firing.isEmpty()
                      ? " was resolved on data that is too little"
                      : " was resolved while these should fire: " + firing.get()));
    }
  }

  private Optional<Watched> watched(Alert alert) {
    return oracle.watched().stream().filter(one -> one.name().equals(alert.policy())).findFirst();
  }

  private static String label(Alert alert) {
    return Oracle.label(alert.budgetLabels());
  }

  // Every step.

  /// @param upSince since when the owner works without a break
  void everyStep(Collection<Peer> peers, Instant upSince, Instant now) {
    for (Watched one : oracle.watched()) {
      for (String label : oracle.labels(one)) {
        asTheOracleSays(one, label, now);
      }
    }
    tellings.everyStep(upSince, now);
    for (Peer peer : peers) {
      delivered(peer, upSince, now);
    }
    sourcesAreWatched(upSince, now);
  }

  private void asTheOracleSays(Watched one, String label, Instant now) {
    String budgetId =
        budgetIds.computeIfAbsent(
            one.name() + "/" + label, key -> Budget.of(one.name(), labels(one, label)).id());
    var firing = new TreeSet<String>();
    for (Alert alert : committed.live(budgetId)) {
      firing.addAll(alert.firingRules());
    }
    Set<String> before = firingBefore.put(budgetId, firing);
    Optional<Set<String>> should = oracle.firing(one, label, now);
    if (should.isEmpty() || should.get().equals(firing)) {
      return;
    }
    var missing = new TreeSet<>(should.get());
    missing.removeAll(firing);
    boolean timed =
        one.lines().stream()
            .anyMatch(line ->
                missing.contains(line.rule()) != firing.contains(line.rule())
                    && !(line.holdFor().isZero() && line.keepFiringFor().isZero()));
    throw new Broken(
        timed ? Guarantee.TIMERS_SURVIVE : Guarantee.NOTHING_MISSED,
        "%s/%s fires %s (before: %s), it should be %s; looks found %s; stored is %s"
            .formatted(
                one.name(),
                label,
                firing,
                before,
                should.get(),
                oracle.story(one, label, now),
                committed.live(budgetId)));
  }

  private static dev.spendwarden.charge.Dimensions labels(Watched one, String label) {
    return one.per()
        .map(dimension -> dev.spendwarden.charge.Dimensions.of(dimension, label))
        .orElse(dev.spendwarden.charge.Dimensions.NONE);
  }

  private void delivered(Peer peer, Instant upSince, Instant now) {
    for (Notification waiting : committed.undelivered(peer.name())) {
      if (waiting.state() == Notification.State.DEAD) {
        continue;
      }
      Instant queued = revived.getOrDefault(waiting.id(), waiting.createdAt());
      peer.fineSince()
          .ifPresent(fine -> {
            Instant by = later(later(fine, upSince), queued).plus(LONGEST_WAIT).plus(MOMENT);
            require(
                !now.isAfter(by),
                Guarantee.DELIVERED,
                () -> waiting.type() + " " + waiting.id() + " still waits for " + peer.name());
          });
      Instant failing =
          later(later(queued, upSince), failingSince.getOrDefault(peer.name(), Instant.MAX));
      boolean unreachable =
          !failing.equals(Instant.MAX)
              && waiting.attempts() > 0
              && now.isAfter(failing.plus(UNREACHABLE_AFTER).plus(MOMENT));
      require(
          !unreachable || isTold(BuiltInPolicies.DELIVERY_HEALTH, Dimension.RECEIVER, peer.name()),
          Guarantee.NO_SILENCE,
          () -> peer.name() + " cannot be reached and there is no alert of it");
    }
  }

  /// An attempt was recorded.
  void attempted(Notification after, DeliveryResult result, Instant now) {
    if (result instanceof DeliveryResult.Delivered) {
      failingSince.remove(after.receiver());
    } else {
      failingSince.putIfAbsent(after.receiver(), now);
    }
    if (after.state() == Notification.State.DEAD) {
      boolean rightly =
          result instanceof DeliveryResult.Rejected
              ? after.attempts() >= RetryPolicy.REJECTED_TRIES
              : !now.isBefore(after.createdAt().plus(HORIZON));
      require(
          rightly,
          Guarantee.DELIVERED,
          () -> after.type() + " was given up after " + after.attempts() + " attempts: " + result);
    }
  }

  private void sourcesAreWatched(Instant upSince, Instant now) {
    Plan.SOURCES.forEach((source, terms) -> {
      Instant since = later(oracle.dataAsOf(source).orElse(upSince).plus(terms.maxAge()), upSince);
      boolean tooOld = now.isAfter(since.plus(terms.pollInterval()).plus(MOMENT));
      require(
          !tooOld || isTold(BuiltInPolicies.SOURCE_HEALTH, Dimension.SOURCE, source),
          Guarantee.NO_SILENCE,
          () -> source + " is stale since " + since + " and there is no alert of it");
    });
  }

  private boolean isTold(String policy, Dimension subject, String name) {
    return committed.live().stream()
        .anyMatch(alert ->
            alert.policy().equals(policy)
                && alert.state() == Alert.State.FIRING
                && alert.budgetLabels().get(subject).equals(Optional.of(name)));
  }

  // Memory and store.

  /// What the owner holds in memory must be what is stored, and nothing waits but what should.
  void sameAsStored(Collection<Alert> held, List<Alert> stored, Collection<Member> waiting) {
    var live = new ArrayList<>(committed.live());
    var inStore = stored.stream().filter(alert -> alert.state() != Alert.State.RESOLVED).toList();
    require(
        Set.copyOf(inStore).equals(Set.copyOf(live)),
        Guarantee.ATOMIC,
        () -> "the store holds " + inStore + " of the committed " + live);
    require(
        Set.copyOf(held).equals(Set.copyOf(live)),
        Guarantee.MEMORY_IS_STORE,
        () -> "the owner holds " + held + ", the store " + live);
    require(
        Set.copyOf(waiting).equals(Set.copyOf(committed.waiting().values())),
        Guarantee.ATOMIC,
        () -> "there wait " + waiting + " of the committed " + committed.waiting());
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }

  /// How a guarantee was broken, put in words only when it was.
  interface Text {
    String get();
  }

  static void require(boolean kept, Guarantee guarantee, Text how) {
    if (!kept) {
      throw new Broken(guarantee, how.get());
    }
  }
}
