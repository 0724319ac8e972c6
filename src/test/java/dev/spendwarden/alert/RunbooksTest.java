package dev.spendwarden.alert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.Rule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Whoever is told of a built-in alert finds each of its rules in a runbook.
class RunbooksTest {

  private static final Pattern RULE = Pattern.compile("(?m)^\\| `([a-z-]+)` \\|");

  @Test
  void everyBuiltInPolicyHasARunbookWithEachOfItsRules() throws IOException {
    for (Policy policy : BuiltInPolicies.all()) {
      String runbook = Files.readString(Path.of("docs/runbooks", policy.name() + ".md"));
      List<String> described =
          RULE.matcher(runbook).results().map(found -> found.group(1)).toList();
      assertThat(described)
          .as("rules in the runbook of " + policy.name())
          .containsExactlyInAnyOrderElementsOf(policy.rules().stream().map(Rule::name).toList());
    }
  }
}
