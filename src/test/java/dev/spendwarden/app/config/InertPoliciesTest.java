package dev.spendwarden.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.app.config.Config.SourceConfig;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.ledger.Selection;
import dev.spendwarden.policy.cel.CelConditions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Policies that are written for nothing are told, with their place, and nothing is refused for it.
class InertPoliciesTest {

  private static final String CONFIG =
      """
      sources:
        - { name: lab, type: ionq, api_key: "${KEY}", organization: o-1 }
        - { name: daily, type: ionq, api: v0.4, api_key: "${KEY}", organization: o-1 }
        - { name: claude, type: anthropic, admin_key: "${KEY}" }
        - { name: github, type: github, enterprise: e, token: "${KEY}", keep: [product] }
        - { name: edge, type: gcore, api_key: "${KEY}" }
      receivers: [{ name: hooks, webhook: { url: https://hooks.example.org/x } }]
      actions:
        stop: { type: anthropic.disable_keys, source: claude, admin_key: "${KEY}" }
      policies: [p.yaml]
      """;

  @TempDir Path folder;

  record Row(String policy, String... warnings) {
    @Override
    public String toString() {
      return policy;
    }
  }

  static Stream<Row> rows() {
    String rules = "rules: [{ name: r, when: spent > 3 }]";
    return Stream.of(
        new Row("select: { source: lab, where: { qpu: a } }, per: [qpu], " + rules),
        new Row(
            "select: { source: lab, where: { user: a } }, " + rules,
            "4:48: selects nothing: no charge of lab has a 'user'; they have source, qpu,"
                + " currency"),
        new Row("select: { source: lab, kind: quota, where: { user: a } }, " + rules),
        new Row("select: { source: daily, where: { user: a } }, " + rules),
        new Row(
            "select: { source: [daily, claude] }, per: [model, qpu], " + rules,
            "4:66: no charge of daily, claude has a 'qpu'; they have source, user, workspace,"
                + " model, token_type, service_tier, cost_type, currency: all of them make one"
                + " budget without it"),
        new Row(
            "select: { source: claude }, budget: { limit: 1 USD }, waivers: [{ until: 2027-02-10,"
                + " mute: true, by: b }], "
                + rules,
            "4:80: 'reason' is missing: say why this is granted, and by whom"),
        new Row(
            "select: { source: github }, per: [sku], " + rules,
            "4:50: no charge of github has a 'sku'; they have source, product, currency: all of"
                + " them make one budget without it"),
        new Row(
            "select: { source: edge, kind: reports }, per: [report_type], rules: []",
            "4:77: has no rules: this policy can never fire"),
        new Row(
            "select: { source: claude }, budget: {}, rules: [{ name: r, when: used > 0.5 }]",
            "4:81: 'when' can never hold, so this rule can never fire: used is never known: the"
                + " budget has no limit"),
        new Row(
            "select: { source: claude }, rules: [{ name: r, when: age > hours(6) }]",
            "4:69: 'when' can never hold, so this rule can never fire: data as old as that holds"
                + " the budget: age is always less than 6h"),
        new Row(
            "select: { source: claude }, data: { fresh_within: 2d }, rules: [{ name: r, when: age >"
                + " hours(6) }]"),
        new Row(
            "select: { source: claude }, rules: [{ name: r, when: spent > 3, actions: [stop] }]",
            "4:90: action 'stop' has nobody to act on: its target is labels.workspace, and 'per' of"
                + " this policy does not name workspace"),
        new Row(
            "select: { source: claude }, per: [workspace], rules: [{ name: r, when: spent > 3,"
                + " actions: [stop] }]"),
        new Row(
            "select: { source: claude }, rules: [{ name: a, when: spent > 3, severity: info }, {"
                + " name: b, when: spent >= 2, severity: critical }]",
            "4:52: rule 'a' is shadowed by 'b': whenever it fires so does 'b', and an alert has the"
                + " severity of its worst rule: info never shows"),
        new Row(
            "select: { source: claude }, rules: [{ name: a, when: spent > 3 }, { name: b, when:"
                + " spent>3 }]",
            "4:82: rule 'b' is shadowed by 'a': whenever it fires 'a' fires for the same reason,"
                + " and an alert says no more for it"),
        new Row(
            "select: { source: claude }, rules: [{ name: a, when: spent > 3, for: 1h }, { name: b,"
                + " when: spent > 3, severity: critical, for: 6h }]"),
        new Row(
            "select: { source: claude }, per: [workspace], rules: [{ name: a, when: spent > 3,"
                + " actions: [stop] }, { name: b, when: spent > 2, severity: critical }]"),
        new Row(
            "select: { source: claude }, rules: [{ name: a, when: spent >= 8 }, { name: b, when:"
                + " spent >= 7 }]"));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void whatCanNeverFireIsTold(Row row) throws IOException {
    Files.writeString(folder.resolve("c.yaml"), CONFIG);
    Files.writeString(
        folder.resolve("p.yaml"),
        "version: 1\npolicies:\n  -\n    { name: p, " + row.policy() + " }\n");
    var result =
        ConfigReader.read(folder.resolve("c.yaml"), Map.of("KEY", "secret"), new CelConditions());
    assertThat(result.config()).isPresent();
    assertThat(result.problems())
        .extracting(p -> p.toString().replaceFirst(".*p.yaml:", "").replace(" warning:", ""))
        .containsExactly(row.warnings());
  }

  @Test
  void everySourceTellsItsDimensions() throws IOException {
    Files.writeString(folder.resolve("c.yaml"), CONFIG.replace("policies: [p.yaml]\n", ""));
    List<SourceConfig> sources =
        ConfigReader.read(folder.resolve("c.yaml"), Map.of("KEY", "secret"), new CelConditions())
            .config()
            .orElseThrow()
            .sources();
    for (SourceConfig source : sources) {
      assertThat(SourceDimensions.of(source, Selection.Kind.SPEND))
          .contains(Dimension.SOURCE, Dimension.CURRENCY)
          .hasSizeGreaterThan(2);
      assertThat(SourceDimensions.of(source, Selection.Kind.REPORTS))
          .isEqualTo(Set.of(Dimension.SOURCE, Dimension.REPORT_TYPE));
    }
  }
}
