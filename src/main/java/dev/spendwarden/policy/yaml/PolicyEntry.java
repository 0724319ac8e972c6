package dev.spendwarden.policy.yaml;

import dev.spendwarden.ledger.Selection;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.Rule;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A policy of a file and the names in it that only the configuration can check, with their places.
///
/// @param policy empty when it has errors; its names are checked all the same
/// @param at where the policy begins
/// @param receivers empty: the route tree or nobody, as `notify` says
/// @param notifies whether `notify` is there
/// @param where the dimensions of `select.where`
/// @param per the dimensions of `per`
/// @param quotaLimit where `limit: quota` stands
/// @param foreignZone where a zone other than UTC stands
/// @param rules those without errors, in their order
public record PolicyEntry(
    String name,
    Place at,
    Optional<Policy> policy,
    Selection.Kind kind,
    Place kindAt,
    List<Named> sources,
    boolean notifies,
    List<Named> receivers,
    List<Named> actions,
    Map<String, String> labels,
    List<Named> where,
    List<Named> per,
    Optional<Place> quotaLimit,
    Optional<Place> foreignZone,
    Optional<Freshness> freshWithin,
    List<RuleAt> rules) {

  public PolicyEntry {
    sources = List.copyOf(sources);
    receivers = List.copyOf(receivers);
    actions = List.copyOf(actions);
    labels = Map.copyOf(labels);
    where = List.copyOf(where);
    per = List.copyOf(per);
    rules = List.copyOf(rules);
  }

  /// Whether its budgets have this label.
  public boolean hasLabel(String dimension) {
    return per.stream().anyMatch(p -> p.name().equals(dimension));
  }

  /// A name that points elsewhere.
  public record Named(String name, Place at) {}

  /// A rule without errors.
  ///
  /// @param at where the rule begins
  /// @param when where its condition stands
  /// @param actions those it names, with their places
  public record RuleAt(Rule rule, Place at, Place when, List<Named> actions) {
    public RuleAt {
      actions = List.copyOf(actions);
    }
  }

  public record Freshness(Duration within, Place at) {}
}
