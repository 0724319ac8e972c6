package dev.spendwarden.policy;

import dev.spendwarden.charge.Names;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/// What is polled and judged together, by one replica at a time: sources that some policy selects
/// together, and the policies over them. Policies that may call the same action are together too,
/// for what it may do at most is counted over all of them.
///
/// Whatever belongs to no source (deliveries, alerts of policies and sources that are gone) is the
/// rest, a shard without sources. So all shards together have every name, and each has it once.
///
/// @param sources the configured ones, sorted; the first names the shard, whatever the order in the
///   files
/// @param ofSources whose ledger and statuses it has
/// @param ofPolicies whose alerts, actions and groups it has; the built-in policies are everybody's
public record Shard(List<String> sources, Names ofSources, Names ofPolicies) {

  public Shard {
    sources = List.copyOf(sources);
  }

  /// Everything in one, as it is where there is nobody to share with.
  public static Shard whole(Collection<String> sources) {
    return new Shard(List.copyOf(new TreeSet<>(sources)), Names.ALL, Names.ALL);
  }

  /// Cuts a configuration into its shards, sorted by name; the rest is the last.
  public static List<Shard> cut(Collection<String> sources, Collection<Policy> policies) {
    var parts = new Parts();
    sources.forEach(name -> parts.find(source(name)));
    for (Policy policy : policies) {
      parts.join(
          policy(policy.name()),
          policy.selection().sources().stream()
              .filter(sources::contains)
              .map(Shard::source)
              .toList());
      parts.join(
          policy(policy.name()),
          policy.rules().stream()
              .flatMap(rule -> rule.actions().stream())
              .map(Shard::action)
              .toList());
    }
    var sourcesOf = new TreeMap<String, List<String>>();
    for (String name : new TreeSet<>(sources)) {
      sourcesOf.computeIfAbsent(parts.find(source(name)), _ -> new ArrayList<>()).add(name);
    }
    var shards = new ArrayList<Shard>();
    var placed = new TreeSet<String>();
    for (var part : sourcesOf.entrySet()) {
      List<String> own =
          policies.stream()
              .map(Policy::name)
              .filter(name -> parts.find(policy(name)).equals(part.getKey()))
              .toList();
      placed.addAll(own);
      shards.add(new Shard(part.getValue(), Names.only(part.getValue()), Names.only(own)));
    }
    shards.sort(Comparator.comparing(Shard::name));
    shards.add(new Shard(List.of(), Names.allBut(sources), Names.allBut(placed)));
    return shards;
  }

  /// Its first source's name; empty for the rest.
  public String name() {
    return sources.isEmpty() ? "" : sources.getFirst();
  }

  /// Whether it also has what belongs to no source.
  public boolean hasRest() {
    return ofSources instanceof Names.AllBut;
  }

  /// Whether everything this shard is sure to have is in `other` too. The rest is sure of nothing.
  public boolean isWithin(Shard other) {
    return isWithin(ofSources, other.ofSources) && isWithin(ofPolicies, other.ofPolicies);
  }

  private static boolean isWithin(Names names, Names others) {
    return switch (names) {
      case Names.Only(var some) -> some.stream().allMatch(others::has);
      case Names.AllBut _ -> true;
    };
  }

  /// Those of `all` that are judged here.
  public List<Policy> policiesOf(Collection<Policy> all) {
    return all.stream().filter(policy -> ofPolicies.has(policy.name())).toList();
  }

  private static String source(String name) {
    return "source " + name;
  }

  private static String policy(String name) {
    return "policy " + name;
  }

  private static String action(String name) {
    return "action " + name;
  }

  /// Disjoint sets, each known by one of its members.
  private static final class Parts {
    private final Map<String, String> parents = new HashMap<>();

    String find(String member) {
      String at = member;
      while (true) {
        String parent = parents.getOrDefault(at, at);
        if (parent.equals(at)) {
          return at;
        }
        at = parent;
      }
    }

    void join(String one, Collection<String> others) {
      others.forEach(other -> {
        String a = find(one);
        String b = find(other);
        if (!a.equals(b)) {
          parents.put(a, b);
        }
      });
    }
  }
}
