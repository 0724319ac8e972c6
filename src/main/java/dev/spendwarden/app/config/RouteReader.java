package dev.spendwarden.app.config;

import dev.spendwarden.app.config.Config.Route;
import dev.spendwarden.notify.Grouping;
import dev.spendwarden.notify.Hours;
import dev.spendwarden.policy.yaml.Durations;
import dev.spendwarden.policy.yaml.YamlMapping;
import dev.spendwarden.policy.yaml.YamlValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads `route`, Alertmanager's tree.
final class RouteReader {

  private static final Duration SHORTEST = Duration.ofMillis(1);

  private static final Route EMPTY =
      new Route(
          null,
          Map.of(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Hours.ALWAYS,
          false,
          List.of());

  private final Names receivers;
  private final HoursReader hoursReader;

  RouteReader(Names receivers, HoursReader hoursReader) {
    this.receivers = receivers;
    this.hoursReader = hoursReader;
  }

  /// Without a receiver at the root, the only one there is takes its place.
  Route read(YamlMapping file) {
    @Nullable String only = receivers.all().size() == 1 ? receivers.all().iterator().next() : null;
    Optional<YamlMapping> route = file.mapping("route");
    if (route.isEmpty()) {
      return withReceiver(EMPTY, only);
    }
    YamlMapping root = route.get();
    for (String key : List.of("match", "continue")) {
      refuseAtRoot(
          root,
          key,
          "the root of the route tree takes everything: '" + key + "' belongs to its routes");
    }
    for (String key : List.of("mute_time_intervals", "active_time_intervals")) {
      refuseAtRoot(
          root,
          key,
          "the root of the route tree is never mute, or some alerts would reach nobody: '"
              + key
              + "' belongs to its routes");
    }
    return withReceiver(readNode(root, true, false), only);
  }

  private static Route withReceiver(Route root, @Nullable String otherwise) {
    return new Route(
        root.receiver() == null ? otherwise : root.receiver(),
        root.match(),
        root.groupBy(),
        root.groupWait(),
        root.groupInterval(),
        root.repeatInterval(),
        root.hours(),
        root.goOn(),
        root.routes());
  }

  private static void refuseAtRoot(YamlMapping root, String key, String problem) {
    if (root.has(key)) {
      root.find(key);
      root.problems().error(root.placeOf(key), problem);
    }
  }

  /// @param grouped whether a node above it has `group_by`
  private Route readNode(YamlMapping node, boolean root, boolean grouped) {
    Optional<YamlValue> receiver = node.find("receiver");
    Optional<String> name = receiver.flatMap(YamlValue::text);
    name.ifPresent(n -> receivers.check(n, node.placeOf("receiver"), node.problems()));
    Map<String, List<String>> match = root ? Map.of() : readMatch(node);
    Optional<List<String>> groupBy = node.find("group_by").map(RouteReader::readGroupBy);
    Optional<Duration> groupWait = node.duration("group_wait", Duration.ZERO, Durations.LONGEST);
    Optional<Duration> groupInterval = node.duration("group_interval", SHORTEST, Durations.LONGEST);
    Optional<Duration> repeatInterval = readRepeat(node, root);
    Hours hours = root ? Hours.ALWAYS : hoursReader.read(node);
    boolean goOn = !root && node.flag("continue", false);
    var routes = new ArrayList<Route>();
    boolean groups = grouped || groupBy.isPresent();
    for (YamlMapping child : node.mappings("routes")) {
      routes.add(readNode(child, false, groups));
    }
    node.finish();
    if (!groups && routes.stream().noneMatch(RouteReader::groups)) {
      warnOfNoGroup(node);
    }
    return new Route(
        name.orElse(null),
        match,
        groupBy,
        groupWait,
        groupInterval,
        repeatInterval,
        hours,
        goOn,
        List.copyOf(routes));
  }

  private static boolean groups(Route route) {
    return route.groupBy().isPresent() || route.routes().stream().anyMatch(RouteReader::groups);
  }

  private static void warnOfNoGroup(YamlMapping node) {
    for (String key : List.of("group_wait", "group_interval")) {
      if (node.has(key)) {
        node.problems()
            .warning(
                node.placeOf(key),
                "'" + key + "' does nothing without 'group_by': every change is told at once");
      }
    }
  }

  private static List<String> readGroupBy(YamlValue value) {
    var labels = new LinkedHashSet<String>();
    for (YamlValue item : value.oneOrMore()) {
      Optional<String> label = item.text();
      if (label.isPresent() && !labels.add(label.get())) {
        item.error("duplicate label " + YamlValue.quote(label.get()) + " in 'group_by'");
      }
    }
    if (labels.contains(Grouping.EVERYTHING) && labels.size() > 1) {
      value.error("'...' in 'group_by' means all labels: it stands alone");
    }
    return List.copyOf(labels);
  }

  private static Optional<Duration> readRepeat(YamlMapping node, boolean root) {
    Optional<YamlValue> value = node.find("repeat_interval");
    if (root && value.isPresent() && value.get().isWord("never")) {
      return Optional.empty();
    }
    return value.flatMap(v -> v.duration(SHORTEST, Durations.LONGEST));
  }

  private static Map<String, List<String>> readMatch(YamlMapping node) {
    var match = new LinkedHashMap<String, List<String>>();
    Optional<YamlMapping> mapping = node.mapping("match");
    if (mapping.isEmpty()) {
      return match;
    }
    mapping
        .get()
        .entries()
        .forEach((label, value) -> {
          List<YamlValue> items = value.oneOrMore();
          if (value.isList() && items.isEmpty()) {
            value.error("'match' names no value of " + YamlValue.quote(label));
          }
          match.put(label, items.stream().flatMap(v -> v.scalar().stream()).toList());
        });
    return match;
  }
}
