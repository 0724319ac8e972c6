package dev.spendwarden.metrics;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.RuleState;
import dev.spendwarden.alert.Snapshot;
import dev.spendwarden.alert.Snapshot.BudgetView;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.ReportStatus;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.ledger.DataState;
import dev.spendwarden.ledger.Selection;
import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Budget;
import dev.spendwarden.policy.Condition;
import dev.spendwarden.policy.Facts;
import dev.spendwarden.policy.Limit;
import dev.spendwarden.policy.Period;
import dev.spendwarden.policy.PeriodSpec;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.Rule;
import dev.spendwarden.policy.Severity;
import dev.spendwarden.policy.Truth;
import dev.spendwarden.sources.FailureReason;
import dev.spendwarden.sources.SourceHealth;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/// Snapshots made by hand, for the tests of what answers from them.
public final class Samples {

  public static final Instant NOW = Instant.parse("2027-01-20T09:05:00Z");
  public static final Period MONTH =
      new Period(
          Instant.parse("2027-01-01T00:00:00Z"),
          Instant.parse("2027-02-01T00:00:00Z"),
          ZoneOffset.UTC);

  private Samples() {}

  public static Policy policy(String name, Dimension... per) {
    var selection =
        new Selection(Set.of("ionq-lab"), Selection.Kind.QUOTA, Map.of(), Map.of(), List.of(per));
    return new Policy(
        name,
        "Each user against the quota",
        "quantum-platform",
        "https://wiki.example.org/spend",
        Map.of("team", "quantum"),
        selection,
        new Limit.Quota(),
        new PeriodSpec.Calendar(PeriodSpec.Every.MONTH),
        ZoneOffset.UTC,
        false,
        Optional.empty(),
        BigDecimal.valueOf(20),
        Optional.empty(),
        Policy.Decisions.NOT_ENFORCED,
        List.of(),
        List.of(
            new Rule(
                "nearly-spent",
                new UsedAtLeast(0.8),
                Duration.ZERO,
                Duration.ofMinutes(30),
                Severity.WARNING,
                "",
                List.of())),
        "fp-1");
  }

  /// A condition without CEL: `used >= threshold`.
  public record UsedAtLeast(double threshold) implements Condition {
    @Override
    public String text() {
      return "used >= " + threshold;
    }

    @Override
    public Truth test(Facts facts) {
      return Truth.of(facts.used() >= threshold);
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
      return false;
    }

    @Override
    public boolean usesForecast() {
      return false;
    }

    @Override
    public List<Part> explain(Facts facts) {
      return List.of(
          new Part(text(), test(facts) == Truth.TRUE ? "true" : "false"),
          new Part("used", Double.toString(facts.used())));
    }
  }

  public static Dimensions user(String id) {
    return Dimensions.of(Dimension.USER, id);
  }

  /// A budget with all its numbers: 8 series of ratio, burn and forecast and 3 of time.
  public static Assessment full(String policy, Dimensions labels, String spent, String limit) {
    var burn = new LinkedHashMap<String, Double>();
    burn.put("1h", 0.5);
    burn.put("6h", 2.25);
    double used =
        new BigDecimal(spent).divide(new BigDecimal(limit), MathContext.DECIMAL64).doubleValue();
    return new Assessment(
        Budget.of(policy, labels),
        NOW,
        MONTH,
        Optional.of(Unit.USD),
        Optional.of(new BigDecimal(spent)),
        Optional.of(new BigDecimal(limit)),
        OptionalDouble.of(used),
        OptionalDouble.of(0.625),
        burn,
        Optional.of(new Assessment.Forecast(230.5, 250, 300.25, 0.5)),
        OptionalDouble.of(3600),
        Optional.of(NOW.minusSeconds(60)),
        DataState.FRESH,
        Optional.empty(),
        List.of(new Assessment.Verdict("nearly-spent", Truth.of(used >= 0.8))),
        List.of(
            new Assessment.Contributor(
                Dimensions.of(Dimension.QPU, "qpu.forte-1"), new BigDecimal("180.00"))));
  }

  /// A budget of which nothing is known but its period.
  public static Assessment blank(String policy, Dimensions labels, Period period) {
    return new Assessment(
        Budget.of(policy, labels),
        NOW,
        period,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        Map.of("1h", Double.NaN),
        Optional.empty(),
        OptionalDouble.of(Double.POSITIVE_INFINITY),
        Optional.empty(),
        DataState.MISSING,
        Optional.of("no reading yet"),
        List.of(),
        List.of());
  }

  public static Alert firing(Assessment assessment) {
    return alert(assessment, Alert.State.FIRING, Severity.WARNING);
  }

  public static Alert alert(Assessment assessment, Alert.State state, Severity severity) {
    Budget budget = assessment.budget();
    boolean resolved = state == Alert.State.RESOLVED;
    RuleState rule =
        state == Alert.State.PENDING
            ? new RuleState.Pending(NOW)
            : new RuleState.Firing(NOW, Optional.empty());
    return new Alert(
        "alr_" + budget.id().substring(4),
        budget.policy(),
        budget.id(),
        budget.labels(),
        "fp-1",
        assessment.period().start(),
        assessment.period().end(),
        1,
        3,
        state,
        severity,
        Map.of("nearly-spent", rule),
        NOW,
        resolved ? Optional.of(NOW) : Optional.empty(),
        resolved ? Optional.of(Alert.Reason.RECOVERED) : Optional.empty(),
        Optional.empty());
  }

  public static Snapshot snapshot(List<Policy> policies, List<BudgetView> views) {
    var byName = new LinkedHashMap<String, Policy>();
    policies.forEach(policy -> byName.put(policy.name(), policy));
    var byId = new LinkedHashMap<String, BudgetView>();
    views.forEach(view -> byId.put(view.assessment().budget().id(), view));
    return new Snapshot(NOW, byName, byId, List.of(), List.of());
  }

  /// A snapshot of nothing but report tasks.
  public static Snapshot withReports(ReportStatus... reports) {
    return new Snapshot(NOW, Map.of(), Map.of(), List.of(), List.of(reports));
  }

  public static ReportStatus report(
      String source, String id, String type, ReportStatus.State state, boolean degraded) {
    return new ReportStatus(
        source, id, type, state, degraded, NOW, NOW, "2027-01-01 to 2027-01-20");
  }

  public static BudgetView quiet(Assessment assessment) {
    return new BudgetView(assessment, Optional.empty());
  }

  public static SourceHealth healthy(String name) {
    return new SourceHealth(
        name,
        "ionq",
        Optional.empty(),
        "",
        Optional.of(NOW.minusSeconds(60)),
        Optional.of(NOW.minusSeconds(61)),
        Optional.of(NOW.minusSeconds(60)),
        Optional.of(NOW.plusSeconds(240)),
        Duration.ofMillis(120));
  }

  public static SourceHealth failing(String name, FailureReason reason) {
    return new SourceHealth(
        name,
        "anthropic",
        Optional.of(reason),
        "401 from /v1/organizations/cost_report",
        Optional.empty(),
        Optional.empty(),
        Optional.of(NOW),
        Optional.of(NOW.plusSeconds(300)),
        Duration.ofMillis(80));
  }
}
