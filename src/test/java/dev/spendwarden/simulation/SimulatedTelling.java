package dev.spendwarden.simulation;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.Evaluation;
import dev.spendwarden.alert.Matching;
import dev.spendwarden.alert.Snapshot;
import dev.spendwarden.alert.Transition;
import dev.spendwarden.charge.Names;
import dev.spendwarden.notify.Dispatch;
import dev.spendwarden.notify.Group;
import dev.spendwarden.notify.Groups;
import dev.spendwarden.notify.Member;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.notify.Outbox;
import dev.spendwarden.notify.Reminders;
import dev.spendwarden.notify.Standing;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.store.Database.Ports;
import dev.spendwarden.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The telling half of one process: what goes to the outbox at once, what waits there for its
/// group's time, and when firing alerts must be told again. Does what `LookRecorder`, `Retelling`
/// and `GroupTimer` of `app` do.
final class SimulatedTelling {

  private static final Duration REMIND_AGAIN = Duration.ofSeconds(1);

  private final Simulation world;
  private final SimulatedDaemon daemon;
  private final long term;
  private final Dispatch dispatch;
  private final Dispatch flushing;
  private final Reminders reminders = new Reminders();

  /// When the next group is due, as far as this process knows.
  private Instant nextGroup = Instant.MAX;

  SimulatedTelling(Simulation world, SimulatedDaemon daemon, long term, Plan plan) {
    this.world = world;
    this.daemon = daemon;
    this.term = term;
    this.dispatch = by(plan);
    this.flushing =
        world.fault() == Fault.DEAF_TO_MUTE_HOURS
            ? by(new Plan(plan.watched(), Map.of()))
            : dispatch;
  }

  private static Dispatch by(Plan plan) {
    return new Dispatch(plan.routes(), (rule, assessment) -> rule.name(), Optional.empty());
  }

  /// When something is to be told though nothing changes.
  Instant next() {
    return nextGroup.isBefore(reminders.next()) ? nextGroup : reminders.next();
  }

  // In the transaction of a look.

  /// @return what was told at once
  List<Telling> tell(Ports ports, List<Transition> transitions) {
    var told = new ArrayList<Telling>();
    for (Notification message : dispatch.tell(transitions, ports.outbox(), world.now())) {
      told.addAll(Telling.in(message, ports.outbox(), false));
      if (world.fault() == Fault.SEND_BEFORE_COMMIT) {
        world.peer(message.receiver()).send(message);
      }
    }
    for (Transition transition : transitions) {
      world.note(
          "%s %s %s %s",
          transition.kind(),
          transition.alert().policy(),
          transition.alert().budgetLabels(),
          transition.alert().severity());
      world.tally().transition(transition.kind());
    }
    return told;
  }

  /// Something may have been added to a group.
  void look(Ports ports) {
    nextGroup = ports.outbox().groups().nextFlushAt(Names.ALL).orElse(Instant.MAX);
  }

  /// The reason why a group waits may have gone.
  void wakeHeld(Ports ports) {
    ports.outbox().groups().wakeHeld(world.now());
    look(ports);
  }

  // Groups.

  /// Tells the groups that are due.
  void flush(Evaluation known) {
    Instant now = world.now();
    if (now.isBefore(nextGroup)) {
      return;
    }
    var tellings = new ArrayList<Telling>();
    Set<Committed.Place> before = Set.copyOf(world.committed().waiting().keySet());
    try {
      world
          .store()
          .transact(
              term,
              ports -> {
                flush(ports.outbox(), known, tellings);
                look(ports);
                return known;
              },
              () -> {
                if (world.oracle(term).isPresent()) {
                  world.flushed(before, tellings);
                }
              });
      daemon.nudge();
    } catch (StoreException | Crash e) {
      // It may have been committed: nobody was nudged, but receivers look by themselves.
      daemon.lookByThemselves();
      nextGroup = now.plus(daemon.isPaused() ? daemon.afterTrouble() : Duration.ofSeconds(1));
      if (e instanceof Crash crash) {
        throw crash;
      }
      world.note("groups were not told: %s", e.getMessage());
    } finally {
      daemon.sleep();
    }
  }

  private void flush(Outbox outbox, Evaluation known, List<Telling> tellings) {
    Instant now = world.now();
    Groups groups = outbox.groups();
    List<Group> due = groups.due(now, Integer.MAX_VALUE);
    Snapshot seen = known.snapshot(now);
    Standing standing = (budgetId, alertId) -> standing(known, seen, budgetId, alertId);
    for (Notification message : flushing.flush(outbox, standing, Names.ALL, now)) {
      tellings.addAll(Telling.in(message, outbox, true));
    }
    if (world.fault() == Fault.FORGETFUL_FLUSH) {
      for (Group group : due) {
        for (Member member : groups.waitingIn(group.id())) {
          groups.forget(member.receiver(), member.alertId());
        }
      }
    }
  }

  private Optional<Standing.Present> standing(
      Evaluation known, Snapshot seen, String budgetId, String alertId) {
    return Optional.ofNullable(seen.budgets().get(budgetId))
        .flatMap(view ->
            view.alert()
                .filter(alert -> alert.id().equals(alertId))
                .flatMap(alert ->
                    Optional.ofNullable(seen.policies().get(alert.policy()))
                        .map(policy ->
                            new Standing.Present(
                                policy,
                                alert,
                                Optional.of(view.assessment()),
                                Matching.quietUntil(
                                    known.silences(), policy, alert, world.now())))));
  }

  // Repeats.

  Optional<Instant> nextRepeat(Ports ports, Evaluation known, Alert alert) {
    Optional<Policy> policy = known.policy(alert.policy());
    if (alert.state() != Alert.State.FIRING || alert.ackedBy().isPresent() || policy.isEmpty()) {
      return Optional.empty();
    }
    Optional<Instant> quietUntil = known.quietUntil(alert, world.now());
    return dispatch
        .nextRepeat(
            policy.get(),
            alert,
            ports.outbox().toldAt(List.of(alert.id())).getOrDefault(alert.id(), Map.of()),
            world.now())
        .map(at -> quietUntil.filter(until -> until.isAfter(at)).orElse(at));
  }

  void remindOf(Map<Alert, Optional<Instant>> repeats) {
    repeats.forEach(reminders::set);
  }

  void neverRemindOf(Alert alert) {
    reminders.set(alert, Optional.empty());
  }

  /// The alerts that must be told again.
  List<Alert> due() {
    return reminders.due(world.now());
  }

  /// Gives those that are still due another time.
  void remindLater(Evaluation known) {
    Instant now = world.now();
    world
        .store()
        .transact(
            term,
            ports -> {
              for (Alert alert : reminders.due(now)) {
                Instant soonest = now.plus(REMIND_AGAIN);
                reminders.set(
                    alert,
                    nextRepeat(ports, known, known.present(alert))
                        .map(at -> at.isAfter(soonest) ? at : soonest));
              }
              return known;
            });
  }

  void forgetReminders() {
    reminders.clear();
  }

  /// Asks anew when each of `alerts` must be told again.
  void remindAnew(Evaluation known, Collection<Alert> alerts) {
    world
        .store()
        .transact(
            term,
            ports -> {
              alerts.forEach(alert -> reminders.set(alert, nextRepeat(ports, known, alert)));
              return known;
            });
  }
}
