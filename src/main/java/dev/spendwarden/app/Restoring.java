package dev.spendwarden.app;

import dev.spendwarden.alert.Belonging;
import dev.spendwarden.alert.Evaluation;
import dev.spendwarden.alert.HealthWatch;
import dev.spendwarden.alert.Outcome;
import dev.spendwarden.policy.Period;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.Shard;
import dev.spendwarden.policy.SourceTerms;
import dev.spendwarden.store.Database;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// What an evaluation is made from, and how its memory is read back from the store: of one shard,
/// what belongs to it.
///
/// @param policies of all shards, as are `terms` and `receivers`
/// @param receivers the names of those that are watched where the rest is
/// @param since when this began to be in force
record Restoring(
    Shard shard,
    List<Policy> policies,
    List<SourceTerms> terms,
    List<String> receivers,
    Instant since) {

  /// What a first poll and a delivery may take in real time before they count as late.
  private static final Duration LEEWAY_REAL = Duration.ofSeconds(3);

  private static final Duration DELAYED_REAL = Duration.ofSeconds(10);

  static Restoring of(
      Shard shard,
      Collection<Policy> policies,
      Collection<SourceTerms> terms,
      Collection<String> receivers,
      Instant since) {
    return new Restoring(
        shard, List.copyOf(policies), List.copyOf(terms), List.copyOf(receivers), since);
  }

  Restoring from(Instant instant) {
    return new Restoring(shard, policies, terms, receivers, instant);
  }

  /// The policies that are judged here.
  List<Policy> judged() {
    return shard.policiesOf(policies);
  }

  /// An evaluation that knows nothing yet.
  Empty empty(DaemonClock clock) {
    List<SourceTerms> own =
        terms.stream().filter(source -> shard.ofSources().has(source.name())).toList();
    List<String> watched = shard.hasRest() ? receivers : List.of();
    var health = new HealthWatch(own, watched, terms, since, patience(clock));
    return new Empty(shard, new Evaluation(judged(), own, Optional.of(health)), health);
  }

  /// A test clock that runs fast must not take the milliseconds of a real answer for hours of
  /// silence.
  private static HealthWatch.Patience patience(DaemonClock clock) {
    return new HealthWatch.Patience(
        clock.atLeast(HealthWatch.Patience.USUAL.leeway(), LEEWAY_REAL),
        clock.atLeast(HealthWatch.Patience.USUAL.delayed(), DELAYED_REAL));
  }

  /// @param health the part of `evaluation` that is told how deliveries go
  record Empty(Shard shard, Evaluation evaluation, HealthWatch health) {

    /// Reads everything back and ends what policies no longer cover.
    ///
    /// @param time never earlier than what was read
    /// @return what that changed
    Outcome read(Database.Ports ports, JudgedTime time) {
      ports
          .ledger()
          .replay(
              Period.FAR_FUTURE,
              shard.ofSources(),
              posting -> {
                time.noEarlierThan(posting.knownAt());
                evaluation.restore(posting);
              });
      ports.ledger().statuses().stream()
          .filter(status -> shard.ofSources().has(status.source()))
          .forEach(evaluation::restore);
      evaluation.restore(ports.quiet().silences(), ports.quiet().owed());
      evaluation.restore(ports.quiet().waivers());
      Instant now = time.instant();
      // Those of other shards' budgets find none to belong to.
      evaluation.restoreForecasts(
          ports.forecasts().open(now.minus(Evaluation.FORECASTS_WAIT)), ports.forecasts().scores());
      health.put(ports.outbox().health());
      return evaluation.restore(
          Belonging.restore(shard, ports.alerts(), now.minus(Evaluation.OPEN_TO_RESTATEMENT)), now);
    }
  }
}
