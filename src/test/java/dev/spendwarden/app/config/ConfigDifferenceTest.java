package dev.spendwarden.app.config;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.params.provider.FieldSource;

/// What counts as a change of a configuration, and of what it is a change.
class ConfigDifferenceTest {

  private static final String CONFIG =
      """
      sources:
        - { name: lab, type: ionq, api_key: "${KEY}", organization: o-1 }
        - { name: claude, type: anthropic, admin_key: "${KEY}" }
      receivers:
        - { name: hooks, webhook: { url: https://hooks.example.org/x } }
        - { name: other, webhook: { url: https://hooks.example.org/y } }
      route: { receiver: hooks }
      policies: [p.yaml]
      """;

  private static final String POLICIES =
      """
      version: 1
      policies:
        - name: a
          description: first
          owner: ada
          select: { source: [lab, claude], where: { currency: [USD, EUR] } }
          budget: { limit: 100 USD, period: month }
          rules:
            - { name: near, when: used >= 0.8 && elapsed < 0.9, severity: info }
            - { name: over, when: used >= 1.0, for: 5m }
        - name: b
          select: { source: lab }
          rules: [{ name: r, when: spent > 3 }]
      """;

  @TempDir Path folder;

  /// @param was a part of one of the files
  /// @param is what takes its place
  record Edit(String was, String is, String... lines) {}

  static final List<Edit> EDITS =
      List.of(
          new Edit("", ""),
          new Edit("  - name: b\n", "  # about b\n\n  - name: b   # its name\n"),
          new Edit("source: [lab, claude]", "source: [claude, lab]"),
          new Edit("currency: [USD, EUR]", "currency: [EUR, USD]"),
          new Edit("limit: 100 USD, period: month", "period: month, limit: 100 USD"),
          new Edit(
              "      - { name: near, when: used >= 0.8 && elapsed < 0.9, severity: info }\n"
                  + "      - { name: over, when: used >= 1.0, for: 5m }\n",
              "      - { name: over, for: 5m, when: used >= 1.0 }\n"
                  + "      - name: near\n"
                  + "        severity: info\n"
                  + "        when: >-\n"
                  + "          used >= 0.8\n"
                  + "          && elapsed   < 0.9\n"),
          new Edit("severity: info", "severity: critical", changed("rule near")),
          new Edit("used >= 1.0", "used > 1.0", changed("rule over")),
          new Edit("for: 5m", "for: 6m", changed("rule over")),
          new Edit("name: over,", "name: past,", changed("rule over removed, rule past added")),
          new Edit("limit: 100 USD", "limit: 101 USD", changed("budget.limit")),
          new Edit("period: month }", "period: week }", changed("budget.period")),
          new Edit("currency: [USD, EUR]", "currency: USD", changed("select.where")),
          new Edit("source: [lab, claude]", "source: lab", changed("select")),
          new Edit("description: first", "description: 1st", goesOn("description")),
          new Edit("owner: ada", "owner: bob\n    runbook: x", goesOn("owner, runbook")),
          new Edit("for: 5m }", "for: 5m, summary: 'gone: ${spent}' }", goesOn("summaries")),
          new Edit("owner: ada", "notify: other", goesOn("owner, notify")),
          new Edit(
              "  - name: b\n", "  - name: c\n",
              "policy b: removed; its alerts end as policy_removed", "policy c: added"),
          new Edit("o-1", "o-2", "source lab: changed"),
          new Edit("example.org/y", "example.org/z", "receiver other: changed"),
          new Edit("{ receiver: hooks }", "{ receiver: other }", "route: changed"),
          new Edit(
              "route:", "server: { port: 1234 }\nwatch: true\nroute:",
              "watch: changed", "server.port: changed, but only a restart takes it up"));

  private static String changed(String what) {
    return "policy a: changed (" + what + "); its alerts end as policy_changed";
  }

  private static String goesOn(String what) {
    return "policy a: " + what + "; its alerts go on";
  }

  @ParameterizedTest
  @FieldSource("EDITS")
  void anEditIsToldAsWhatItIs(Edit edit) throws IOException {
    Config before = read(CONFIG, POLICIES);
    assertThat(CONFIG + POLICIES).contains(edit.was());
    Config after =
        edit.was().isEmpty()
            ? read(CONFIG, POLICIES)
            : read(CONFIG.replace(edit.was(), edit.is()), POLICIES.replace(edit.was(), edit.is()));
    assertThat(ConfigDifference.between(before, after)).containsExactly(edit.lines());
  }

  @Test
  void theOrderOfPoliciesIsNoChange() throws IOException {
    int second = POLICIES.indexOf("  - name: b");
    int first = POLICIES.indexOf("  - name: a");
    String turned =
        POLICIES.substring(0, first)
            + POLICIES.substring(second)
            + POLICIES.substring(first, second);
    assertThat(ConfigDifference.between(read(CONFIG, POLICIES), read(CONFIG, turned))).isEmpty();
  }

  private Config read(String config, String policies) throws IOException {
    Files.writeString(folder.resolve("c.yaml"), config);
    Files.writeString(folder.resolve("p.yaml"), policies);
    var result =
        ConfigReader.read(folder.resolve("c.yaml"), Map.of("KEY", "secret"), new CelConditions());
    assertThat(result.problems()).noneMatch(Problem::isError);
    return result.config().orElseThrow();
  }
}
