package dev.spendwarden.app;

import dev.spendwarden.app.config.Config;
import dev.spendwarden.app.config.Config.Integration;
import dev.spendwarden.app.config.Config.ReceiverConfig;
import dev.spendwarden.app.config.Config.Route;
import dev.spendwarden.notify.RouteNode;
import dev.spendwarden.notify.Routes;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The configured route tree as `notify` reads it.
public final class RouteTree {

  private RouteTree() {}

  /// The tree and the receivers of a configuration.
  public static Routes of(Config config) {
    var receivers = config.receivers();
    return new Routes(
        of(config.route()),
        receivers.stream().map(ReceiverConfig::name).collect(Collectors.toSet()),
        receivers.stream()
            .filter(receiver -> receiver.integration() instanceof Integration.Alertmanager)
            .map(ReceiverConfig::name)
            .collect(Collectors.toSet()));
  }

  private static RouteNode of(Route route) {
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
        route.hours(),
        route.goOn(),
        route.routes().stream().map(RouteTree::of).toList());
  }
}
