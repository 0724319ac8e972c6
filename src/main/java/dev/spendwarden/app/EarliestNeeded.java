package dev.spendwarden.app;

import dev.spendwarden.policy.PeriodSpec;
import dev.spendwarden.policy.Periods;
import dev.spendwarden.policy.Policy;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;

/// How far back a poll must read so that every open budget period is whole.
final class EarliestNeeded {

  /// A budget without periods counts from here: the history providers keep is not longer.
  private static final Duration WITHOUT_PERIOD = Duration.ofDays(365);

  private EarliestNeeded() {}

  static Instant of(Collection<Policy> policies, Instant now) {
    return policies.stream().map(policy -> of(policy, now)).min(Instant::compareTo).orElse(now);
  }

  private static Instant of(Policy policy, Instant now) {
    return switch (policy.period()) {
      case PeriodSpec.None _ -> now.minus(WITHOUT_PERIOD);
      case PeriodSpec.Rolling(Duration window) -> now.minus(window);
      case PeriodSpec.Calendar _, PeriodSpec.Anchored _ ->
          Periods.current(policy.period(), policy.zone(), now).start();
    };
  }
}
