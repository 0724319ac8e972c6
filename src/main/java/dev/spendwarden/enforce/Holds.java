package dev.spendwarden.enforce;

import dev.spendwarden.charge.Unit;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The holds that count now, by budget. Thread-safe: whoever reserves looks and takes under one
/// lock, so that two requests never get the same money. Memory only; its owner stores what it adds.
public final class Holds {

  /// Beyond this something reserves in a loop.
  public static final int MOST = 100_000;

  private static final Duration FORGET_EVERY = Duration.ofMinutes(1);

  private Instant forgottenAt = Instant.EPOCH;

  private final Map<String, Hold> byId = new HashMap<>();
  private final Map<String, List<Hold>> byBudget = new HashMap<>();

  /// Puts a hold in place of the former one with its id.
  public synchronized void put(Hold hold) {
    remove(hold.id());
    byId.put(hold.id(), hold);
    for (String budget : hold.budgets()) {
      byBudget.computeIfAbsent(budget, _ -> new ArrayList<>()).add(hold);
    }
  }

  /// What is stored takes the place of what is known.
  public synchronized void restore(Collection<Hold> stored) {
    Set<String> ids = stored.stream().map(Hold::id).collect(Collectors.toSet());
    List<String> gone =
        byId.values().stream().map(Hold::id).filter(id -> !ids.contains(id)).toList();
    gone.forEach(this::remove);
    stored.forEach(this::put);
  }

  public synchronized void remove(String id) {
    Hold former = byId.remove(id);
    if (former == null) {
      return;
    }
    for (String budget : former.budgets()) {
      List<Hold> holds = byBudget.get(budget);
      if (holds != null) {
        holds.removeIf(hold -> hold.id().equals(id));
        if (holds.isEmpty()) {
          byBudget.remove(budget);
        }
      }
    }
  }

  public synchronized Optional<Hold> find(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  /// Runs `work` while nobody else can reserve.
  public synchronized <T> T exclusively(Function<Holds, T> work) {
    return work.apply(this);
  }

  /// What is taken from a budget in its unit.
  synchronized BigDecimal heldOf(
      String budgetId, Unit unit, Optional<Instant> dataAsOf, Instant now) {
    BigDecimal held = BigDecimal.ZERO;
    for (Hold hold : byBudget.getOrDefault(budgetId, List.of())) {
      if (hold.amount().unit().equals(unit) && hold.counts(dataAsOf, now)) {
        held = held.add(hold.amount().value());
      }
    }
    return held;
  }

  /// Forgets what counts nowhere any more. That takes a look at each, while nobody can be answered,
  /// so it is done once a minute and when there is no room left.
  public synchronized void forgetOver(Instant now) {
    if (byId.size() < MOST && now.isBefore(forgottenAt.plus(FORGET_EVERY))) {
      return;
    }
    forgottenAt = now;
    List<String> over =
        byId.values().stream().filter(hold -> !now.isBefore(hold.overAt())).map(Hold::id).toList();
    over.forEach(this::remove);
  }

  public synchronized int size() {
    return byId.size();
  }
}
