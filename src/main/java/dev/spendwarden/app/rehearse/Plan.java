package dev.spendwarden.app.rehearse;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.Snapshot.BudgetView;
import dev.spendwarden.alert.Transition;
import dev.spendwarden.alert.Transition.Kind;
import dev.spendwarden.app.RouteTree;
import dev.spendwarden.app.config.Config;
import dev.spendwarden.enforce.Action;
import dev.spendwarden.notify.Dispatch;
import dev.spendwarden.notify.Outbox;
import dev.spendwarden.notify.Routes;
import dev.spendwarden.notify.Routes.RouteMatch;
import dev.spendwarden.notify.Told;
import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.store.Database.Ports;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// What a configuration would do to the live state when it is loaded. Made from what is stored;
/// nothing is changed.
///
/// @param at the instant the stored state was looked at from
/// @param fire alerts that would begin (or change, for one that fires already)
/// @param resolve alerts that would end
/// @param loseReceiver alerts that go on but are no longer routed to somebody who was told of them
/// @param unusedActions actions of the configuration that no rule names: nothing would run them
/// @param orphanedActions actions that were begun and that the configuration would leave alone
/// @param held budgets that cannot be judged now, so that nothing is known of them
/// @param budgets all
public record Plan(
    Instant at,
    List<Change> fire,
    List<Change> resolve,
    List<Change> loseReceiver,
    List<String> unusedActions,
    List<Orphan> orphanedActions,
    int held,
    int budgets) {

  public Plan {
    fire = List.copyOf(fire);
    resolve = List.copyOf(resolve);
    loseReceiver = List.copyOf(loseReceiver);
    unusedActions = List.copyOf(unusedActions);
    orphanedActions = List.copyOf(orphanedActions);
  }

  /// An action that waits, runs or is to be undone.
  ///
  /// @param why what it needs and would no longer find
  public record Orphan(Action action, String why) {}

  /// One alert.
  ///
  /// @param type what would be sent: `alert.fired` and so on; empty where nothing would be
  /// @param receivers who would be told; for a lost receiver, who no longer would be
  public record Change(String type, Alert alert, List<String> receivers) {
    public Change {
      receivers = List.copyOf(receivers);
    }
  }

  public boolean isEmpty() {
    return fire.isEmpty()
        && resolve.isEmpty()
        && loseReceiver.isEmpty()
        && unusedActions.isEmpty()
        && orphanedActions.isEmpty();
  }

  /// @param at empty: when the newest stored data was asked for
  public static Plan of(Config config, Ports ports, Optional<Instant> at, Instant otherwise) {
    StoredState state =
        StoredState.read(ports, config.policies(), StoredState.terms(config), at, otherwise);
    Routes routes = RouteTree.of(config);
    var fire = new ArrayList<Change>();
    var resolve = new ArrayList<Change>();
    for (Transition transition : state.outcome().transitions()) {
      if (transition.kind() == Kind.RESOLVED) {
        resolve.add(change(transition, knownOf(told(ports.outbox(), transition.alert()), routes)));
      } else {
        fire.add(change(transition, routed(routes, transition)));
      }
    }
    var views = state.evaluation().snapshot(state.at()).budgets().values();
    return new Plan(
        state.at(),
        sorted(fire),
        sorted(resolve),
        sorted(losing(state, config, ports.outbox(), routes)),
        unused(config),
        orphans(config, ports.enforce().live()),
        (int) views.stream().filter(view -> view.assessment().held()).count(),
        views.size());
  }

  private static Change change(Transition transition, List<String> receivers) {
    return new Change(transition.kind().type(), transition.alert(), receivers);
  }

  private static List<Change> sorted(List<Change> changes) {
    return changes.stream()
        .sorted(
            Comparator.comparing((Change change) -> change.alert().policy())
                .thenComparing(change -> change.alert().budgetLabels().toString())
                .thenComparing(Change::type))
        .toList();
  }

  /// Alerts that were firing and go on: who was told of them, and is not on their route any more.
  private static List<Change> losing(
      StoredState state, Config config, Outbox outbox, Routes routes) {
    var losing = new ArrayList<Change>();
    for (BudgetView view : state.evaluation().snapshot(state.at()).budgets().values()) {
      Optional<Alert> alert = view.alert().filter(a -> a.state() == Alert.State.FIRING);
      if (alert.isEmpty() || !state.alerts().containsKey(alert.get().id())) {
        continue;
      }
      Policy policy =
          config.policies().stream()
              .filter(p -> p.name().equals(alert.get().policy()))
              .findFirst()
              .orElseThrow();
      var lost = new TreeSet<>(told(outbox, alert.get()));
      routed(routes, asTransition(alert.get(), policy, view.assessment())).forEach(lost::remove);
      if (!lost.isEmpty()) {
        losing.add(new Change("", alert.get(), List.copyOf(lost)));
      }
    }
    return losing;
  }

  private static Transition asTransition(Alert alert, Policy policy, Assessment assessment) {
    return new Transition(
        Kind.REPEATED, alert, policy, assessment, Optional.empty(), assessment.at());
  }

  private static List<String> routed(Routes routes, Transition transition) {
    return routes.receiversFor(transition.policy(), Dispatch.labelsOf(transition)).stream()
        .map(RouteMatch::receiver)
        .toList();
  }

  private static Set<String> told(Outbox outbox, Alert alert) {
    return outbox.toldOf(alert.id()).stream()
        .map(Told::receiver)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static List<String> knownOf(Set<String> receivers, Routes routes) {
    return receivers.stream().filter(routes.receivers()::contains).toList();
  }

  private static List<String> unused(Config config) {
    var named = new HashSet<String>();
    config
        .policies()
        .forEach(policy -> policy.rules().forEach(rule -> named.addAll(rule.actions())));
    return config.actions().keySet().stream()
        .filter(name -> !named.contains(name))
        .sorted()
        .toList();
  }

  private static List<Orphan> orphans(Config config, List<Action> live) {
    var orphans = new ArrayList<Orphan>();
    for (Action action : live) {
      String name = action.kind().name();
      String policy = action.subject().policy();
      Optional<Policy> wanting =
          config.policies().stream().filter(p -> p.name().equals(policy)).findFirst();
      if (!config.actions().containsKey(name)) {
        orphans.add(new Orphan(action, "no action " + name + " is configured"));
      } else if (wanting.isEmpty()) {
        orphans.add(new Orphan(action, "there is no policy " + policy));
      } else if (wanting.get().rules().stream().noneMatch(r -> r.actions().contains(name))) {
        orphans.add(new Orphan(action, "no rule of " + policy + " names it"));
      }
    }
    return orphans;
  }
}
