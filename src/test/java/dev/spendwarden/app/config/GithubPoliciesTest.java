package dev.spendwarden.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.policy.cel.CelConditions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GithubPoliciesTest {

  @Test
  void shippedPoliciesAreFineToTheRealCompiler() {
    var outcome =
        Check.check(List.of(Path.of("policies/github.yaml")), Map.of(), new CelConditions());
    assertThat(((Check.Outcome.Checked) outcome).problems()).isEmpty();
  }
}
