package dev.spendwarden.policy.yaml;

import dev.spendwarden.policy.BudgetShape;
import dev.spendwarden.policy.Rule;
import dev.spendwarden.policy.yaml.PolicyEntry.RuleAt;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Finds rules that are written for nothing: those whose condition can never hold, and those that
/// can never be what an alert says. All of it is told from the text of the rules and holds whatever
/// the figures; what cannot be told so is not complained about.
public final class InertRules {

  private InertRules() {}

  /// @param oldest how old data may get where the policy does not say it; empty where nobody knows
  public static void check(PolicyEntry entry, Optional<Duration> oldest, Problems problems) {
    entry
        .policy()
        .ifPresent(policy -> {
          var shape = BudgetShape.of(policy, oldest);
          for (RuleAt rule : entry.rules()) {
            Optional<String> why = rule.rule().when().neverHolds(shape);
            if (why.isPresent()) {
              problems.warning(rule.when(), neverFires(why.get()));
            } else {
              shadowing(rule, entry.rules())
                  .ifPresent(worse -> problems.warning(rule.at(), shadowed(rule.rule(), worse)));
            }
          }
        });
  }

  private static String neverFires(String why) {
    return why.isEmpty()
        ? RuleReader.ALWAYS_FALSE
        : "'when' can never hold, so this rule can never fire: " + why;
  }

  private static String shadowed(Rule rule, Rule worse) {
    String name = YamlValue.quote(worse.name());
    return "rule "
        + YamlValue.quote(rule.name())
        + " is shadowed by "
        + name
        + ": whenever it fires "
        + (worse.severity() == rule.severity()
            ? name + " fires for the same reason, and an alert says no more for it"
            : "so does "
                + name
                + ", and an alert has the severity of its worst rule: "
                + rule.severity().word()
                + " never shows");
  }

  /// The rule that fires whenever this one does, as long and at least as severely.
  private static Optional<Rule> shadowing(RuleAt at, List<RuleAt> all) {
    Rule rule = at.rule();
    int index = all.indexOf(at);
    for (int i = 0; i < all.size(); i++) {
      Rule other = all.get(i).rule();
      boolean covers =
          i != index
              && other.severity().compareTo(rule.severity()) >= 0
              && other.holdFor().compareTo(rule.holdFor()) <= 0
              && other.keepFiringFor().compareTo(rule.keepFiringFor()) >= 0
              && other.actions().containsAll(rule.actions())
              && rule.when().implies(other.when());
      if (covers && (isWorse(other, rule) || isTwin(other, rule) && i < index)) {
        return Optional.of(other);
      }
    }
    return Optional.empty();
  }

  private static boolean isWorse(Rule other, Rule rule) {
    return other.severity().compareTo(rule.severity()) > 0
        || other.when().implies(rule.when()) && !covers(rule, other);
  }

  /// Two that fire and clear together: the later one is too much.
  private static boolean isTwin(Rule other, Rule rule) {
    return other.when().implies(rule.when()) && covers(rule, other);
  }

  private static boolean covers(Rule rule, Rule other) {
    return rule.holdFor().compareTo(other.holdFor()) <= 0
        && rule.keepFiringFor().compareTo(other.keepFiringFor()) >= 0
        && rule.actions().containsAll(other.actions());
  }
}
