package dev.spendwarden.enforce;

import dev.spendwarden.charge.Amount;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// An amount kept against budgets because somebody was allowed to spend it.
///
/// @param budgets ids of the budgets it counts against
/// @param amount what was reserved, and once settled what was really spent
/// @param expiresAt until when an unsettled one counts
/// @param closedAt when it was settled or released
public record Hold(
    String id,
    Amount amount,
    Set<String> budgets,
    State state,
    Instant createdAt,
    Instant expiresAt,
    Optional<Instant> closedAt) {

  /// No reservation lives longer.
  public static final Duration LONGEST = Duration.ofHours(24);

  public enum State {
    HELD,
    SETTLED,
    RELEASED;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Hold {
    budgets = Set.copyOf(budgets);
  }

  public Hold settled(Amount spent, Instant at) {
    return new Hold(id, spent, budgets, State.SETTLED, createdAt, expiresAt, Optional.of(at));
  }

  public Hold released(Instant at) {
    return new Hold(id, amount, budgets, State.RELEASED, createdAt, expiresAt, Optional.of(at));
  }

  /// Whether it still takes from a budget. What was settled goes on counting until the budget's
  /// figures were asked for after it, so that the money is never free in between, and for
  /// [#LONGEST] at most.
  ///
  /// @param dataAsOf when the budget's figures were asked for
  public boolean counts(Optional<Instant> dataAsOf, Instant now) {
    return switch (state) {
      case HELD -> now.isBefore(expiresAt);
      case SETTLED -> {
        Instant closed = closedAt.orElse(createdAt);
        boolean seen = dataAsOf.isPresent() && dataAsOf.get().isAfter(closed);
        yield !seen && now.isBefore(closed.plus(LONGEST));
      }
      case RELEASED -> false;
    };
  }

  /// When it can count nowhere any more.
  public Instant overAt() {
    return switch (state) {
      case HELD -> expiresAt;
      case SETTLED -> closedAt.orElse(createdAt).plus(LONGEST);
      case RELEASED -> closedAt.orElse(createdAt);
    };
  }
}
