package dev.spendwarden.app;

import dev.spendwarden.app.config.Config.Route;
import dev.spendwarden.notify.RouteNode;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The configured route tree as `notify` reads it.
public final class RouteTree {

  private RouteTree() {}

  public static RouteNode of(Route route) {
    Map<String, Set<String>> match =
        route.match().entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, e -> Set.copyOf(e.getValue())));
    return new RouteNode(
        Optional.ofNullable(route.receiver()),
        match,
        route.groupBy(),
        route.groupWait(),
        route.groupInterval(),
        route.repeatInterval(),
        route.goOn(),
        route.routes().stream().map(RouteTree::of).toList());
  }
}
