package dev.spendwarden.web;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.BudgetHistory;
import dev.spendwarden.alert.Explanation;
import dev.spendwarden.alert.Snapshot;
import dev.spendwarden.metrics.Exposition;
import dev.spendwarden.policy.Budget;
import dev.spendwarden.sources.SourceHealth;
import dev.spendwarden.store.Database;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// All that the HTTP side works with. Every function is called on a worker thread, may block for a
/// moment and must be thread-safe.
///
/// @param readiness what is not ready yet, in words for people; empty: ready
/// @param explain where the numbers of a budget come from; empty when it is not known (any more)
/// @param histories the days of budgets, for charts
/// @param silenced whether a silence covers the alert
/// @param tokens of the configuration in force; asked on the event loop, so it must not block
/// @param version of this build
public record WebContext(
    Supplier<Snapshot> snapshot,
    Supplier<List<SourceHealth>> sources,
    Supplier<List<String>> readiness,
    Exposition metrics,
    Database database,
    Function<Budget, Optional<Explanation>> explain,
    Histories histories,
    Predicate<Alert> silenced,
    Commands commands,
    Enforcing enforcing,
    Supplier<Tokens> tokens,
    Optional<URI> externalUrl,
    InstantSource clock,
    String version) {

  /// What budgets spent day by day.
  @FunctionalInterface
  public interface Histories {

    /// @param from where the days begin; empty: with each budget's current period
    /// @param to where they end; empty: now
    /// @return without the budgets of which nothing is known
    Map<Budget, BudgetHistory> of(
        Collection<Budget> budgets, Optional<Instant> from, Optional<Instant> to);
  }
}
