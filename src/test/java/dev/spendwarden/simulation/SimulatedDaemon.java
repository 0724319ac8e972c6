package dev.spendwarden.simulation;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.Evaluation;
import dev.spendwarden.alert.GrantedWaiver;
import dev.spendwarden.alert.HealthWatch;
import dev.spendwarden.alert.Outcome;
import dev.spendwarden.alert.ReceiverHealth;
import dev.spendwarden.alert.Silence;
import dev.spendwarden.charge.Reading;
import dev.spendwarden.notify.Notification;
import dev.spendwarden.simulation.Providers.Answer;
import dev.spendwarden.store.Database.Ports;
import dev.spendwarden.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One process: everything in it is lost when it dies. The parts that decide are the product's own;
/// this class only brings them into the order in which the verticles of `app` do: look, store in
/// one transaction, nudge; find, send, record.
final class SimulatedDaemon {

  private static final Duration AGAIN = Duration.ofSeconds(5);

  private static final Consumer<Ports> NOTHING_MORE = ports -> {};

  private final Simulation world;
  private final long term;
  private final SimulatedTelling telling;
  private final SimulatedReceivers receivers;

  private Plan plan;
  private Instant since;
  private @Nullable Evaluation evaluation;
  private Instant dueAt = Instant.MAX;
  private Simulation.@Nullable Event alarm;
  private boolean paused;

  SimulatedDaemon(Simulation world, Plan plan, long term) {
    this.world = world;
    this.plan = plan;
    this.term = term;
    this.since = world.now();
    this.telling = new SimulatedTelling(world, this, term, plan);
    this.receivers = new SimulatedReceivers(world, this, term);
  }

  void start() {
    restore();
    Plan.SOURCES.keySet().stream()
        .sorted()
        .forEach(source -> later(Duration.ofMillis(20), () -> poll(source)));
    receivers.start();
  }

  void die() {
    world.died(this);
  }

  /// It will never own anything again but does not know it yet.
  void lostItsTerm() {
    paused = true;
  }

  boolean isPaused() {
    return paused;
  }

  /// Whether it is in order and has nothing left to do at this instant.
  boolean isSettled() {
    return evaluation != null && dueAt.isAfter(world.now());
  }

  /// Does something later, unless it is dead by then.
  Simulation.Event later(Duration wait, Runnable work) {
    return world.schedule(world.now().plus(wait), this, work);
  }

  Duration afterTrouble() {
    return paused ? Duration.ofMinutes(40) : AGAIN;
  }

  // Sources.

  private void poll(String source) {
    Answer answer = world.providers().ask(source, world.now());
    world.crashes().at("source answered");
    try {
      take(answer);
    } catch (StoreException e) {
      world.note("the answer of %s was not stored", source);
    }
    later(
        Plan.SOURCES
            .get(source)
            .pollInterval()
            .multipliedBy(world.timing().below(20) + 90)
            .dividedBy(100),
        () -> poll(source));
  }

  private void take(Answer answer) {
    Runnable durable = () -> world.oracle(term).ifPresent(oracle -> oracle.answered(answer));
    switch (answer) {
      case Answer.Complete(var reading) ->
          lookAndStore((known, now) -> known.accept(reading, now), NOTHING_MORE, durable);
      case Answer.Failed(var source, var reason) -> {
        if (world.fault() == Fault.ERROR_READ_AS_ZERO) {
          Reading nothing = nothingOf(source);
          lookAndStore((known, now) -> known.accept(nothing, now), NOTHING_MORE, durable);
        } else {
          lookAndStore((known, now) -> known.failed(source, reason, now), NOTHING_MORE, durable);
        }
      }
    }
    // What need not wait is told now.
    tellGroups();
  }

  private Reading nothingOf(String source) {
    return new Reading(
        source,
        world.now(),
        List.of(),
        List.of(),
        List.of(),
        List.of(Providers.covered(LocalDate.ofInstant(world.now(), ZoneOffset.UTC))),
        Reading.Vanished.WITHDRAWN);
  }

  void nudge() {
    receivers.nudge();
  }

  /// Nobody nudged the receivers.
  void lookByThemselves() {
    receivers.lookByThemselves();
  }

  // Looking and storing.

  private interface Look {
    Outcome at(Evaluation evaluation, Instant now);
  }

