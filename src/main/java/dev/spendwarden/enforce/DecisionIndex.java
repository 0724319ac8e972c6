package dev.spendwarden.enforce;

import dev.spendwarden.charge.Dimension;
import dev.spendwarden.ledger.Selection;
import dev.spendwarden.policy.Policy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Which policies may select a charge with given labels, without looking at every policy: those of
/// its source that ask for no value, and those that ask for a value it has. Immutable; one for each
/// set of policies.
final class DecisionIndex {

  private final List<Policy> all;
  private final Map<String, BySource> bySource = new HashMap<>();

  private static final class BySource {
    private final List<Policy> always = new ArrayList<>();
    private final Map<Dimension, Map<String, List<Policy>>> byValue = new HashMap<>();
  }

  static DecisionIndex of(Map<String, Policy> policies) {
    return new DecisionIndex(policies);
  }

  private DecisionIndex(Map<String, Policy> policies) {
    this.all = policies.values().stream().filter(DecisionIndex::hasMoney).toList();
    for (Policy policy : all) {
      for (String source : policy.selection().sources()) {
        add(bySource.computeIfAbsent(source, _ -> new BySource()), policy);
      }
    }
  }

  private static boolean hasMoney(Policy policy) {
    return policy.selection().kind() != Selection.Kind.REPORTS;
  }

  private static void add(BySource index, Policy policy) {
    Optional<Map.Entry<Dimension, Set<String>>> key =
        policy.selection().where().entrySet().stream()
            .filter(e -> e.getKey() != Dimension.CURRENCY && e.getKey() != Dimension.SOURCE)
            .findFirst();
    if (key.isEmpty()) {
      index.always.add(policy);
      return;
    }
    Map<String, List<Policy>> values =
        index.byValue.computeIfAbsent(key.get().getKey(), _ -> new HashMap<>());
    for (String value : key.get().getValue()) {
      values.computeIfAbsent(value, _ -> new ArrayList<>()).add(policy);
    }
  }

  /// A superset of the policies that select such a charge.
  ///
  /// @param labels may lack the source: then those of all sources
  Iterable<Policy> candidates(Map<Dimension, String> labels) {
    String source = labels.get(Dimension.SOURCE);
    if (source == null) {
      return all;
    }
    BySource index = bySource.get(source);
    if (index == null) {
      return List.of();
    }
    if (index.byValue.isEmpty()) {
      return index.always;
    }
    var found = new LinkedHashSet<>(index.always);
    labels.forEach((dimension, value) ->
        found.addAll(
            index.byValue.getOrDefault(dimension, Map.of()).getOrDefault(value, List.of())));
    return found;
  }
}
