package dev.spendwarden.notify;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// A node of Alertmanager's routing tree. What is empty is inherited from the parent, except for
/// `hours`, which belong to this node alone (as in Alertmanager).
///
/// @param match label to its allowed values; all must hold. A label that is not there has the empty
///   value
/// @param groupBy at the root empty: every change is told alone and at once
/// @param groupWait at the root [Grouping#DEFAULT_WAIT]
/// @param groupInterval at the root [Grouping#DEFAULT_INTERVAL]
/// @param repeatInterval at the root never
/// @param goOn YAML `continue`: the siblings after it are asked too
public record RouteNode(
    Optional<String> receiver,
    Map<String, Set<String>> match,
    Optional<List<String>> groupBy,
    Optional<Duration> groupWait,
    Optional<Duration> groupInterval,
    Optional<Duration> repeatInterval,
    Hours hours,
    boolean goOn,
    List<RouteNode> routes) {

  public RouteNode {
    match = Collections.unmodifiableMap(new TreeMap<>(match));
    routes = List.copyOf(routes);
  }

  /// A root without branches.
  public static RouteNode to(String receiver, Optional<Duration> repeatInterval) {
    return new RouteNode(
        Optional.of(receiver),
        Map.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        repeatInterval,
        Hours.ALWAYS,
        false,
        List.of());
  }

  boolean matches(Map<String, String> labels) {
    return match.entrySet().stream()
        .allMatch(entry -> entry.getValue().contains(labels.getOrDefault(entry.getKey(), "")));
  }

  /// What it matches, as people write it: `{severity="critical",team=~"ions|quantum"}`.
  String matchers() {
    return match.entrySet().stream()
        .map(entry -> {
          String values = entry.getValue().stream().sorted().collect(Collectors.joining("|"));
          return entry.getKey()
              + (entry.getValue().size() == 1 ? "=\"" : "=~\"")
              + values.replace("\\", "\\\\").replace("\"", "\\\"")
              + "\"";
        })
        .collect(Collectors.joining(",", "{", "}"));
  }
}