  private Evaluation current() {
    if (evaluation == null) {
      restore();
    }
    if (evaluation == null) {
      throw new StoreException("the store cannot be read");
    }
    return evaluation;
  }

  private void lookAndStore(Look look, Consumer<Ports> also, Runnable whenDurable) {
    Instant now = world.now();
    try {
      Evaluation known = current();
      Outcome outcome = look.at(known, now);
      world.crashes().at("looked");
      store(known, outcome, also, whenDurable);
    } catch (RuntimeException | Crash e) {
      // One that only seemed to die looks again, and at what is stored: see the product.
      evaluation = null;
      // It may have been committed: nobody was nudged, but receivers look by themselves.
      receivers.lookByThemselves();
      throw e;
    } finally {
      sleep();
    }
  }

  private void store(
      Evaluation known, Outcome outcome, Consumer<Ports> also, Runnable whenDurable) {
    var repeats = new LinkedHashMap<Alert, Optional<Instant>>();
    var told = new ArrayList<Telling>();
    Runnable durable =
        () -> {
          whenDurable.run();
          if (world.oracle(term).isPresent()) {
            told.forEach(one -> world.tellings().told(one, world.now()));
            world.invariants().looked(outcome, world.now());
          }
        };
    if (outcome.isEmpty() && also == NOTHING_MORE) {
      durable.run();
      return;
    }
    world
        .store()
        .transact(
            term,
            ports -> {
              also.accept(ports);
              outcome.posting().ifPresent(ports.ledger()::append);
              outcome.statuses().forEach(ports.ledger()::putStatus);
              outcome.changed().forEach(ports.alerts()::put);
              outcome.forgotten().forEach(alert -> ports.alerts().remove(alert.id()));
              outcome
                  .owed()
                  .forEach((alertId, owed) ->
                      owed.ifPresentOrElse(
                          ports.quiet()::putOwed, () -> ports.quiet().removeOwed(alertId)));
              ports.forecasts().keep(outcome.forecasts());
              ports.forecasts().score(outcome.scored());
              told.addAll(telling.tell(ports, outcome.transitions()));
              outcome
                  .changed()
                  .forEach(alert -> repeats.put(alert, telling.nextRepeat(ports, known, alert)));
              telling.look(ports);
              return outcome;
            },
            durable);
    telling.remindOf(repeats);
    if (!outcome.transitions().isEmpty()) {
      receivers.nudge();
    }
  }

  private void restore() {
    Instant now = world.now();
    try {
      var health =
          new HealthWatch(Plan.SOURCES.values(), Plan.RECEIVERS, since, HealthWatch.Patience.USUAL);
      var restored = new Evaluation(plan.policies(), Plan.SOURCES.values(), Optional.of(health));
      Outcome outcome =
          world
              .store()
              .transact(
                  term,
                  ports -> {
                    ports.ledger().replay(now, restored::restore);
                    ports.ledger().statuses().forEach(restored::restore);
                    restored.restore(ports.quiet().silences(), ports.quiet().owed());
                    restored.restore(ports.quiet().waivers());
                    restored.restoreForecasts(
                        ports.forecasts().open(now.minus(Evaluation.FORECASTS_WAIT)),
                        ports.forecasts().scores());
                    health.put(ports.outbox().health());
                    return restored.restore(
                        ports.alerts().restore(now.minus(Evaluation.OPEN_TO_RESTATEMENT)), now);
                  });
      world.crashes().at("restored");
      store(restored, outcome, telling::wakeHeld, () -> world.configured(term, plan));
      evaluation = restored;
      remindAnew();
    } catch (RuntimeException e) {
      evaluation = null;
      world.note("not restored: %s", e.getMessage());
    } finally {
      sleep();
    }
  }

  void sleep() {
    Evaluation known = evaluation;
    Instant now = world.now();
    Instant next = now.plus(afterTrouble());
    if (known != null) {
      next = known.nextWakeUp();
      next = telling.next().isBefore(next) ? telling.next() : next;
    }
    dueAt = next;
    next = next.isAfter(now) ? next : now.plusMillis(1);
    if (alarm != null) {
      world.cancel(alarm);
    }
    alarm = next.isBefore(Simulation.END) ? world.schedule(next, this, this::wake) : null;
  }

