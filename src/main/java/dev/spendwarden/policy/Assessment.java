package dev.spendwarden.policy;

import dev.spendwarden.charge.Amount;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.ledger.DataState;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/// A budget as it was judged at one instant: every number people, metrics and receivers see, and
/// each rule's verdict. Immutable.
///
/// @param unit empty while no charge and no limit has told it
/// @param used spent ÷ limit; infinite when something was spent of nothing
/// @param burn by window as written in the rules, in their order
/// @param runwaySeconds seconds to the limit at the present pace; infinite when nothing is spent
/// @param unknown why the budget cannot be judged at all (for example its charges come in another
///   unit); empty when it can
/// @param contributors the largest parts of `spent`, largest first, at most [#TOP]
public record Assessment(
    Budget budget,
    Instant at,
    Period period,
    Optional<Unit> unit,
    Optional<BigDecimal> spent,
    Optional<BigDecimal> limit,
    OptionalDouble used,
    OptionalDouble elapsed,
    Map<String, Double> burn,
    Optional<Forecast> forecast,
    OptionalDouble runwaySeconds,
    Optional<Instant> dataAsOf,
    DataState dataState,
    Optional<String> unknown,
    List<Verdict> verdicts,
    List<Contributor> contributors) {

  public static final int TOP = 5;

  public Assessment {
    burn = burn.isEmpty() ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(burn));
    verdicts = List.copyOf(verdicts);
    contributors = List.copyOf(contributors);
  }

  /// What is told of a budget that was not judged since the daemon started: its labels and period,
  /// no figures.
  public static Assessment none(
      Dimensions labels, Policy policy, Instant start, Instant end, Instant at) {
    return none(Budget.of(policy.name(), labels), policy, start, end, at);
  }

  /// The same of a budget whose id is known already.
  public static Assessment none(
      Budget budget, Policy policy, Instant start, Instant end, Instant at) {
    return new Assessment(
        budget,
        at,
        new Period(start, end, policy.zone()),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        Map.of(),
        Optional.empty(),
        OptionalDouble.empty(),
        Optional.empty(),
        DataState.MISSING,
        Optional.empty(),
        List.of(),
        List.of());
  }

  /// What the [Evaluator] has judged and not yet described.
  static Assessment judged(
      Budget budget,
      Instant at,
      Period period,
      Measure measure,
      Optional<Instant> dataAsOf,
      DataState dataState,
      List<Verdict> verdicts) {
    return new Assessment(
        budget,
        at,
        period,
        measure.unit(),
        measure.spent(),
        measure.limit(),
        Double.isNaN(measure.used()) ? OptionalDouble.empty() : OptionalDouble.of(measure.used()),
        OptionalDouble.empty(),
        Map.of(),
        Optional.empty(),
        OptionalDouble.empty(),
        dataAsOf,
        dataState,
        measure.unknown(),
        verdicts,
        List.of());
  }

  /// The same with what people see.
  Assessment described(
      OptionalDouble elapsed,
      Map<String, Double> burn,
      Optional<Forecast> forecast,
      OptionalDouble runwaySeconds,
      List<Contributor> contributors) {
    return new Assessment(
        budget,
        at,
        period,
        unit,
        spent,
        limit,
        used,
        elapsed,
        burn,
        forecast,
        runwaySeconds,
        dataAsOf,
        dataState,
        unknown,
        verdicts,
        contributors);
  }

  /// The same judgement at a later instant, at which it still stands on newer data.
  public Assessment standing(Instant later, Optional<Instant> newDataAsOf) {
    return new Assessment(
        budget,
        later,
        period,
        unit,
        spent,
        limit,
        used,
        elapsed,
        burn,
        forecast,
        runwaySeconds,
        newDataAsOf,
        dataState,
        unknown,
        verdicts,
        contributors);
  }

  /// The same with other verdicts on other data.
  public Assessment judged(
      List<Verdict> verdicts, DataState dataState, Optional<Instant> dataAsOf) {
    return new Assessment(
        budget,
        at,
        period,
        unit,
        spent,
        limit,
        used,
        elapsed,
        burn,
        forecast,
        runwaySeconds,
        dataAsOf,
        dataState,
        unknown,
        verdicts,
        contributors);
  }

  /// Held: nothing fires, resolves or acts on this assessment.
  public boolean held() {
    return dataState != DataState.FRESH || unknown.isPresent();
  }

  /// The rules that cannot be decided: something they need is not known, or failed to be computed.
  public List<String> unknownRules() {
    return verdicts.stream()
        .filter(verdict -> verdict.truth() == Truth.UNKNOWN)
        .map(Verdict::rule)
        .toList();
  }

  public Optional<Amount> spentAmount() {
    return spent.flatMap(value -> unit.map(u -> new Amount(value, u)));
  }

  /// One rule's outcome.
  public record Verdict(String rule, Truth truth) {}

  public record Contributor(Dimensions labels, BigDecimal spent) {}

  /// Spend expected at the period's end, in the budget's unit.
  ///
  /// @param probOver probability that the period ends above the limit; NaN without a limit
  public record Forecast(double p10, double p50, double p90, double probOver) {}
}
