package dev.spendwarden.policy;

import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.ledger.Selection;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/// Policies made by hand, so that tests of the core need neither YAML nor CEL.
public final class PolicyFixtures {

  private PolicyFixtures() {}

  /// `number >= threshold`, unknown when the number is not known.
  public static Condition atLeast(
      String text, ToDoubleFunction<Facts> number, double threshold, boolean movesWithTime) {
    return new Condition() {
      @Override
      public String text() {
        return text;
      }

      @Override
      public Truth test(Facts facts) {
        double value = number.applyAsDouble(facts);
        return Double.isNaN(value) ? Truth.UNKNOWN : Truth.of(value >= threshold);
      }

      @Override
      public Set<Window> burnWindows() {
        return Set.of();
      }

      @Override
      public Duration lookback() {
        return Duration.ZERO;
      }

      @Override
      public boolean movesWithTime() {
        return movesWithTime;
      }

      @Override
      public boolean usesForecast() {
        return false;
      }

      @Override
      public List<Part> explain(Facts facts) {
        return List.of();
      }
    };
  }

  public static Condition usedAtLeast(double threshold) {
    return atLeast("used >= " + threshold, Facts::used, threshold, false);
  }

  public static Rule rule(String name, Severity severity, Condition when) {
    return rule(name, severity, when, Duration.ZERO, Duration.ZERO);
  }

  public static Rule rule(
      String name, Severity severity, Condition when, Duration holdFor, Duration keepFiringFor) {
    return new Rule(name, when, holdFor, keepFiringFor, severity, "", List.of());
  }

  /// Each user of `ionq-lab` against the provider's own quota, by calendar month in UTC.
  public static Policy userQuota(Rule... rules) {
    return policy(
        "ionq-user-quota",
        new Selection(
            Set.of("ionq-lab"), Selection.Kind.QUOTA, Map.of(), Map.of(), List.of(Dimension.USER)),
        new Limit.Quota(),
        new PeriodSpec.Calendar(PeriodSpec.Every.MONTH),
        rules);
  }

  /// All charges of `claude` against a limit, by calendar month in UTC.
  public static Policy monthlySpend(Limit limit, Rule... rules) {
    return policy(
        "claude-month",
        new Selection(Set.of("claude"), Selection.Kind.SPEND, Map.of(), Map.of(), List.of()),
        limit,
        new PeriodSpec.Calendar(PeriodSpec.Every.MONTH),
        rules);
  }

  public static Policy policy(
      String name, Selection selection, Limit limit, PeriodSpec period, Rule... rules) {
    return new Policy(
        name,
        "",
        "",
        "",
        Map.of(),
        selection,
        limit,
        period,
        ZoneOffset.UTC,
        false,
        Optional.empty(),
        BigDecimal.valueOf(20),
        Optional.empty(),
        Policy.Decisions.NOT_ENFORCED,
        List.of(),
        List.of(rules),
        name + List.of(rules).stream().map(r -> r.name() + r.when().text()).toList());
  }

  public static Dimensions user(String id) {
    return Dimensions.of(Dimension.USER, id);
  }
}
