package dev.spendwarden.notify;

import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Rule;

/// Renders the `summary` template of a rule for a budget. Pure; must not throw: what a template
/// asks for and is not known is the renderer's to word.
@FunctionalInterface
public interface SummaryRenderer {

  /// @param rule one with a `summary`
  String render(Rule rule, Assessment assessment);
}
