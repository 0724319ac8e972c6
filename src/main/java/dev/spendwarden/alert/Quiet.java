package dev.spendwarden.alert;

import dev.spendwarden.alert.Transition.Kind;
import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.Severity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Holds back what nobody is to be told while a silence (or a muting waiver) lasts, and tells it
/// when that is over: those who were told before are brought up to date with one change, and where
/// nobody was told and the alert still fires, it is told as fired. What began and ended in quiet is
/// never told; the end of what was told before is told after the quiet, so that nobody is left
/// believing that it fires. Owned by [Evaluation].
final class Quiet {

  private final Map<String, Silence> silences = new LinkedHashMap<>();

  private final Map<String, Debt> debts = new LinkedHashMap<>();

  /// What is owed, and the alert as it was when it came to be owed.
  private record Debt(Owed owed, Alert alert) {}

  /// An alert as it is now.
  record Present(Policy policy, Alert alert) {}

  /// Finds what has become of an alert; always answers, for one that is over with what is known.
  interface Lookup {
    Present of(Alert alert);

    /// What it is judged on, with all that people see: a forecast is made for it, so only what is
    /// told is asked for.
    Assessment shown(Present present);
  }

  /// What the stored rows must become.
  private static final class Changes {
    final List<Transition> told = new ArrayList<>();
    final List<Transition> hushed = new ArrayList<>();
    final Map<String, Optional<Owed>> owed = new LinkedHashMap<>();
  }

  /// Takes in what is owed of the stored alerts.
  void restore(Collection<Owed> stored, Collection<Alert> alerts) {
    if (stored.isEmpty()) {
      return;
    }
    Map<String, Owed> byAlert =
        stored.stream().collect(Collectors.toMap(Owed::alertId, owed -> owed));
    for (Alert alert : alerts) {
      @Nullable Owed owed = byAlert.get(alert.id());
      if (owed != null) {
        debts.put(alert.id(), new Debt(owed, alert));
      }
    }
  }

  /// Adds a silence, and forgets those that ended before it starts.
  void put(Silence silence) {
    silences.values().removeIf(former -> former.hasEnded(silence.startsAt()));
    silences.put(silence.id(), silence);
  }

  Optional<Silence> remove(String silenceId) {
    return Optional.ofNullable(silences.remove(silenceId));
  }

  List<Silence> silences() {
    return List.copyOf(silences.values());
  }

  /// See [Matching#quietUntil].
  Optional<Instant> quietUntil(Policy policy, Alert alert, Instant now) {
    return Matching.quietUntil(silences.values(), policy, alert, now);
  }

  /// When something that was held back must be told, if nothing else happens.
  Instant nextWakeUp(Lookup lookup, Instant now) {
    Instant next = Instant.MAX;
    for (Debt debt : debts.values()) {
      Present present = lookup.of(debt.alert());
      Instant until = quietUntil(present.policy(), present.alert(), now).orElse(now);
      next = until.isBefore(next) ? until : next;
    }
    return next;
  }

  /// The outcome without what is held back and with what no longer is.
  Outcome sift(Outcome outcome, Instant now, Lookup lookup) {
    if (outcome.transitions().isEmpty() && debts.isEmpty()) {
      return outcome;
    }
    var changes = new Changes();
    for (Transition transition : outcome.transitions()) {
      if (quietUntil(transition.policy(), transition.alert(), now).isPresent()) {
        holdBack(transition, changes);
      } else {
        tell(transition, changes);
      }
    }
    for (Debt debt : List.copyOf(debts.values())) {
      Present present = lookup.of(debt.alert());
      if (quietUntil(present.policy(), present.alert(), now).isEmpty()) {
        release(debt.owed(), present, lookup.shown(present), now, changes);
      }
    }
    return outcome.told(changes.told, changes.hushed, changes.owed);
  }

  private void holdBack(Transition transition, Changes changes) {
    changes.hushed.add(transition);
    Alert alert = transition.alert();
    @Nullable Debt debt = debts.get(alert.id());
    Optional<Severity> told = debt == null ? transition.formerSeverity() : debt.owed().told();
    switch (transition.kind()) {
      case REPEATED -> {}
      case RESOLVED -> {
        if (told.isPresent()) {
          owe(new Owed(alert.id(), told, Kind.RESOLVED), alert, changes);
        } else {
          settle(alert, changes);
        }
      }
      case FIRED, LATE, ESCALATED, DEESCALATED, UPDATED ->
          owe(new Owed(alert.id(), told, transition.kind()), alert, changes);
    }
  }

  private void tell(Transition transition, Changes changes) {
    @Nullable Debt debt = debts.get(transition.alert().id());
    if (debt == null) {
      changes.told.add(transition);
      return;
    }
    switch (transition.kind()) {
      case RESOLVED -> {
        if (debt.owed().told().isPresent()) {
          changes.told.add(transition);
        }
      }
      case LATE -> changes.told.add(transition);
      case FIRED, ESCALATED, DEESCALATED, UPDATED, REPEATED ->
          catchUp(debt.owed(), transition).ifPresent(changes.told::add);
    }
    settle(transition.alert(), changes);
  }

  private void release(Owed owed, Present present, Assessment shown, Instant now, Changes changes) {
    Alert alert = present.alert();
    if (alert.state() == Alert.State.RESOLVED) {
      // Only what somebody was told of can be owed of an alert that is over, or a late charge.
      Kind kind = owed.kind() == Kind.LATE ? Kind.LATE : Kind.RESOLVED;
      Instant at = kind == Kind.LATE ? now : alert.endedAt().orElse(now);
      changes.told.add(transition(kind, present, shown, owed.told(), at));
    } else {
      catchUp(owed, transition(Kind.FIRED, present, shown, owed.told(), now))
          .ifPresent(changes.told::add);
    }
    settle(alert, changes);
  }

  private static Transition transition(
      Kind kind, Present present, Assessment shown, Optional<Severity> former, Instant at) {
    return new Transition(kind, present.alert(), present.policy(), shown, former, at);
  }

  /// The transition as those see it who were told (or not) of the alert as it was before.
  private static Optional<Transition> catchUp(Owed owed, Transition transition) {
    return owed.catchUp(transition.alert())
        .map(kind ->
            new Transition(
                kind,
                transition.alert(),
                transition.policy(),
                transition.assessment(),
                owed.told(),
                transition.at()));
  }

  private void owe(Owed owed, Alert alert, Changes changes) {
    debts.put(alert.id(), new Debt(owed, alert));
    changes.owed.put(alert.id(), Optional.of(owed));
  }

  private void settle(Alert alert, Changes changes) {
    if (debts.remove(alert.id()) != null) {
      changes.owed.put(alert.id(), Optional.empty());
    }
  }
}
