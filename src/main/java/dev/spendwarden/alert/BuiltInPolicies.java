package dev.spendwarden.alert;

import dev.spendwarden.charge.Dimension;
import dev.spendwarden.ledger.Selection;
import dev.spendwarden.policy.Condition;
import dev.spendwarden.policy.Facts;
import dev.spendwarden.policy.Limit;
import dev.spendwarden.policy.PeriodSpec;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.Rule;
import dev.spendwarden.policy.Severity;
import dev.spendwarden.policy.Truth;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The policies that watch Spendwarden itself. Their alerts live, are routed, silenced and told as
/// all others; only what their rules look at is not spend, so [HealthWatch] judges them. Their
/// names are reserved.
public final class BuiltInPolicies {

  public static final String SOURCE_HEALTH = "source-health";
  public static final String DELIVERY_HEALTH = "delivery-health";
  public static final String POLICY_HEALTH = "policy-health";

  /// In the order in which they are shown.
  public static final List<String> NAMES = List.of(SOURCE_HEALTH, DELIVERY_HEALTH, POLICY_HEALTH);

  /// How long a policy may be inert before somebody is told: new ones have nothing to select yet.
  static final Duration INERT_FOR = Duration.ofHours(24);

  private static final Policy SOURCES =
      policy(
          SOURCE_HEALTH,
          "Sources that cannot be polled, or whose data is older than their max_age",
          Dimension.SOURCE,
          rule("failing", "the latest polls failed", Severity.WARNING, Duration.ZERO),
          rule("stale", "the data is older than max_age", Severity.CRITICAL, Duration.ZERO));

  private static final Policy DELIVERIES =
      policy(
          DELIVERY_HEALTH,
          "Receivers to which messages cannot be delivered",
          Dimension.RECEIVER,
          rule("unreachable", "attempts fail", Severity.WARNING, Duration.ZERO),
          rule("delayed", "messages wait too long", Severity.WARNING, Duration.ZERO),
          rule("dead-letters", "messages were given up", Severity.CRITICAL, Duration.ZERO),
          rule("disabled", "the receiver answered 410 Gone", Severity.CRITICAL, Duration.ZERO));

  private static final Policy POLICIES =
      policy(
          POLICY_HEALTH,
          "Policies that watch nothing",
          Dimension.POLICY_NAME,
          rule("selects-nothing", "no figure is selected", Severity.WARNING, INERT_FOR),
          rule("no-limit", "the provider reports no limit", Severity.WARNING, INERT_FOR),
          rule("unknown-rule", "a rule is unknown everywhere", Severity.WARNING, INERT_FOR));

  private BuiltInPolicies() {}

  static List<Policy> all() {
    return List.of(SOURCES, DELIVERIES, POLICIES);
  }

  public static boolean isReserved(String policyName) {
    return NAMES.contains(policyName);
  }

  private static Policy policy(String name, String description, Dimension per, Rule... rules) {
    return new Policy(
        name,
        description,
        "",
        "",
        Map.of(),
        new Selection(Set.of(), Selection.Kind.SPEND, Map.of(), Map.of(), List.of(per)),
        new Limit.None(),
        new PeriodSpec.None(),
        ZoneOffset.UTC,
        false,
        Optional.empty(),
        BigDecimal.ONE,
        Optional.empty(),
        Policy.Decisions.NOT_ENFORCED,
        List.of(),
        List.of(rules),
        // One that never changes: an alert stays open over an update of the program.
        name);
  }

  private static Rule rule(String name, String text, Severity severity, Duration holdFor) {
    return new Rule(
        name, new JudgedElsewhere(text), holdFor, Duration.ZERO, severity, "", List.of());
  }

  /// A condition in words: no expression over a budget's figures.
  private record JudgedElsewhere(String text) implements Condition {
    @Override
    public Truth test(Facts facts) {
      return Truth.UNKNOWN;
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
      return true;
    }

    @Override
    public boolean usesForecast() {
      return false;
    }

    @Override
    public List<Part> explain(Facts facts) {
      return List.of();
    }
  }
}
