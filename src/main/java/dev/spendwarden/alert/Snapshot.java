package dev.spendwarden.alert;

import dev.spendwarden.burn.ForecastScore;
import dev.spendwarden.charge.ReportStatus;
import dev.spendwarden.ledger.SourceStatus;
import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Policy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// All that is known and judged at one instant: what metrics, the API and the page answer from.
/// Immutable; replaced whole by the evaluation's owner.
///
/// @param budgets by budget id, in a stable order
/// @param reports of all sources, newest first: those not finished and those that changed within
///   [#REPORTS_SHOWN]
/// @param scores how good the forecasts of each policy's budgets were; not of those never scored
public record Snapshot(
    Instant at,
    Map<String, Policy> policies,
    Map<String, BudgetView> budgets,
    List<SourceStatus> sources,
    List<ReportStatus> reports,
    Map<String, ForecastScore> scores) {

  /// Without scores.
  public Snapshot(
      Instant at,
      Map<String, Policy> policies,
      Map<String, BudgetView> budgets,
      List<SourceStatus> sources,
      List<ReportStatus> reports) {
    this(at, policies, budgets, sources, reports, Map.of());
  }

  /// How long a finished report task is shown; what policies count is theirs to say.
  public static final Duration REPORTS_SHOWN = Duration.ofDays(35);

  public static final Snapshot EMPTY =
      new Snapshot(Instant.EPOCH, Map.of(), Map.of(), List.of(), List.of());

  /// What several know and judge between them. What they all have, the built-in policies, comes
  /// last.
  public static Snapshot of(Collection<Snapshot> parts) {
    var policies = new LinkedHashMap<String, Policy>();
    var builtIn = new LinkedHashMap<String, Policy>();
    var budgets = new LinkedHashMap<String, BudgetView>();
    var sources = new ArrayList<SourceStatus>();
    var reports = new ArrayList<ReportStatus>();
    var scores = new LinkedHashMap<String, ForecastScore>();
    Instant at = Instant.EPOCH;
    for (Snapshot part : parts) {
      at = part.at().isAfter(at) ? part.at() : at;
      part.policies()
          .forEach((name, policy) ->
              (BuiltInPolicies.isReserved(name) ? builtIn : policies).put(name, policy));
      budgets.putAll(part.budgets());
      sources.addAll(part.sources());
      reports.addAll(part.reports());
      scores.putAll(part.scores());
    }
    policies.putAll(builtIn);
    sources.sort(Comparator.comparing(SourceStatus::source));
    reports.sort(NEWEST_FIRST);
    return new Snapshot(at, policies, budgets, List.copyOf(sources), List.copyOf(reports), scores);
  }

  static final Comparator<ReportStatus> NEWEST_FIRST =
      Comparator.comparing(ReportStatus::createdAt)
          .reversed()
          .thenComparing(ReportStatus::source)
          .thenComparing(ReportStatus::id);

  /// A budget, its newest assessment and its newest alert.
  public record BudgetView(Assessment assessment, Optional<Alert> alert) {}
}
