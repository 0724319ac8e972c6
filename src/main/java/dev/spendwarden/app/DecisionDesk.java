package dev.spendwarden.app;

import dev.spendwarden.alert.Snapshot;
import dev.spendwarden.charge.Amount;
import dev.spendwarden.enforce.Decision;
import dev.spendwarden.enforce.Decisions;
import dev.spendwarden.enforce.Hold;
import dev.spendwarden.enforce.Holds;
import dev.spendwarden.store.Database;
import dev.spendwarden.web.Commands.Result;
import dev.spendwarden.web.Enforcing.Reserved;
import java.math.BigDecimal;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// Answers decisions from the newest snapshot, and keeps reservations in memory and in the store.
/// Thread-safe.
///
/// Alone, a reservation is taken in memory first, under the lock of all reservations, and given
/// back where it cannot be stored: between the two it may refuse somebody, never allow too much.
/// Where other replicas reserve too, it is taken in a transaction that sees all of theirs and lets
/// none other begin; what was reserved elsewhere is read back every second.
final class DecisionDesk {

  private static final int ID_BYTES = 16;

  /// How many times longer than it took the next reading back waits.
  private static final int REST = 10;

  private final Supplier<Snapshot> snapshot;
  private final Database database;
  private final InstantSource clock;
  private final Decisions decisions = new Decisions();
  private final Holds holds = new Holds();
  private final SecureRandom random = new SecureRandom();
  private final BooleanSupplier shared;
  private final ReentrantLock step = new ReentrantLock();

  private long rest;
  private long readAt = System.nanoTime();

  /// @param shared whether others reserve too
  DecisionDesk(
      Supplier<Snapshot> snapshot, Database database, InstantSource clock, BooleanSupplier shared) {
    this.shared = shared;
    this.snapshot = snapshot;
    this.database = database;
    this.clock = clock;
    Instant now = clock.instant();
    database.read(ports -> ports.enforce().holds(now)).forEach(holds::put);
  }

  Decision decide(Decision.Request request) {
    return decisions.decide(request, snapshot.get(), holds, clock.instant());
  }

  /// Reads back what others have reserved. Called by one thread at a time.
  void lookAround() {
    long start = System.nanoTime();
    if (start - readAt < rest) {
      return;
    }
    inStep(() -> {
      holds.restore(database.read(ports -> ports.enforce().holds(clock.instant())));
      return holds;
    });
    readAt = System.nanoTime();
    rest = (readAt - start) * REST;
  }

  Reserved reserve(Decision.Request request, Duration keep) {
    return shared.getAsBoolean() ? reserveAmongOthers(request, keep) : reserveAlone(request, keep);
  }

  private Reserved reserveAlone(Decision.Request request, Duration keep) {
    Reserved reserved =
        holds.exclusively(taken -> {
          Reserved wanted = reserve(request, keep, taken);
          wanted.hold().ifPresent(taken::put);
          return wanted;
        });
    reserved
        .hold()
        .ifPresent(hold -> {
          try {
            database.transact(ports -> {
              ports.enforce().put(hold);
              return hold;
            });
          } catch (RuntimeException e) {
            holds.remove(hold.id());
            throw e;
          }
        });
    return reserved;
  }

  /// The transaction itself is what lets nobody else reserve meanwhile, here or elsewhere.
  private Reserved reserveAmongOthers(Decision.Request request, Duration keep) {
    return inStep(() -> {
      Reserved reserved =
          database.transact(ports -> {
            var everybodys = new Holds();
            ports.enforce().holds(clock.instant()).forEach(everybodys::put);
            Reserved wanted = reserve(request, keep, everybodys);
            wanted.hold().ifPresent(ports.enforce()::put);
            return wanted;
          });
      reserved.hold().ifPresent(holds::put);
      return reserved;
    });
  }

  /// What is stored and what is in memory change together: nothing that was read before a change
  /// takes the place of what was put in memory after it.
  private <T> T inStep(Supplier<T> work) {
    step.lock();
    try {
      return work.get();
    } finally {
      step.unlock();
    }
  }

  private Reserved reserve(Decision.Request request, Duration keep, Holds taken) {
    Instant now = clock.instant();
    taken.forgetOver(now);
    Decision decision = decisions.decide(request, snapshot.get(), taken, now);
    if (!decision.allow()) {
      return new Reserved(decision, Optional.empty());
    }
    return taken.size() >= Holds.MOST
        ? new Reserved(full(decision), Optional.empty())
        : new Reserved(decision, Optional.of(hold(request, decision, now, keep)));
  }

  private static Decision full(Decision decision) {
    return new Decision(
        false,
        List.of(Holds.MOST + " reservations are open; settle or release some"),
        decision.left(),
        decision.policies());
  }

  private Hold hold(Decision.Request request, Decision decision, Instant now, Duration keep) {
    Set<String> budgets =
        decision.policies().stream()
            .map(Decision.Judged::budgetId)
            .collect(Collectors.toUnmodifiableSet());
    byte[] id = new byte[ID_BYTES];
    random.nextBytes(id);
    return new Hold(
        "dec_" + HexFormat.of().formatHex(id),
        request.amount(),
        budgets,
        Hold.State.HELD,
        now,
        now.plus(keep),
        Optional.empty());
  }

  /// What becomes of a reservation.
  ///
  /// @param after as it is stored then; empty: it stays as it is
  private record Closing(Result result, Optional<Hold> after) {

    static Closing already(Result result) {
      return new Closing(result, Optional.empty());
    }

    static Closing with(Hold after) {
      return new Closing(Result.Done.NOTHING_MADE, Optional.of(after));
    }
  }

  /// One that had expired can be settled too: the job ran longer than was thought, and its money is
  /// spent all the same.
  Result settle(String id, BigDecimal spent) {
    return close(
        id,
        hold ->
            switch (hold.state()) {
              case RELEASED -> Closing.already(new Result.Conflict("it was released"));
              case SETTLED ->
                  Closing.already(
                      hold.amount().value().compareTo(spent) == 0
                          ? Result.Done.NOTHING_MADE
                          : settledWith(hold));
              case HELD ->
                  Closing.with(
                      hold.settled(new Amount(spent, hold.amount().unit()), clock.instant()));
            });
  }

  Result release(String id) {
    return close(
        id,
        hold ->
            switch (hold.state()) {
              case RELEASED -> Closing.already(Result.Done.NOTHING_MADE);
              case SETTLED -> Closing.already(settledWith(hold));
              case HELD -> Closing.with(hold.released(clock.instant()));
            });
  }

  private static Result settledWith(Hold hold) {
    return new Result.Conflict("it was settled with " + hold.amount().plain());
  }

  /// In the store first, which knows what became of it at any replica: until then the money is not
  /// free.
  private Result close(String id, Function<Hold, Closing> how) {
    return inStep(() -> {
      Optional<Closing> closing =
          database.transact(ports -> {
            Optional<Closing> found = ports.enforce().hold(id).map(how);
            found.flatMap(Closing::after).ifPresent(ports.enforce()::put);
            return found;
          });
      closing.flatMap(Closing::after).ifPresent(this::know);
      return closing
          .map(Closing::result)
          .orElseGet(() -> new Result.NotFound("there is no reservation " + id));
    });
  }

  private void know(Hold hold) {
    if (hold.state() == Hold.State.RELEASED) {
      holds.remove(hold.id());
    } else {
      holds.put(hold);
    }
  }
}
