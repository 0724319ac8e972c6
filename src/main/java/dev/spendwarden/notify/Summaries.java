package dev.spendwarden.notify;

import dev.spendwarden.alert.BuiltInPolicies;
import dev.spendwarden.alert.Transition;
import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.Rule;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.Set;

/// The one sentence a message says first: the worst firing rule's own summary, or a plain one made
/// from the numbers. A rule's summary says what is wrong, so the end of an alert is told in
/// numbers: "has used up the quota" would be untrue by then. Pure.
final class Summaries {

  private Summaries() {}

  static String of(Transition transition, SummaryRenderer renderer) {
    Optional<Rule> worst = worstRule(transition.policy(), transition.alert().firingRules());
    if (worst.isPresent() && BuiltInPolicies.isReserved(transition.policy().name())) {
      // Written by the core about this very alert, no template.
      return worst.get().summary();
    }
    boolean over = transition.kind() == Transition.Kind.RESOLVED;
    if (worst.isPresent() && !over && !worst.get().summary().isBlank()) {
      return renderer.render(worst.get(), transition.assessment());
    }
    return sentence(transition.policy(), transition.assessment(), worst);
  }

  /// Of equally severe rules the one that stands first in the policy.
  private static Optional<Rule> worstRule(Policy policy, Set<String> firing) {
    return policy.rules().stream()
        .filter(rule -> firing.contains(rule.name()))
        .reduce((a, b) -> b.severity().compareTo(a.severity()) > 0 ? b : a);
  }

  /// "u1 has used 82 % (205 of 250 USD)".
  private static String sentence(Policy policy, Assessment assessment, Optional<Rule> worst) {
    String who = who(policy, assessment);
    if (assessment.spent().isEmpty()) {
      return worst
          .map(rule -> who + ": " + rule.name().replace('-', ' '))
          .orElse(who + ": no figures yet");
    }
    String spent = Figures.amount(assessment.spent().get());
    String unit = assessment.unit().map(u -> " " + u.code()).orElse("");
    if (assessment.limit().isEmpty()) {
      return who + " has spent " + spent + unit;
    }
    String ofLimit = spent + " of " + Figures.amount(assessment.limit().get()) + unit;
    double used = assessment.used().orElse(Double.NaN);
    return Double.isFinite(used)
        ? who + " has used " + Figures.percent(BigDecimal.valueOf(used)) + " (" + ofLimit + ")"
        : who + " has spent " + ofLimit;
  }

  private static String who(Policy policy, Assessment assessment) {
    var labels = assessment.budget().labels().asMap();
    return labels.isEmpty() ? policy.name() : String.join(", ", labels.values());
  }
}
