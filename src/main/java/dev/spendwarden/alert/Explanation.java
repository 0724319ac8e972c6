package dev.spendwarden.alert;

import dev.spendwarden.burn.DayUse;
import dev.spendwarden.burn.ForecastScore;
import dev.spendwarden.ledger.BudgetSeries.Input;
import dev.spendwarden.ledger.BudgetSeries.Pace;
import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Condition;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.Rule;
import dev.spendwarden.policy.Truth;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Where each number of a budget comes from and how each rule stands: the one result that the
/// command, the API and failed policy tests show. Immutable.
///
/// @param assessment the numbers themselves
/// @param waivers those that raise the limit or mute the alert now
/// @param inputs the figures that make up what was spent, oldest first, at most [#MOST_INPUTS]
/// @param leftOut how many more there are
/// @param windows how each window of `burn` was measured
/// @param alert the newest
/// @param basis what the forecast rests on; empty where there is none
/// @param score how good the budget's former forecasts were
public record Explanation(
    Policy policy,
    Assessment assessment,
    List<Policy.Waiver> waivers,
    List<SourceData> sources,
    List<Input> inputs,
    int leftOut,
    List<Measured> windows,
    List<RuleOutcome> rules,
    Optional<Alert> alert,
    Optional<DayUse.Basis> basis,
    ForecastScore score) {

  /// More lines than anybody reads; keeps an answer bounded.
  public static final int MOST_INPUTS = 1000;

  public Explanation {
    waivers = List.copyOf(waivers);
    sources = List.copyOf(sources);
    inputs = List.copyOf(inputs);
    windows = List.copyOf(windows);
    rules = List.copyOf(rules);
  }

  /// How old the data of one source is.
  ///
  /// @param dataAsOf when its newest good reading was asked for
  /// @param freshWithin how old it may be; empty: any age
  /// @param failure why its latest poll failed, when it did
  public record SourceData(
      String source,
      Optional<Instant> dataAsOf,
      Optional<Duration> freshWithin,
      Optional<String> failure,
      Optional<Instant> failingSince) {

    public Optional<Duration> age(Instant now) {
      return dataAsOf.map(asOf -> Duration.between(asOf, now));
    }
  }

  /// A window of `burn` as a rule asks for it, and over what it was really measured.
  public record Measured(Condition.Window window, Pace pace) {}

  /// @param state empty while the rule is neither pending nor firing
  /// @param parts the expression and its sub-expressions with their values, outermost first
  /// @param distance how far it is from holding, where that is a number
  public record RuleOutcome(
      Rule rule,
      Truth holds,
      Optional<RuleState> state,
      List<Condition.Part> parts,
      Optional<Condition.Distance> distance) {

    public RuleOutcome {
      parts = List.copyOf(parts);
    }
  }
}
