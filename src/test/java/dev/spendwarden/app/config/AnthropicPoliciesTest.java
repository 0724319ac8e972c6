package dev.spendwarden.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.app.config.Check.Outcome;
import dev.spendwarden.policy.cel.CelConditions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnthropicPoliciesTest {

  private static final Path SHIPPED = Path.of("policies/anthropic.yaml");

  @TempDir private Path folder;

  @Test
  void theShippedPoliciesCompileWithoutAWord() {
    assertThat(check(SHIPPED)).isEqualTo(new Outcome.Checked(List.of()));
  }

  @Test
  void theyFitAConfigurationWithASourceNamedClaude() throws Exception {
    Path config = folder.resolve("spendwarden.yaml");
    Files.writeString(
        config,
        """
        sources:
          - { name: claude, type: anthropic, admin_key: "${KEY}", fine_burn: true }
        receivers:
          - { name: hooks, webhook: { url: "https://hooks.example.org/x" } }
        route: { receiver: hooks }
        policies: ["%s"]
        """
            .formatted(SHIPPED.toAbsolutePath()));
    assertThat(check(config)).isEqualTo(new Outcome.Checked(List.of()));
  }

  private static Outcome check(Path file) {
    return Check.check(List.of(file), Map.of("KEY", "sk-ant-admin01-x"), new CelConditions());
  }
}
