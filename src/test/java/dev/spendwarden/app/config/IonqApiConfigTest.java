package dev.spendwarden.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.app.config.Config.SourceConfig;
import dev.spendwarden.app.config.Config.SourceSettings;
import dev.spendwarden.policy.cel.CelConditions;
import dev.spendwarden.policy.yaml.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which version of IonQ's interface a source reads, and that the shipped policies of it and of
/// Gcore fit their sources.
class IonqApiConfigTest {

  private static final String HEAD =
      "sources: [{ name: lab, type: ionq, api_key: '${KEY}', organization: o-1";
  private static final String TAIL =
      " }]\nreceivers: [{ name: hooks, webhook: { url: https://hooks.example.org/x } }]\n"
          + "policies: [p.yaml]\n";

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`` | v0.3 | user | https://api.ionq.co/v0.3",
        "`, api: v0.4` | v0.4 | user | https://api.ionq.co/v0.4",
        "`, api: v0.4, group_by: project` | v0.4 | project | https://api.ionq.co/v0.4",
        "`, base_url: 'https://api.ionq.co/v0.4/'` | v0.4 | user | https://api.ionq.co/v0.4/",
        "`, base_url: 'https://proxy.example.org/ionq', api: v0.4` | v0.4 | user |"
            + " https://proxy.example.org/ionq",
        "`, base_url: 'https://proxy.example.org/ionq'` | v0.3 | user |"
            + " https://proxy.example.org/ionq",
      })
  void theVersionIsToldOrIsInTheBaseUrl(String keys, String api, String groupBy, String baseUrl)
      throws IOException {
    var result = read(HEAD + keys + TAIL, spend());
    assertThat(result.problems()).isEmpty();
    SourceConfig lab = result.config().orElseThrow().sources().getFirst();
    assertThat(lab.baseUrl()).hasToString(baseUrl);
    assertThat(lab.settings())
        .isInstanceOfSatisfying(
            SourceSettings.Ionq.class,
            ionq -> {
              assertThat(ionq.api()).isEqualTo(api);
              assertThat(ionq.groupBy()).isEqualTo(groupBy);
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "api: v0.5 | 'api' must be one of v0.3, v0.4, not 'v0.5'",
        "api: v0.3, base_url: 'https://api.ionq.co/v0.4' | 'api' is v0.3, but 'base_url' ends with"
            + " v0.4",
        "group_by: user | 'group_by' is for 'api: v0.4'; v0.3 has both cuts",
        "api: v0.4, balance_means: spent | 'balance_means': IonQ's v0.4 has no balance",
        "api: v0.4, group_by: job | 'group_by' must be one of user, project, not 'job'",
      })
  void whatTheVersionDoesNotHaveIsRefused(String keys, String problem) throws IOException {
    assertThat(read(HEAD + ", " + keys + TAIL, spend()).problems())
        .singleElement()
        .satisfies(found -> assertThat(found.toString()).contains(problem));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "select: { source: lab, kind: quota } | limit: quota",
        "select: { source: lab, kind: quota } | limit: 5 USD",
        "select: { source: lab } | limit: quota"
      })
  void quotasCannotBeHadFromTheVersionWithoutThem(String select, String limit) throws IOException {
    String policy =
        "version: 1\npolicies:\n  - name: p\n    "
            + select
            + "\n    budget: { "
            + limit
            + " }\n    rules: [{ name: r, when: spent > 1.0 }]\n";
    assertThat(read(HEAD + ", api: v0.4" + TAIL, policy).problems())
        .anyMatch(
            problem -> problem.isError() && problem.toString().contains("v0.4, which has no"));
    assertThat(read(HEAD + TAIL, policy).problems()).noneMatch(p -> p.toString().contains("v0.4"));
  }

  @Test
  void shippedPoliciesFitTheirSources() throws IOException {
    Path policies = Path.of("policies").toAbsolutePath();
    String text =
        """
        sources:
          - { name: gcore-edge, type: gcore, api_key: '${KEY}', templates: [ResellerExpenses] }
          - { name: ionq-daily, type: ionq, api: v0.4, api_key: '${KEY}', organization: o-1 }
        receivers: [{ name: hooks, webhook: { url: https://hooks.example.org/x } }]
        policies: [%s, %s]
        """
            .formatted(policies.resolve("gcore.yaml"), policies.resolve("ionq-usage.yaml"));
    var result = read(text, spend());
    assertThat(result.problems()).isEmpty();
    assertThat(result.config().orElseThrow().policies()).hasSize(7);
  }

  private static String spend() {
    return """
    version: 1
    policies:
      - name: p
        select: { source: lab }
        rules: [{ name: r, when: spent > 1.0 }]
    """;
  }

  private ConfigReader.Result read(String text, String policies) throws IOException {
    Path file = folder.resolve("spendwarden.yaml");
    Files.writeString(file, text);
    Files.writeString(folder.resolve("p.yaml"), policies);
    var result = ConfigReader.read(file, Map.of("KEY", "k-123456"), new CelConditions());
    List<Problem> errors = result.problems().stream().filter(Problem::isError).toList();
    assertThat(result.config().isEmpty()).isEqualTo(!errors.isEmpty());
    return result;
  }
}
