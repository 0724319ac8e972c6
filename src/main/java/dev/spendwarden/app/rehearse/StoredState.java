package dev.spendwarden.app.rehearse;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.BuiltInPolicies;
import dev.spendwarden.alert.Evaluation;
import dev.spendwarden.alert.Outcome;
import dev.spendwarden.app.config.Config;
import dev.spendwarden.ledger.SourceStatus;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.SourceTerms;
import dev.spendwarden.store.Database.Ports;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What is stored, read back under given policies as after a restart. Changes nothing.
///
/// @param at the instant it is looked at from
/// @param alerts those that were live, by id
/// @param outcome what these policies make of it: alerts they would end, begin or change
public record StoredState(
    Evaluation evaluation, Instant at, Map<String, Alert> alerts, Outcome outcome) {

  /// @param at empty: when the newest data of any source was asked for, so that a store whose
  ///   daemon is stopped, or ran on another clock, is not all stale
  /// @param otherwise the instant to take where the store is empty
  public static StoredState read(
      Ports ports,
      Collection<Policy> policies,
      Collection<SourceTerms> terms,
      Optional<Instant> at,
      Instant otherwise) {
    List<SourceStatus> statuses = ports.ledger().statuses();
    Instant when = at.or(() -> newest(statuses)).orElse(otherwise);
    var evaluation = new Evaluation(policies, terms);
    ports.ledger().replay(when, evaluation::restore);
    statuses.forEach(evaluation::restore);
    evaluation.restoreForecasts(
        ports.forecasts().open(when.minus(Evaluation.FORECASTS_WAIT)), ports.forecasts().scores());
    // The daemon's own health is judged where it runs; without it these would end as removed.
    List<Alert> alerts =
        ports.alerts().restore(when.minus(Evaluation.OPEN_TO_RESTATEMENT)).stream()
            .filter(alert -> !BuiltInPolicies.isReserved(alert.policy()))
            .toList();
    Outcome outcome = evaluation.restore(alerts, when);
    Map<String, Alert> live =
        alerts.stream()
            .filter(alert -> alert.state() != Alert.State.RESOLVED)
            .collect(Collectors.toMap(Alert::id, Function.identity()));
    return new StoredState(evaluation, when, live, outcome);
  }

  public static List<SourceTerms> terms(Config config) {
    return config.sources().stream()
        .map(source -> new SourceTerms(source.name(), source.maxAge()))
        .toList();
  }

  private static Optional<Instant> newest(List<SourceStatus> statuses) {
    return statuses.stream()
        .flatMap(status -> Stream.of(status.dataAsOf(), status.failingSince()))
        .flatMap(Optional::stream)
        .max(Instant::compareTo);
  }
}
