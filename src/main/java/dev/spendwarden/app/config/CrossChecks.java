package dev.spendwarden.app.config;

import dev.spendwarden.app.config.Config.ActionConfig;
import dev.spendwarden.app.config.Config.Route;
import dev.spendwarden.app.config.Config.SourceConfig;
import dev.spendwarden.app.config.Config.SourceConfig.Type;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.ledger.Selection;
import dev.spendwarden.policy.yaml.Durations;
import dev.spendwarden.policy.yaml.InertRules;
import dev.spendwarden.policy.yaml.PolicyEntry;
import dev.spendwarden.policy.yaml.PolicyEntry.Named;
import dev.spendwarden.policy.yaml.Problems;
import dev.spendwarden.policy.yaml.YamlValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// What only policies and configuration together can get wrong.
final class CrossChecks {

  /// Sources whose provider has counters with limits.
  private static final Set<Type> WITH_QUOTAS = EnumSet.of(Type.IONQ);

  /// Sources that have report tasks.
  private static final Set<Type> WITH_REPORTS = EnumSet.of(Type.GITHUB, Type.GCORE);

  /// Sources whose bills come in UTC days.
  private static final Set<Type> DAILY = EnumSet.of(Type.ANTHROPIC, Type.GITHUB, Type.GCORE);

  static final String APPROXIMATE =
      "approximate: daily sources book UTC days, which count to the period that holds their first"
          + " instant in this zone";

  private final Names sources;
  private final Map<String, SourceConfig> configured = new HashMap<>();
  private final Map<String, Type> types;
  private final Predicate<String> withoutQuotas;
  private final Names receivers;
  private final Names actionNames;
  private final Map<String, ActionConfig> actions;
  private final Route route;
  private final Problems problems;

  CrossChecks(
      SourceReader sources,
      List<SourceConfig> read,
      Names receivers,
      Names actionNames,
      Map<String, ActionConfig> actions,
      Route route,
      Problems problems) {
    this.sources = sources.names();
    this.types = sources.types();
    this.withoutQuotas = sources::isWithoutQuotas;
    read.forEach(source -> configured.put(source.name(), source));
    this.receivers = receivers;
    this.actionNames = actionNames;
    this.actions = actions;
    this.route = route;
    this.problems = problems;
  }

  void check(PolicyEntry entry) {
    entry.sources().forEach(s -> sources.check(s.name(), s.at(), problems));
    entry.receivers().forEach(r -> receivers.check(r.name(), r.at(), problems));
    checkKind(entry);
    checkReceiver(entry);
    checkFreshness(entry);
    checkDimensions(entry);
    entry.actions().forEach(action -> checkAction(entry, action));
    InertRules.check(entry, oldest(entry), problems);
    boolean daily =
        entry.sources().stream().anyMatch(s -> isOf(s, DAILY) || withoutQuotas.test(s.name()));
    if (daily && entry.kind() != Selection.Kind.QUOTA) {
      entry.foreignZone().ifPresent(at -> problems.warning(at, APPROXIMATE));
    }
  }

  private void checkKind(PolicyEntry entry) {
    for (Named source : entry.sources()) {
      Type type = types.get(source.name());
      if (type == null) {
        continue;
      }
      if (entry.kind() == Selection.Kind.QUOTA && !WITH_QUOTAS.contains(type)) {
        problems.error(entry.kindAt(), describe(source, type) + " has no quotas; only ionq has");
      } else if (withoutQuotas.test(source.name())
          && (entry.kind() == Selection.Kind.QUOTA || entry.quotaLimit().isPresent())) {
        problems.error(
            entry.quotaLimit().orElse(entry.kindAt()),
            describe(source, type)
                + " reads IonQ's v0.4, which has no quotas and limits; write an amount such as 4000"
                + " USD, or use v0.3");
      } else if (entry.kind() == Selection.Kind.REPORTS && !WITH_REPORTS.contains(type)) {
        problems.error(
            entry.kindAt(), describe(source, type) + " has no report tasks; github and gcore have");
      } else if (entry.quotaLimit().isPresent() && !WITH_QUOTAS.contains(type)) {
        problems.error(
            entry.quotaLimit().get(),
            describe(source, type) + " reports no limit; write an amount such as 4000 USD");
      }
    }
  }

