package dev.spendwarden.notify;

import dev.spendwarden.policy.Policy;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Who is told: Alertmanager's tree, which a policy's own `notify` replaces. Immutable and pure.
///
/// @param root matches everything, whatever its own `match` says
/// @param receivers the names of all configured receivers: nothing is routed to any other
public record Routes(RouteNode root, Set<String> receivers) {

  public Routes {
    receivers = Set.copyOf(receivers);
  }

  /// @param repeatInterval how often a firing alert is told again; empty: never
  public record RouteMatch(String receiver, Optional<Duration> repeatInterval) {}

  /// The receivers of an alert with these labels, in the order of the tree, each once (the first
  /// match of a receiver counts). The deepest matching routes win; a node is its own match when
  /// none of its branches is.
  public List<RouteMatch> receiversFor(Map<String, String> labels) {
    var found = new LinkedHashMap<String, RouteMatch>();
    descend(root, labels, Optional.empty(), Optional.empty(), found);
    return found.values().stream().filter(match -> isKnown(match.receiver())).toList();
  }

  /// A policy's own receivers, with the root's repeat interval, or else those of the tree.
  public List<RouteMatch> receiversFor(Policy policy, Map<String, String> labels) {
    return policy
        .receivers()
        .map(names ->
            names.stream()
                .distinct()
                .filter(this::isKnown)
                .map(name -> new RouteMatch(name, root.repeatInterval()))
                .toList())
        .orElseGet(() -> receiversFor(labels));
  }

  boolean isKnown(String receiver) {
    return receivers.contains(receiver);
  }

  private static void descend(
      RouteNode node,
      Map<String, String> labels,
      Optional<String> inheritedReceiver,
      Optional<Duration> inheritedRepeat,
      Map<String, RouteMatch> found) {
    Optional<String> receiver = node.receiver().or(() -> inheritedReceiver);
    Optional<Duration> repeat = node.repeatInterval().or(() -> inheritedRepeat);
    boolean branched = false;
    for (RouteNode branch : node.routes()) {
      if (branch.matches(labels)) {
        branched = true;
        descend(branch, labels, receiver, repeat, found);
        if (!branch.goOn()) {
          break;
        }
      }
    }
    if (!branched) {
      receiver.ifPresent(name -> found.putIfAbsent(name, new RouteMatch(name, repeat)));
    }
  }
}
