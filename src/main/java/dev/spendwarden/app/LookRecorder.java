package dev.spendwarden.app;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.Evaluation;
import dev.spendwarden.alert.Outcome;
import dev.spendwarden.alert.Transition;
import dev.spendwarden.charge.Names;
import dev.spendwarden.notify.Reminders;
import dev.spendwarden.notify.Standing;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.store.Database;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/// Makes durable what one look changed, in one transaction with what is to be told of it, and keeps
/// in mind when firing alerts must be told again and waiting groups told. Used by the evaluation's
/// thread alone.
final class LookRecorder {

  static final Consumer<Database.Ports> NOTHING_MORE = ports -> {};

  /// Between two reminders of one alert, at the least.
  private static final Duration REMIND_AGAIN = Duration.ofSeconds(1);

  private final Database database;
  private final Writing writing;
  private final Messenger messenger;
  private final Reminders reminders = new Reminders();
  private final GroupTimer groups;

  /// Writes under the lease that the evaluation was restored under.
  interface Writing {
    <T> T write(Function<Database.Ports, T> work);
  }

  /// @param database for reading
  /// @param policies whose groups are told here
  LookRecorder(
      Database database,
      Writing writing,
      InstantSource clock,
      Messenger messenger,
      Supplier<Names> policies) {
    this.database = database;
    this.writing = writing;
    this.messenger = messenger;
    this.groups = new GroupTimer(writing, clock, messenger, policies);
  }

  /// @param also written in the same transaction
  void store(Evaluation judged, Outcome outcome, Consumer<Database.Ports> also, Instant now) {
    if (outcome.isEmpty() && also == NOTHING_MORE) {
      return;
    }
    Map<String, Instant> fired = fired(outcome);
    List<Alert> known =
        outcome.changed().stream().filter(alert -> !fired.containsKey(alert.id())).toList();
    var repeats = new LinkedHashMap<Alert, Optional<Instant>>();
    writing.write(ports -> {
      also.accept(ports);
      outcome.posting().ifPresent(ports.ledger()::append);
      outcome.statuses().forEach(ports.ledger()::putStatus);
      ports.alerts().put(outcome.changed());
      outcome.forgotten().forEach(alert -> ports.alerts().remove(alert.id()));
      outcome
          .owed()
          .forEach((alertId, owed) ->
              owed.ifPresentOrElse(
                  ports.quiet()::putOwed, () -> ports.quiet().removeOwed(alertId)));
      ports.forecasts().keep(outcome.forecasts());
      ports.forecasts().score(outcome.scored());
      messenger.tell(ports, outcome.transitions());
      Map<String, Map<String, Instant>> told = told(ports, judged, known);
      known.forEach(alert -> repeats.put(alert, nextRepeat(told, judged, alert, now)));
      groups.look(ports);
      return outcome;
    });
    repeats.forEach(reminders::set);
    if (!outcome.transitions().isEmpty()) {
      messenger.nudge();
    }
    // The news are on their way; of ten thousand that have fired this takes a while.
    messenger.stored(outcome.transitions());
    for (Alert alert : outcome.changed()) {
      Instant firedAt = fired.get(alert.id());
      if (firedAt != null) {
        reminders.set(
            alert,
            nextRepeat(
                judged, alert, now, policy -> messenger.firstRepeat(policy, alert, firedAt)));
      }
    }
  }

  private static Map<String, Instant> fired(Outcome outcome) {
    var fired = new HashMap<String, Instant>();
    for (Transition transition : outcome.transitions()) {
      if (transition.kind() == Transition.Kind.FIRED) {
        fired.put(transition.alert().id(), transition.at());
      }
    }
    return fired;
  }

  /// When something is to be told though nothing changes: an alert again, or a group that waits.
  Instant nextToTell() {
    Instant group = groups.next();
    return group.isBefore(reminders.next()) ? group : reminders.next();
  }

  /// The reason why a group waits may have gone; inside the transaction of that.
  void wakeHeld(Database.Ports ports) {
    groups.wakeHeld(ports);
  }

  /// Looks whether something was added to a group elsewhere, or a reason to wait has gone.
  void lookAtGroups() {
    database.read(ports -> {
      groups.look(ports);
      return groups;
    });
  }

  /// Tells the groups that are due.
  void tellGroups(Standing standing) {
    groups.flush(standing);
  }

  /// Alerts that must be told again.
  List<Alert> due(Instant now) {
    return reminders.due(now);
  }

  void neverRemindOf(Alert alert) {
    reminders.set(alert, Optional.empty());
  }

  void forgetReminders() {
    reminders.clear();
  }

  /// Works out anew when each of `alerts` must be told again.
  void remindOf(Evaluation judged, Collection<Alert> alerts, Instant now) {
    database.read(ports -> {
      Map<String, Map<String, Instant>> told = told(ports, judged, alerts);
      alerts.forEach(alert -> reminders.set(alert, nextRepeat(told, judged, alert, now)));
      return judged;
    });
  }

  /// Gives those that are still due another time. Never at once: whatever the routes say, time goes
  /// by between two looks.
  void remindLater(Evaluation judged, Instant now) {
    Instant soonest = now.plus(REMIND_AGAIN);
    database.read(ports -> {
      List<Alert> due = reminders.due(now);
      Map<String, Map<String, Instant>> told =
          told(ports, judged, due.stream().map(judged::present).toList());
      for (Alert alert : due) {
        reminders.set(
            alert,
            nextRepeat(told, judged, judged.present(alert), now)
                .map(at -> at.isAfter(soonest) ? at : soonest));
      }
      return judged;
    });
  }

  /// What the outbox knows of all of them, asked at once; of those that are never repeated it is
  /// not asked.
  private Map<String, Map<String, Instant>> told(
      Database.Ports ports, Evaluation judged, Collection<Alert> alerts) {
    return ports
        .outbox()
        .toldAt(
            alerts.stream()
                .filter(alert -> mayRepeat(alert))
                .filter(alert ->
                    judged
                        .policy(alert.policy())
                        .flatMap(policy -> messenger.firstRepeat(policy, alert, alert.startedAt()))
                        .isPresent())
                .map(Alert::id)
                .toList());
  }

  private static Map<String, Instant> of(Alert alert, Map<String, Map<String, Instant>> told) {
    return told.getOrDefault(alert.id(), Map.of());
  }

  private static boolean mayRepeat(Alert alert) {
    return alert.state() == Alert.State.FIRING && alert.ackedBy().isEmpty();
  }

  private Optional<Instant> nextRepeat(
      Map<String, Map<String, Instant>> told, Evaluation judged, Alert alert, Instant now) {
    return nextRepeat(
        judged, alert, now, policy -> messenger.nextRepeat(policy, alert, of(alert, told), now));
  }

  /// While it is quiet the time waits for its end.
  private static Optional<Instant> nextRepeat(
      Evaluation judged, Alert alert, Instant now, Function<Policy, Optional<Instant>> byRoutes) {
    Optional<Policy> policy = judged.policy(alert.policy());
    if (!mayRepeat(alert) || policy.isEmpty()) {
      return Optional.empty();
    }
    Optional<Instant> quietUntil = judged.quietUntil(alert, now);
    return byRoutes
        .apply(policy.get())
        .map(at -> quietUntil.filter(until -> until.isAfter(at)).orElse(at));
  }
}
