package dev.spendwarden.notify;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// A node of Alertmanager's routing tree.
///
/// @param receiver empty: the parent's
/// @param match label to its allowed values; all must hold. A label that is not there has the empty
///   value
/// @param groupBy kept for grouping, which no decision here uses yet; likewise `groupWait` and
///   `groupInterval`
/// @param repeatInterval empty: the parent's; never at the root
/// @param goOn YAML `continue`: the siblings after it are asked too
public record RouteNode(
    Optional<String> receiver,
    Map<String, Set<String>> match,
    List<String> groupBy,
    Optional<Duration> groupWait,
    Optional<Duration> groupInterval,
    Optional<Duration> repeatInterval,
    boolean goOn,
    List<RouteNode> routes) {

  public RouteNode {
    match = Collections.unmodifiableMap(new TreeMap<>(match));
    groupBy = List.copyOf(groupBy);
    routes = List.copyOf(routes);
  }

  /// A root without branches.
  public static RouteNode to(String receiver, Optional<Duration> repeatInterval) {
    return new RouteNode(
        Optional.of(receiver),
        Map.of(),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        repeatInterval,
        false,
        List.of());
  }

  boolean matches(Map<String, String> labels) {
    return match.entrySet().stream()
        .allMatch(entry -> entry.getValue().contains(labels.getOrDefault(entry.getKey(), "")));
  }
}
