package dev.spendwarden.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.spendwarden.app.config.Check;
import dev.spendwarden.policy.cel.CelConditions;
import dev.spendwarden.policy.yaml.Problems;
import dev.spendwarden.policy.yaml.YamlDocument;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// Reads one page's blocks, in their order: a command about `spendwarden.yaml` means the
/// configuration that was shown before it. A block that is not right fails as an `AssertionError`.
final class BlockReader {

  private final Workplace workplace;
  private final ShellReader shell;

  BlockReader(Workplace workplace) {
    this.workplace = workplace;
    this.shell = new ShellReader(workplace);
  }

  void read(Block block) throws Exception {
    String text = block.text();
    switch (block.kind()) {
      case "yaml" -> yaml(block);
      // Entries of `sources:`.
      case "sources" -> check(workplace.configuration("sources:\n" + text.indent(2)));
      // Keys of one Gcore source.
      case "keys of a gcore source" ->
          check(
              workplace.configuration(
                  "sources:\n  - name: gcore-edge\n    type: gcore\n    api_key_file: secrets/a\n"
                      + text.indent(4)));
      // Entries of `policies:` of a policy file.
      case "policies" -> check(workplace.policies("version: 1\npolicies:\n" + text.indent(2)));
      case "rule-keys" -> ruleKeys(text);
      case "prometheus" -> prometheus(text);
      case "promql" -> promql(text);
      case "steps of a workflow" -> workflow(text);
      case "json" -> json(text);
      case "sh" -> shell.read(text);
      case "python" -> python(text);
      case "ini" -> pgbouncer(text);
      default -> fail("%s: nobody reads this kind; give the block a language or a marker", block);
    }
  }

  /// Told apart as `check` does it; a configuration may leave out what is not its point.
  private void yaml(Block block) throws IOException {
    var problems = new Problems();
    var document = YamlDocument.parse(block.toString(), block.text(), problems);
    assertThat(problems.list()).as(block.toString()).isEmpty();
    switch (Check.kindOf(document.orElseThrow())) {
      case CONFIGURATION -> check(workplace.configuration(block.text()));
      case POLICIES -> check(workplace.policies(block.text()));
      case TEST -> {
        Path file = workplace.resolve("policies/tests/of-the-page.yaml");
        Files.writeString(file, block.text());
        var ran = workplace.run(List.of("test", file.toString()));
        assertThat(ran.status()).as(ran.output()).isZero();
      }
    }
  }

  private static void check(Path configuration) throws IOException {
    ShellReader.checkWithEnvironment(configuration);
  }

  /// Every `when` is a rule of its own; a `summary` belongs to the one before it.
  private void ruleKeys(String text) throws IOException {
    var policy =
        new StringBuilder(
            """
            version: 1
            policies:
              - name: of-the-page
                select: { source: ionq-lab, kind: quota }
                per: [user]
                budget: { limit: quota, period: month }
                rules:
            """);
    int number = 0;
    for (String line : text.lines().toList()) {
      if (line.startsWith("when:")) {
        policy.append("      - name: r").append(++number).append("\n        severity: warning\n");
      }
      policy.append("        ").append(line).append('\n');
    }
    assertThat(number).as("rules in\n%s", text).isPositive();
    check(workplace.policies(policy.toString()));
  }

  static void json(String text) {
    try {
      assertThat(Json.decodeValue(text)).isNotNull();
    } catch (DecodeException e) {
      fail("not JSON: %s in\n%s", e.getMessage(), text);
    }
  }

  private void prometheus(String text) throws Exception {
    Path file = workplace.resolve("prometheus.yaml");
    Files.copy(
        Path.of("grafana/prometheus-rules.yaml"), workplace.resolve("prometheus-rules.yaml"));
    Files.writeString(file, text);
    run("promtool", "check", "config", file.toString());
  }

  /// Each line is a query.
  private void promql(String text) throws Exception {
    var rules = new StringBuilder("groups:\n  - name: of-the-page\n    rules:\n");
    for (String query : text.lines().filter(line -> !line.isBlank()).toList()) {
      rules.append("      - record: a:b:c\n        expr: |\n          ").append(query).append('\n');
      rules.append("        labels: { of: '").append(rules.length()).append("' }\n");
    }
    Path file = workplace.resolve("rules.yaml");
    Files.writeString(file, rules);
    run("promtool", "check", "rules", file.toString());
  }

  @SuppressWarnings("unchecked")
  private void workflow(String text) throws Exception {
    var steps =
        (List<Map<String, Object>>) new Load(LoadSettings.builder().build()).loadFromString(text);
    for (Map<String, Object> step : steps) {
      assertThat(step).containsKeys("name", "run");
      shell.read((String) step.get("run"));
    }
  }

  private void python(String text) throws Exception {
    Path file = workplace.resolve("page.py");
    Files.writeString(file, text);
    run("python3", "-m", "py_compile", file.toString());
  }

  /// The very lines that `PgBouncerIT` runs with.
  private static void pgbouncer(String text) throws IOException {
    String lab = Files.readString(Path.of("src/test/java/dev/spendwarden/store/PgBouncer.java"));
    text.lines().forEach(line -> assertThat(lab).contains(line));
  }

  /// Runs a tool that reads the block; says so where it is not installed.
  static void run(String... command) throws Exception {
    if (!isInstalled(command[0])) {
      System.out.println(String.join(" ", command) + " is not run: not installed");
      return;
    }
    Path output = Files.createTempFile("docs", ".txt");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(String.join(" ", command)).isTrue();
      assertThat(process.exitValue()).as(Files.readString(output)).isZero();
    } finally {
      Files.delete(output);
    }
  }

  private static boolean isInstalled(String program) {
    for (String folder : System.getenv().getOrDefault("PATH", "").split(":")) {
      if (Files.isExecutable(Path.of(folder, program))) {
        return true;
      }
    }
    return false;
  }

  static Map<String, String> environment(String text) {
    var environment = new LinkedHashMap<String, String>();
    for (String name : Workplace.references(text)) {
      boolean signs = name.contains("HOOK") || name.contains("SECRET");
      environment.put(name, signs ? Workplace.SIGNING : "a-key");
    }
    return environment;
  }

  static List<String> problems(Path configuration) throws IOException {
    var env = environment(Files.readString(configuration));
    var lines = new ArrayList<String>();
    switch (Check.check(List.of(configuration), env, new CelConditions())) {
      case Check.Outcome.NoSuchFile(Path file) -> lines.add("no such file: " + file);
      case Check.Outcome.Checked checked ->
          checked.problems().forEach(problem -> lines.add(problem.toString()));
    }
    return lines;
  }
}