  /// Figures that none of the sources has are selected by nothing, and tell no budgets apart.
  private void checkDimensions(PolicyEntry entry) {
    var given = EnumSet.noneOf(Dimension.class);
    for (Named source : entry.sources()) {
      SourceConfig config = configured.get(source.name());
      if (config == null) {
        return;
      }
      given.addAll(SourceDimensions.of(config, entry.kind()));
    }
    List<String> words = given.stream().map(Dimension::word).toList();
    String none = "no " + figures(entry.kind()) + " of " + names(entry) + " has a ";
    String known = "; they have " + String.join(", ", words);
    for (Named where : entry.where()) {
      if (!words.contains(where.name())) {
        problems.warning(
            where.at(), "selects nothing: " + none + YamlValue.quote(where.name()) + known);
      }
    }
    for (Named per : entry.per()) {
      if (!words.contains(per.name())) {
        problems.warning(
            per.at(),
            none
                + YamlValue.quote(per.name())
                + known
                + ": all of them make one budget without it");
      }
    }
  }

  private static String figures(Selection.Kind kind) {
    return switch (kind) {
      case SPEND -> "charge";
      case QUOTA -> "quota";
      case REPORTS -> "report";
    };
  }

  private static String names(PolicyEntry entry) {
    return entry.sources().stream().map(Named::name).collect(Collectors.joining(", "));
  }

  private void checkAction(PolicyEntry entry, Named named) {
    actionNames.check(named.name(), named.at(), problems);
    Optional<ActionConfig> action = Optional.ofNullable(actions.get(named.name()));
    action
        .flatMap(ActionConfig::whyInert)
        .ifPresent(why ->
            problems.warning(
                named.at(), "action " + YamlValue.quote(named.name()) + " never runs: " + why));
    action
        .filter(a -> a.type().provider().isPresent())
        .flatMap(ActionConfig::targetLabel)
        .filter(label -> !entry.hasLabel(label) && !entry.labels().containsKey(label))
        .ifPresent(label ->
            problems.warning(
                named.at(),
                "action "
                    + YamlValue.quote(named.name())
                    + " has nobody to act on: its target is labels."
                    + label
                    + ", and 'per' of this policy does not name "
                    + label));
  }

  /// How old the data of a policy can get before it is held; empty where a source is not known.
  private Optional<Duration> oldest(PolicyEntry entry) {
    Duration oldest = Duration.ZERO;
    for (Named source : entry.sources()) {
      SourceConfig config = configured.get(source.name());
      if (config == null) {
        return Optional.empty();
      }
      oldest = config.maxAge().compareTo(oldest) > 0 ? config.maxAge() : oldest;
    }
    return oldest.isZero() ? Optional.empty() : Optional.of(oldest);
  }

  private static String describe(Named source, Type type) {
    return "source "
        + YamlValue.quote(source.name())
        + " ("
        + type.name().toLowerCase(Locale.ROOT)
        + ")";
  }

  private boolean isOf(Named source, Set<Type> wanted) {
    Type type = types.get(source.name());
    return type != null && wanted.contains(type);
  }

  private void checkReceiver(PolicyEntry entry) {
    if (!entry.notifies() && route.receiver() == null && !mayReach(route, entry)) {
      problems.error(
          entry.at(),
          "policy "
              + YamlValue.quote(entry.name())
              + " has no receiver: give it 'notify', or the route tree a receiver at its root;"
              + " 'notify: none' is for metrics only");
    }
  }

  /// Whether some alert of the policy may arrive at a receiver below `node`.
  private static boolean mayReach(Route node, PolicyEntry entry) {
    for (Route child : node.routes()) {
      boolean matches =
          child.match().entrySet().stream().allMatch(e -> mayHave(entry, e.getKey(), e.getValue()));
      if (matches && (child.receiver() != null || mayReach(child, entry))) {
        return true;
      }
    }
    return false;
  }

  private static boolean mayHave(PolicyEntry entry, String label, List<String> values) {
    String fixed = entry.labels().get(label);
    if (fixed != null) {
      return values.contains(fixed);
    }
    return switch (label) {
      case "policy", "alertname" -> values.contains(entry.name());
      case "severity" -> true;
      default -> entry.hasLabel(label) || Dimension.parse(label).isPresent();
    };
  }

  private void checkFreshness(PolicyEntry entry) {
    if (entry.freshWithin().isEmpty()) {
      return;
    }
    var slower = new ArrayList<String>();
    Duration within = entry.freshWithin().get().within();
    for (Named source : entry.sources()) {
      SourceConfig config = configured.get(source.name());
      if (config != null && within.compareTo(config.pollInterval()) < 0) {
        slower.add(source.name() + " is polled every " + Durations.format(config.pollInterval()));
      }
    }
    if (!slower.isEmpty()) {
      problems.warning(
          entry.freshWithin().get().at(),
          "'fresh_within' is shorter than a poll interval ("
              + String.join(", ", slower)
              + "): this policy is held between polls");
    }
  }
}
