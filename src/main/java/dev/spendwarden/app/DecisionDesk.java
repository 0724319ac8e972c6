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
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// Answers decisions from the newest snapshot, and keeps reservations in memory and in the store. A
/// reservation is taken in memory first, under the lock of all reservations, and given back where
/// it cannot be stored: between the two it may refuse somebody, never allow too much. Thread-safe.
final class DecisionDesk {

  private static final int ID_BYTES = 16;

  private final Supplier<Snapshot> snapshot;
  private final Database database;
  private final InstantSource clock;
  private final Decisions decisions = new Decisions();
  private final Holds holds = new Holds();
  private final SecureRandom random = new SecureRandom();

  DecisionDesk(Supplier<Snapshot> snapshot, Database database, InstantSource clock) {
    this.snapshot = snapshot;
    this.database = database;
    this.clock = clock;
    Instant now = clock.instant();
    database.read(ports -> ports.enforce().holds(now)).forEach(holds::put);
  }

  Decision decide(Decision.Request request) {
    return decisions.decide(request, snapshot.get(), holds, clock.instant());
  }

  Reserved reserve(Decision.Request request, Duration keep) {
    Instant now = clock.instant();
    Reserved reserved =
        holds.exclusively(taken -> {
          taken.forgetOver(now);
          Decision decision = decisions.decide(request, snapshot.get(), taken, now);
          if (!decision.allow()) {
            return new Reserved(decision, Optional.empty());
          }
          if (taken.size() >= Holds.MOST) {
            return new Reserved(full(decision), Optional.empty());
          }
          Hold hold = hold(request, decision, now, keep);
          taken.put(hold);
          return new Reserved(decision, Optional.of(hold));
        });
    reserved.hold().ifPresent(hold -> store(hold, Optional.empty()));
    return reserved;
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

  /// @param former what stands again in memory where storing fails
  private void store(Hold hold, Optional<Hold> former) {
    try {
      database.transact(ports -> {
        ports.enforce().put(hold);
        return hold;
      });
    } catch (RuntimeException e) {
      former.ifPresentOrElse(holds::put, () -> holds.remove(hold.id()));
      throw e;
    }
  }

  /// One that had expired can be settled too: the job ran longer than was thought, and its money is
  /// spent all the same.
  synchronized Result settle(String id, BigDecimal spent) {
    Optional<Hold> found = find(id);
    if (found.isEmpty()) {
      return unknown(id);
    }
    Hold hold = found.get();
    return switch (hold.state()) {
      case RELEASED -> new Result.Conflict("it was released");
      case SETTLED ->
          hold.amount().value().compareTo(spent) == 0
              ? Result.Done.NOTHING_MADE
              : new Result.Conflict("it was settled with " + hold.amount().plain());
      case HELD -> {
        Hold settled = hold.settled(new Amount(spent, hold.amount().unit()), clock.instant());
        holds.put(settled);
        store(settled, found);
        yield Result.Done.NOTHING_MADE;
      }
    };
  }

  synchronized Result release(String id) {
    Optional<Hold> found = find(id);
    if (found.isEmpty()) {
      return unknown(id);
    }
    Hold hold = found.get();
    return switch (hold.state()) {
      case RELEASED -> Result.Done.NOTHING_MADE;
      case SETTLED -> new Result.Conflict("it was settled with " + hold.amount().plain());
      case HELD -> {
        // In the store first: until then the money is not free.
        Hold released = hold.released(clock.instant());
        database.transact(ports -> {
          ports.enforce().put(released);
          return released;
        });
        holds.remove(id);
        yield Result.Done.NOTHING_MADE;
      }
    };
  }

  private Optional<Hold> find(String id) {
    return holds.find(id).or(() -> database.read(ports -> ports.enforce().hold(id)));
  }

  private static Result unknown(String id) {
    return new Result.NotFound("there is no reservation " + id);
  }
}
