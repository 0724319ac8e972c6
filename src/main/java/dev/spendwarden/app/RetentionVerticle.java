package dev.spendwarden.app;

import dev.spendwarden.policy.PeriodSpec;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.store.Database;
import dev.spendwarden.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has the store forget what `storage.retention` no longer asks for, once a day, on a virtual
/// thread of its own. Small transactions: the evaluation's come in between.
final class RetentionVerticle extends RecurringVerticle {

  private static final Logger LOG = LoggerFactory.getLogger(RetentionVerticle.class);

  /// Not at the start, which has enough to do.
  private static final Duration FIRST = Duration.ofHours(1);

  private static final Duration EVERY = Duration.ofDays(1);

  /// Charges of a closed period are still looked at when they come late.
  private static final Duration LATE = Duration.ofDays(7);

  /// Real time, however fast a test clock runs.
  private static final long LEAST_MILLIS = 60_000;

  private final Database database;
  private final DaemonClock clock;
  private final Supplier<Duration> retention;
  private final Supplier<Collection<Policy>> policies;

  /// Whether this replica is the one that does it.
  private final BooleanSupplier prunes;

  RetentionVerticle(
      Database database,
      DaemonClock clock,
      Supplier<Duration> retention,
      Supplier<Collection<Policy>> policies,
      BooleanSupplier prunes) {
    this.prunes = prunes;
    this.database = database;
    this.clock = clock;
    this.retention = retention;
    this.policies = policies;
  }

  @Override
  long firstMillis() {
    return millis(FIRST);
  }

  @Override
  long waitMillis() {
    return millis(EVERY);
  }

  private long millis(Duration wait) {
    return Math.max(LEAST_MILLIS, clock.realMillis(wait));
  }

  @Override
  void work() {
    Optional<Instant> before = before(policies.get(), retention.get(), clock.instant());
    try {
      if (before.isPresent() && prunes.getAsBoolean()) {
        database.prune(before.get());
        LOG.info("store_pruned before={}", before.get());
      }
    } catch (StoreException e) {
      if (!isStopping()) {
        LOG.warn("store_not_pruned: trying again in {}: {}", EVERY, e.getMessage());
      }
    }
  }

  /// Up to when the store may forget; empty: nothing, for a budget without a period adds up
  /// everything there ever was.
  static Optional<Instant> before(Collection<Policy> policies, Duration retention, Instant now) {
    if (policies.stream().anyMatch(policy -> policy.period() instanceof PeriodSpec.None)) {
      return Optional.empty();
    }
    Instant kept = now.minus(retention);
    Instant needed = EarliestNeeded.of(policies, now).minus(LATE);
    return Optional.of(kept.isBefore(needed) ? kept : needed);
  }
}
