package dev.spendwarden.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.ledger.Selection;
import dev.spendwarden.policy.Assessment;
import dev.spendwarden.policy.ConditionCompiler.Compiled;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.Rule;
import dev.spendwarden.policy.Severity;
import dev.spendwarden.policy.UnknownFacts;
import dev.spendwarden.policy.cel.CelConditions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RuleSummariesTest {

  private static final Instant NOW = Instant.parse("2027-01-20T09:00:00Z");

  private final RuleSummaries summaries =
      new RuleSummaries((policy, labels, at) -> Optional.of(UnknownFacts.NONE));

  @Test
  void rendersForBudgetsAndForReports() {
    assertThat(rendered("used ${used}, ${age} old")).isEqualTo("used unknown, unknown old");
    assertThat(rendered("newest ${reports.newest_age}")).isEqualTo("newest unknown");
  }

  @Test
  void aBudgetWhoseFactsAreGoneIsToldByTheRulesName() {
    var without = new RuleSummaries((policy, labels, at) -> Optional.empty());
    assertThat(without.render(rule("${used}"), assessment())).isEqualTo("nearly-spent");
  }

  private String rendered(String summary) {
    return summaries.render(rule(summary), assessment());
  }

  private static Assessment assessment() {
    return Assessment.none(
        Dimensions.NONE, Policy.removed("p"), NOW, NOW.plus(Duration.ofDays(1)), NOW);
  }

  private static Rule rule(String summary) {
    var compiled = new CelConditions().compile("true", Selection.Kind.SPEND);
    return switch (compiled) {
      case Compiled.Ok(var when) ->
          new Rule(
              "nearly-spent",
              when,
              Duration.ZERO,
              Duration.ZERO,
              Severity.WARNING,
              summary,
              List.of());
      case Compiled.Failed(var message, int _) -> throw new AssertionError(message);
    };
  }
}
