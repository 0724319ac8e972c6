package dev.spendwarden.app;

import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.ledger.Selection;
import dev.spendwarden.notify.SummaryRenderer;
import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.Facts;
import dev.spendwarden.policy.Rule;
import dev.spendwarden.policy.cel.SummaryTemplate;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Renders rules' summaries with the very facts the rules were judged on. Templates are compiled
/// once.
final class RuleSummaries implements SummaryRenderer {

  /// Where facts come from: the evaluation, on whose thread summaries are rendered.
  interface FactsLookup {
    Optional<Facts> facts(String policy, Dimensions labels, Instant at);
  }

  private final FactsLookup facts;
  private final Map<String, SummaryTemplate.Compiled> templates = new ConcurrentHashMap<>();

  RuleSummaries(FactsLookup facts) {
    this.facts = facts;
  }

  @Override
  public String render(Rule rule, Assessment assessment) {
    var compiled = templates.computeIfAbsent(rule.summary(), RuleSummaries::compile);
    Optional<Facts> known =
        facts.facts(assessment.budget().policy(), assessment.budget().labels(), assessment.at());
    return switch (compiled) {
      case SummaryTemplate.Compiled.Ok(SummaryTemplate template) ->
          known.map(template::render).orElse(rule.name());
      case SummaryTemplate.Compiled.Failed _ -> rule.summary();
    };
  }

  /// The kind only decides which names are allowed, which was checked when the policy was loaded; a
  /// name that both kinds know means the same in both.
  private static SummaryTemplate.Compiled compile(String text) {
    var ofBudget = SummaryTemplate.compile(text, Selection.Kind.SPEND);
    return switch (ofBudget) {
      case SummaryTemplate.Compiled.Ok _ -> ofBudget;
      case SummaryTemplate.Compiled.Failed _ ->
          SummaryTemplate.compile(text, Selection.Kind.REPORTS);
    };
  }
}
