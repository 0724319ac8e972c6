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
/// @param steady at every instant: a rolling period, counts of reports, a rule about `elapsed`,
///   `age` or `runway`
/// @param forecast whenever the forecast is made anew
/// @param windows whenever a figure leaves one of these
public record Motion(boolean steady, boolean forecast, List<Duration> windows) {

  public Motion {
    windows = List.copyOf(windows);
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
        conditions.stream().flatMap(when -> when.windows().stream()).distinct().toList());
  }

  /// Whether it moves at all.
  public boolean any() {
    return steady || forecast || !windows.isEmpty();
  }

  /// Until when a budget stays as it was judged at `now`, as long as nothing is heard of it.
  public Still still(BudgetSeries series, Instant now, Optional<Instant> dataAsOf) {
    if (steady) {
      return Still.NEVER;
    }
    if (dataAsOf.isEmpty()) {
      return Still.FOR_GOOD;
    }
    Instant until = Instant.MAX;
    Instant dataUntil = forecast ? Outlook.holdsUntil(series, dataAsOf.get()) : Instant.MAX;
    for (Duration window : windows) {
      until = earlier(until, series.stepLeaves(window, now));
    }
    if (!windows.isEmpty()) {
      dataUntil = earlier(dataUntil, series.nextBucket(dataAsOf.get()));
    }
    return new Still(until, dataUntil);
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }

  /// @param until the instant at which the windows end to hold what they held
  /// @param dataUntil how new data must be to be counted otherwise
  public record Still(Instant until, Instant dataUntil) {
    public static final Still NEVER = new Still(Instant.MIN, Instant.MIN);
    static final Still FOR_GOOD = new Still(Instant.MAX, Instant.MAX);

    public boolean at(Instant now, Optional<Instant> dataAsOf) {
      return now.isBefore(until) && (dataAsOf.isEmpty() || dataAsOf.get().isBefore(dataUntil));
    }
  }
}
