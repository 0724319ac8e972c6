package dev.spendwarden.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.policy.cel.CelConditions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The configurations the documentation shows are ones that `check` has nothing to say about.
class ExamplesTest {

  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "IONQ_API_KEY", "key",
          "ANTHROPIC_ADMIN_KEY", "key",
          "GITHUB_TOKEN", "token",
          "GCORE_API_KEY", "key",
          "SLACK_BOT_TOKEN", "xoxb-token",
          "HOOK_SECRET", "whsec_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=");

  @Test
  void theExampleWithAllProvidersHasNoProblems() {
    var checked =
        Check.check(
            List.of(Path.of("docs/examples/spendwarden.yaml")), ENVIRONMENT, new CelConditions());
    assertThat(checked).isEqualTo(new Check.Outcome.Checked(List.of()));
  }
}
