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
/// @param ungrouped those that are told of every alert alone, whatever the routes say: an
///   Alertmanager, which groups for itself and must not miss one
public record Routes(RouteNode root, Set<String> receivers, Set<String> ungrouped) {

  /// The path of what a policy's own `notify` names.
  public static final String NOTIFY = "notify";

  public Routes {
    receivers = Set.copyOf(receivers);
    ungrouped = Set.copyOf(ungrouped);
  }

  public Routes(RouteNode root, Set<String> receivers) {
    this(root, receivers, Set.of());
  }

  /// @param path of the nodes from the root to the one that matched, by what they match:
  ///   `{}/{team="quantum"}`
  /// @param repeatInterval how often a firing alert is told again; empty: never
  /// @param grouping empty: every change is told alone and at once
  /// @param hours when this route tells
  public record RouteMatch(
      String receiver,
      String path,
      Optional<Duration> repeatInterval,
      Optional<Grouping> grouping,
      Hours hours) {}

  /// The receivers of an alert with these labels, in the order of the tree, each once (the first
  /// match of a receiver counts). The deepest matching routes win; a node is its own match when
  /// none of its branches is.
  public List<RouteMatch> receiversFor(Map<String, String> labels) {
    var found = new LinkedHashMap<String, RouteMatch>();
    descend(root, labels, ofRoot(), found);
    return found.values().stream().filter(match -> isKnown(match.receiver())).toList();
  }

  /// A policy's own receivers, with the root's intervals and grouping, or else those of the tree.
  public List<RouteMatch> receiversFor(Policy policy, Map<String, String> labels) {
    return policy.receivers().map(this::receiversNamed).orElseGet(() -> receiversFor(labels));
  }

  /// What a policy's own `notify` leads to.
  public List<RouteMatch> receiversNamed(List<String> names) {
    Inherited ofRoot = ofRoot();
    return names.stream()
        .distinct()
        .filter(this::isKnown)
        .map(name -> match(name, NOTIFY, ofRoot, Hours.ALWAYS))
        .toList();
  }

  /// When the route of this path tells this receiver; one that is there no more tells always.
  Hours hoursOf(String path, String receiver) {
    return hoursOf(root, ofRoot(), path, receiver).orElse(Hours.ALWAYS);
  }

  private static Optional<Hours> hoursOf(
      RouteNode node, Inherited at, String path, String receiver) {
    if (at.path().equals(path) && at.receiver().equals(Optional.of(receiver))) {
      return Optional.of(node.hours());
    }
    return node.routes().stream()
        .flatMap(branch -> hoursOf(branch, at.with(branch), path, receiver).stream())
        .findFirst();
  }

  boolean isKnown(String receiver) {
    return receivers.contains(receiver);
  }

  /// What a node has from those above it.
  private record Inherited(
      String path,
      Optional<String> receiver,
      Optional<Duration> repeatInterval,
      Optional<List<String>> groupBy,
      Duration groupWait,
      Duration groupInterval) {

    Inherited with(RouteNode node) {
      return new Inherited(
          path.isEmpty() ? "{}" : path + "/" + node.matchers(),
          node.receiver().or(() -> receiver),
          node.repeatInterval().or(() -> repeatInterval),
          node.groupBy().or(() -> groupBy),
          node.groupWait().orElse(groupWait),
          node.groupInterval().orElse(groupInterval));
    }
  }

  private Inherited ofRoot() {
    return new Inherited(
            "",
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Grouping.DEFAULT_WAIT,
            Grouping.DEFAULT_INTERVAL)
        .with(root);
  }

  /// @param at what holds at `node`
  private void descend(
      RouteNode node, Map<String, String> labels, Inherited at, Map<String, RouteMatch> found) {
    boolean branched = false;
    for (RouteNode branch : node.routes()) {
      if (branch.matches(labels)) {
        branched = true;
        descend(branch, labels, at.with(branch), found);
        if (!branch.goOn()) {
          break;
        }
      }
    }
    if (!branched) {
      at.receiver()
          .ifPresent(name -> found.putIfAbsent(name, match(name, at.path(), at, node.hours())));
    }
  }

  private RouteMatch match(String receiver, String path, Inherited at, Hours hours) {
    Optional<Grouping> grouping =
        at.groupBy()
            .filter(by -> !ungrouped.contains(receiver))
            .map(by -> new Grouping(by, at.groupWait(), at.groupInterval()));
    return new RouteMatch(receiver, path, at.repeatInterval(), grouping, hours);
  }
}
