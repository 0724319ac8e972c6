package dev.spendwarden.policy;

import dev.spendwarden.charge.Amount;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.ledger.Selection;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One policy as written in YAML, checked and compiled.
///
/// @param name its identity: another name is another policy
/// @param labels fixed labels added to every budget's alert (`team: quantum`)
/// @param freshWithin YAML `data.fresh_within`; empty: each source's `max_age`
/// @param maxJump YAML `data.max_jump`: a figure that jumps beyond this factor is not acted on
/// @param receivers YAML `notify`: receivers instead of the route tree; empty: the route tree;
///   [#NOBODY]: metrics only
/// @param fingerprint changes when something that decides (selection, budget, rules) changes; the
///   order in the file, descriptions and routing do not count
public record Policy(
    String name,
    String description,
    String owner,
    String runbook,
    Map<String, String> labels,
    Selection selection,
    Limit limit,
    PeriodSpec period,
    ZoneId zone,
    boolean gross,
    Optional<Duration> freshWithin,
    BigDecimal maxJump,
    Optional<List<String>> receivers,
    Decisions decisions,
    List<Waiver> waivers,
    List<Rule> rules,
    String fingerprint) {

  /// `notify: none`.
  public static final List<String> NOBODY = List.of();

  public Policy {
    labels = Map.copyOf(labels);
    waivers = List.copyOf(waivers);
    rules = List.copyOf(rules);
  }

  /// What stands in for a policy that is no longer configured when its alert is ended.
  public static Policy removed(String name) {
    var selects = new Selection(Set.of(), Selection.Kind.SPEND, Map.of(), Map.of(), List.of());
    return new Policy(
        name,
        "",
        "",
        "",
        Map.of(),
        selects,
        new Limit.None(),
        new PeriodSpec.None(),
        ZoneOffset.UTC,
        false,
        Optional.empty(),
        BigDecimal.ONE,
        Optional.empty(),
        Decisions.NOT_ENFORCED,
        List.of(),
        List.of(),
        "");
  }

  /// YAML `decisions`.
  ///
  /// @param enforce whether a decision may be refused because of this policy
  /// @param allowWhenUnknown the answer on held data
  public record Decisions(boolean enforce, boolean allowWhenUnknown) {
    public static final Decisions NOT_ENFORCED = new Decisions(false, true);
  }

  /// A dated exception: raises the limit or mutes the alert until `until`.
  ///
  /// @param raise added to the limit, in the limit's unit; empty for a mute
  /// @param labels only budgets that have all of these; empty: all budgets of the policy
  public record Waiver(
      Instant until,
      Optional<Amount> raise,
      boolean mute,
      String reason,
      String by,
      Map<String, String> labels) {

    public Waiver {
      labels = Map.copyOf(labels);
    }

    public Waiver(Instant until, Optional<Amount> raise, boolean mute, String reason, String by) {
      this(until, raise, mute, reason, by, Map.of());
    }

    /// Whether it is in force for a budget.
    public boolean covers(Dimensions budget, Instant now) {
      return now.isBefore(until)
          && (labels.isEmpty() || budget.asWords().entrySet().containsAll(labels.entrySet()));
    }
  }

  /// The same with literal summaries for some rules.
  ///
  /// @param summaries by the rule's name
  public Policy withSummaries(Map<String, String> summaries) {
    return with(
        waivers,
        rules.stream()
            .map(rule -> rule.withSummary(summaries.getOrDefault(rule.name(), rule.summary())))
            .toList());
  }

  /// The same with other waivers. The fingerprint stays: waiving something changes no rule.
  public Policy withWaivers(List<Waiver> others) {
    return with(others, rules);
  }

  private Policy with(List<Waiver> waivers, List<Rule> rules) {
    return new Policy(
        name,
        description,
        owner,
        runbook,
        labels,
        selection,
        limit,
        period,
        zone,
        gross,
        freshWithin,
        maxJump,
        receivers,
        decisions,
        waivers,
        rules,
        fingerprint);
  }
}
