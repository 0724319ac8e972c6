package dev.spendwarden.alert;

import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Policy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// Everything that is watched: the policies in force and, where they are judged, the built-in ones.
/// Owned by [Evaluation].
final class Watches {

  private final Map<String, Watch> byPolicy = new LinkedHashMap<>();

  /// The policies as the files have them, without granted waivers.
  private final Map<String, Policy> written = new LinkedHashMap<>();

  private final Optional<HealthWatch> health;
  private final Looking looking;

  Watches(Optional<HealthWatch> health, Looking looking) {
    this.health = health;
    this.looking = looking;
  }

  void add(Watch watch) {
    written.put(watch.policy().name(), watch.policy());
    byPolicy.put(watch.policy().name(), watch);
  }

  /// The policies of the files, in their order.
  Collection<Watch> all() {
    return byPolicy.values();
  }

  Set<String> names() {
    return byPolicy.keySet();
  }

  Optional<Watch> of(String policyName) {
    return Optional.ofNullable(byPolicy.get(policyName));
  }

  Optional<Policy> policy(String name) {
    return of(name).map(Watch::policy).or(() -> health.flatMap(own -> own.policy(name)));
  }

  Optional<BudgetWatch> find(Alert alert) {
    if (health.isPresent() && health.get().owns(alert.policy())) {
      return health.get().find(alert.policy(), alert.budgetLabels());
    }
    return of(alert.policy()).flatMap(watch -> watch.find(alert.budgetLabels()));
  }

  /// The budget whose live alert has this id.
  Optional<BudgetWatch> withLive(String alertId) {
    var all = new ArrayList<BudgetWatch>();
    byPolicy.values().forEach(watch -> all.addAll(watch.budgets()));
    health.ifPresent(own -> own.policies().forEach(p -> all.addAll(own.budgets(p.name()))));
    return all.stream()
        .filter(budget -> budget.live().filter(live -> live.id().equals(alertId)).isPresent())
        .findFirst();
  }

  /// What has become of an alert.
  Quiet.Present present(Alert alert) {
    Policy policy = policy(alert.policy()).orElseGet(() -> Policy.removed(alert.policy()));
    Optional<BudgetWatch> budget = find(alert);
    Alert known =
        budget
            .flatMap(BudgetWatch::live)
            .or(() -> budget.flatMap(watch -> watch.resolvedIn(alert.periodStart())))
            .filter(other -> other.id().equals(alert.id()))
            .orElse(alert);
    return new Quiet.Present(policy, known);
  }

  /// What an alert is judged on, with all that people see; nothing is known of one that is over.
  Assessment shown(Quiet.Present present, Instant now) {
    Alert alert = present.alert();
    return find(alert)
        .flatMap(this::shown)
        .orElseGet(() ->
            Assessment.none(
                alert.budgetLabels(),
                present.policy(),
                alert.periodStart(),
                alert.periodEnd(),
                now));
  }

  /// The same as of an instant, for whoever has been left in peace.
  Quiet.Lookup lookup(Instant now) {
    return new Quiet.Lookup() {
      @Override
      public Quiet.Present of(Alert alert) {
        return present(alert);
      }

      @Override
      public Assessment shown(Quiet.Present present) {
        return Watches.this.shown(present, now);
      }
    };
  }

  /// See [Looking#shown]; the built-in policies show what they judge.
  Optional<Assessment> shown(BudgetWatch budget) {
    return of(budget.budget.policy())
        .map(watch -> looking.shown(watch, budget))
        .orElseGet(() -> Optional.ofNullable(budget.judged()));
  }

  /// Puts granted waivers in force beside those of the files, in place of all former ones.
  ///
  /// @return the policies for which that is a change
  List<Watch> grant(Collection<GrantedWaiver> waivers) {
    health.ifPresent(own -> own.waive(waivers));
    var changed = new ArrayList<Watch>();
    written.forEach((name, policy) -> {
      var all = new ArrayList<>(policy.waivers());
      waivers.stream()
          .filter(granted -> granted.policy().equals(name))
          .forEach(granted -> all.add(granted.waiver()));
      Watch before = Objects.requireNonNull(byPolicy.get(name));
      if (!before.policy().waivers().equals(all)) {
        Watch after = before.under(policy.withWaivers(all));
        byPolicy.put(name, after);
        changed.add(after);
      }
    });
    return changed;
  }
}
