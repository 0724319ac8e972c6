package dev.spendwarden.policy.yaml;

import dev.spendwarden.ledger.Selection;
import dev.spendwarden.policy.Policy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A policy of a file and the names in it that only the configuration can check, with their places.
///
/// @param policy empty when it has errors; its names are checked all the same
/// @param at where the policy begins
/// @param receivers empty: the route tree or nobody, as `notify` says
/// @param notifies whether `notify` is there
/// @param quotaLimit where `limit: quota` stands
/// @param foreignZone where a zone other than UTC stands
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
    Set<String> per,
    Optional<Place> quotaLimit,
    Optional<Place> foreignZone,
    Optional<Freshness> freshWithin) {

  public PolicyEntry {
    sources = List.copyOf(sources);
    receivers = List.copyOf(receivers);
    actions = List.copyOf(actions);
    labels = Map.copyOf(labels);
    per = Set.copyOf(per);
  }

  /// A name that points elsewhere.
  public record Named(String name, Place at) {}

  public record Freshness(Duration within, Place at) {}
}
