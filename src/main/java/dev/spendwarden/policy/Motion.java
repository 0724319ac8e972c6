package dev.spendwarden.policy;

import dev.spendwarden.ledger.BudgetSeries;
import dev.spendwarden.ledger.Selection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// How the budgets of a policy come out otherwise though none of their figures changes. Tells which
/// of them a poll leaves as they were, so that they need not be judged again.
///
/// @param steady at every instant: a rolling period, counts of reports, a rule about `age` or
///   `runway`, or one that reckons with `elapsed`
/// @param forecast whenever the forecast is made anew
/// @param windows whenever a figure leaves one of these
/// @param turns whenever so much of the period has elapsed
public record Motion(boolean steady, boolean forecast, List<Duration> windows, List<Double> turns) {

  /// `elapsed` is a rounded double: for so long before and after a turn it is asked, not reckoned.
  private static final Duration AROUND_A_TURN = Duration.ofSeconds(1);

  public Motion {
    windows = List.copyOf(windows);
    turns = List.copyOf(turns);
  }

  public static Motion of(Policy policy) {
    List<Condition> conditions = policy.rules().stream().map(Rule::when).toList();
    boolean steady =
        policy.period() instanceof PeriodSpec.Rolling
            || policy.selection().kind() == Selection.Kind.REPORTS
            || conditions.stream().anyMatch(Condition::movesSteadily);
    return new Motion(
        steady,
        conditions.stream().anyMatch(Condition::usesForecast),
        conditions.stream().flatMap(when -> when.windows().stream()).distinct().toList(),
        conditions.stream()
            .flatMap(when -> when.elapsedTurns().stream())
            // What lies outside of the period never comes.
            .filter(share -> share >= 0 && share <= 1)
            .distinct()
            .toList());
  }

  /// Whether it moves at all.
  public boolean any() {
    return steady || forecast || !windows.isEmpty() || !turns.isEmpty();
  }

  /// Until when a budget stays as it was judged at `now`, as long as nothing is heard of it.
  ///
  /// @param recall of that judgement
  public Still still(
      BudgetSeries series, Period period, Instant now, Optional<Instant> dataAsOf, Recall recall) {
    if (steady) {
      return Still.NEVER;
    }
    Instant until = nextTurn(period, now);
    if (dataAsOf.isEmpty()) {
      return new Still(until, Instant.MAX);
    }
    Instant dataUntil = forecast ? recall.outlook.standsUntil(series, dataAsOf.get()) : Instant.MAX;
    for (Duration window : windows) {
      until = earlier(until, series.stepLeaves(window, now));
    }
    if (!windows.isEmpty()) {
      dataUntil = earlier(dataUntil, series.nextBucket(dataAsOf.get()));
    }
    return new Still(until, dataUntil);
  }

  /// When `elapsed` passes the next of its turns; [Instant#MAX] when it has passed them all.
  private Instant nextTurn(Period period, Instant now) {
    if (turns.isEmpty() || period.end().equals(Period.FAR_FUTURE)) {
      return Instant.MAX;
    }
    Instant next = Instant.MAX;
    double length = Duration.between(period.start(), period.end()).toMillis();
    for (double share : turns) {
      Instant turn = period.start().plusMillis(Math.round(share * length));
      if (!now.isAfter(turn.plus(AROUND_A_TURN))) {
        next = earlier(next, turn.minus(AROUND_A_TURN));
      }
    }
    return next;
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }

  /// @param until the instant at which the windows end to hold what they held
  /// @param dataUntil how new data must be to be counted otherwise
  public record Still(Instant until, Instant dataUntil) {
    public static final Still NEVER = new Still(Instant.MIN, Instant.MIN);

    public boolean at(Instant now, Optional<Instant> dataAsOf) {
      return now.isBefore(until) && (dataAsOf.isEmpty() || dataAsOf.get().isBefore(dataUntil));
    }
  }
}
