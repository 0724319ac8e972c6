package dev.spendwarden.app.config;

import dev.spendwarden.app.config.Config.Route;
import dev.spendwarden.policy.yaml.Durations;
import dev.spendwarden.policy.yaml.YamlMapping;
import dev.spendwarden.policy.yaml.YamlValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads `route`, Alertmanager's tree.
final class RouteReader {

  private static final Duration SHORTEST = Duration.ofMillis(1);

  private final Names receivers;

  RouteReader(Names receivers) {
    this.receivers = receivers;
  }

  /// Without a receiver at the root, the only one there is takes its place.
  Route read(YamlMapping file) {
    @Nullable String only = receivers.all().size() == 1 ? receivers.all().iterator().next() : null;
    Optional<YamlMapping> route = file.mapping("route");
    if (route.isEmpty()) {
      return new Route(
          only,
          Map.of(),
          List.of(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          false,
          List.of());
    }
    for (String key : List.of("match", "continue")) {
      if (route.get().has(key)) {
        route.get().find(key);
        route
            .get()
            .problems()
            .error(
                route.get().placeOf(key),
                "the root of the route tree takes everything: '" + key + "' belongs to its routes");
      }
    }
    return readNode(route.get(), only, true);
  }

  private Route readNode(YamlMapping node, @Nullable String otherwise, boolean root) {
    Optional<YamlValue> receiver = node.find("receiver");
    Optional<String> name = receiver.flatMap(YamlValue::text);
    name.ifPresent(n -> receivers.check(n, node.placeOf("receiver"), node.problems()));
    Map<String, List<String>> match = root ? Map.of() : readMatch(node);
    List<String> groupBy = node.texts("group_by");
    Optional<Duration> groupWait = node.duration("group_wait", Duration.ZERO, Durations.LONGEST);
    Optional<Duration> groupInterval = node.duration("group_interval", SHORTEST, Durations.LONGEST);
    Optional<Duration> repeatInterval = readRepeat(node, root);
    boolean goOn = !root && node.flag("continue", false);
    var routes = new ArrayList<Route>();
    for (YamlMapping child : node.mappings("routes")) {
      routes.add(readNode(child, null, false));
    }
    node.finish();
    return new Route(
        name.orElse(otherwise),
        match,
        groupBy,
        groupWait,
        groupInterval,
        repeatInterval,
        goOn,
        List.copyOf(routes));
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