  private void wake() {
    if (evaluation == null) {
      restore();
      return;
    }
    try {
      lookAndStore(Evaluation::tick, NOTHING_MORE, () -> {});
      remind();
      tellGroups();
    } catch (StoreException e) {
      world.note("a tick was not stored");
    }
  }

  private void remind() {
    List<Alert> due = telling.due();
    if (due.isEmpty()) {
      return;
    }
    lookAndStore((known, at) -> known.repeat(due, at), NOTHING_MORE, () -> {});
    telling.remindLater(current());
    sleep();
  }

  private void tellGroups() {
    Evaluation known = evaluation;
    if (known != null) {
      telling.flush(known);
    }
  }

  private void remindAnew() {
    Evaluation known = evaluation;
    telling.forgetReminders();
    if (known == null) {
      return;
    }
    try {
      telling.remindAnew(
          known,
          known.snapshot(world.now()).budgets().values().stream()
              .flatMap(view -> view.alert().stream())
              .toList());
    } catch (RuntimeException | Crash e) {
      evaluation = null;
      throw e;
    } finally {
      sleep();
    }
  }

  /// The pending and firing alerts in its memory.
  Optional<List<Alert>> held() {
    return Optional.ofNullable(evaluation)
        .map(known ->
            known.snapshot(world.now()).budgets().values().stream()
                .flatMap(view -> view.alert().stream())
                .filter(alert -> alert.state() != Alert.State.RESOLVED)
                .toList());
  }

  /// How deliveries go has changed.
  void delivering(List<ReceiverHealth> states) {
    try {
      lookAndStore((known, at) -> known.delivering(states, at), NOTHING_MORE, () -> {});
      tellGroups();
    } catch (StoreException e) {
      world.note("the health of deliveries was not stored");
    }
  }

  // Operators.

  void silence(Silence silence) {
    lookAndStore(
        (known, now) -> known.silence(silence, now),
        ports -> ports.quiet().putSilence(silence),
        () -> world.silencesAre(ports -> ports.quiet().silences()));
  }

  void unsilence(String silenceId) {
    if (current().silences().stream().anyMatch(silence -> silence.id().equals(silenceId))) {
      lookAndStore(
          (known, now) -> known.unsilence(silenceId, now).orElseThrow(),
          ports -> {
            ports.quiet().removeSilence(silenceId);
            telling.wakeHeld(ports);
          },
          () -> world.silencesAre(ports -> ports.quiet().silences()));
      remindAnew();
    }
  }

  void waive(GrantedWaiver waiver) {
    rewaive(ports -> ports.quiet().putWaiver(waiver));
  }

  void unwaive(String waiverId) {
    rewaive(ports -> ports.quiet().removeWaiver(waiverId));
  }

  private void rewaive(Consumer<Ports> change) {
    List<GrantedWaiver> all;
    try {
      all =
          world
              .store()
              .transact(
                  term,
                  ports -> {
                    change.accept(ports);
                    telling.wakeHeld(ports);
                    return ports.quiet().waivers();
                  },
                  () -> world.waiversAre(ports -> ports.quiet().waivers()));
    } catch (RuntimeException | Crash e) {
      evaluation = null;
      sleep();
      throw e;
    }
    lookAndStore((known, at) -> known.waive(all, at), NOTHING_MORE, () -> {});
    remindAnew();
  }

  void ack(String alertId) {
    current()
        .ack(alertId, "ada")
        .ifPresent(alert -> {
          try {
            world
                .store()
                .transact(
                    term,
                    ports -> {
                      ports.alerts().put(alert);
                      return alert;
                    });
          } catch (RuntimeException | Crash e) {
            evaluation = null;
            sleep();
            throw e;
          }
          telling.neverRemindOf(alert);
        });
  }

  void retry(Notification letter) {
    try {
      world
          .store()
          .transact(
              term,
              ports -> {
                ports.outbox().update(letter.revived(world.now()));
                return letter;
              },
              () -> world.invariants().revived(letter.id(), world.now()));
    } catch (StoreException e) {
      // It may have been stored all the same.
      receivers.lookByThemselves();
      throw e;
    }
    receivers.nudge();
  }

  void reload(Plan next) {
    plan = next;
    since = world.now();
    restore();
  }
}
