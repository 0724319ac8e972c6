package dev.spendwarden.policy;

import java.time.Duration;
import java.util.List;

/// One line of a policy: when it holds for long enough, the budget's alert is at least this severe.
///
/// @param holdFor YAML `for`: the condition must hold this long before the rule fires
/// @param keepFiringFor YAML `keep_firing_for`: it goes on firing this long after the condition has
///   cleared
/// @param summary a template with `${…}`; empty when the policy gives none
/// @param actions names of actions in the configuration
public record Rule(
    String name,
    Condition when,
    Duration holdFor,
    Duration keepFiringFor,
    Severity severity,
    String summary,
    List<String> actions) {
  public Rule {
    actions = List.copyOf(actions);
  }

  Rule withSummary(String summary) {
    return new Rule(name, when, holdFor, keepFiringFor, severity, summary, actions);
  }
}
