package dev.spendwarden.policy.cel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.yaml.PolicyReader;
import dev.spendwarden.policy.yaml.Problems;
import dev.spendwarden.policy.yaml.YamlDocument;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Policies as a user writes them, with real conditions.
public final class WrittenPolicies {

  private WrittenPolicies() {}

  public static List<Policy> read(String text) {
    var problems = new Problems();
    return read(YamlDocument.parse("policies.yaml", text, problems), problems);
  }

  /// @param file in the repository's `policies`
  public static List<Policy> shipped(String file) {
    var problems = new Problems();
    return read(YamlDocument.read(Path.of("policies", file), problems), problems);
  }

  private static List<Policy> read(Optional<YamlDocument> document, Problems problems) {
    var entries = new PolicyReader(new CelConditions(), problems).read(document.orElseThrow());
    assertThat(problems.list()).isEmpty();
    return entries.stream().map(entry -> entry.policy().orElseThrow()).toList();
  }
}
