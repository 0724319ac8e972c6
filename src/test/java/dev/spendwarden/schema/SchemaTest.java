package dev.spendwarden.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.spendwarden.app.config.Check;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.policy.cel.CelConditions;
import dev.spendwarden.policy.yaml.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;

/// Goal: an editor knows exactly the keys and words that the readers know. Method: a key that
/// nobody can mean is put into every mapping a file may have; the reader complains and lists what
/// there is, which must be what the schema has at that place. A word nobody can mean does the same
/// for closed sets.
class SchemaTest {

  private static final Pattern KEYS =
      Pattern.compile("unknown (?:key|dimension) 'zzzzzzzz'; there are (.*)");
  private static final Pattern WORDS =
      Pattern.compile("must be one of (.*), not (?:'zzzzzzzz'|the value of)");

  @TempDir Path folder;

  /// @param at where the schema describes it, as a JSON pointer
  /// @param text a file that holds `?`, which stands for what nobody can mean
  record Site(Schemas schema, String at, String text) {}

  private static Site config(String at, String text) {
    return new Site(Schemas.CONFIGURATION, at, text);
  }

  private static Site policy(String at, String keys) {
    return new Site(Schemas.POLICIES, at, "version: 1\npolicies: [{ name: p, " + keys + " }]");
  }

  private static Site given(String at, String keys) {
    return test(at, "given: [{ at: 2027-01-01T00:00:00Z, source: s, " + keys + " }]");
  }

  private static Site test(String at, String keys) {
    return new Site(
        Schemas.POLICY_TESTS,
        at,
        "version: 1\ntests: [{ name: t, policies: [p.yaml], now: 2027-01-01T00:00:00Z, "
            + keys
            + " }]");
  }

  private static Site source(String type, String keys) {
    return config(
        "/definitions/" + type + "Source",
        "sources: [{ name: s, type: " + type + keys + ", ?: 1 }]");
  }

  private static Site action(String definition, String type) {
    return config("/definitions/" + definition, "actions: { a: { type: " + type + ", ?: 1 } }");
  }

  static final List<Site> MAPPINGS =
      List.of(
          config("", "?: 1"),
          config("/properties/server", "server: { ?: 1 }"),
          config("/properties/server/properties/tls", "server: { tls: { ?: 1 } }"),
          config("/properties/storage", "storage: { ?: 1 }"),
          config("/properties/secret_files", "secret_files: { ?: 1 }"),
          config("/properties/egress", "egress: { ?: 1 }"),
          config("/properties/metrics", "metrics: { ?: 1 }"),
          config("/properties/heartbeat", "heartbeat: { ?: 1 }"),
          config("/properties/route", "route: { ?: 1 }"),
          config("/definitions/route", "route: { routes: [{ ?: 1 }] }"),
          config("/definitions/timeIntervals", "time_intervals: [{ ?: 1 }]"),
          config(
              "/definitions/timeInterval",
              "time_intervals: [{ name: n, time_intervals: [{ ?: 1 }] }]"),
          config(
              "/definitions/timeRange",
              "time_intervals: [{ name: n, time_intervals: [{ times: [{ ?: 1 }] }] }]"),
          source("ionq", ""),
          source("anthropic", ""),
          source("github", ""),
          source("gcore", ""),
          config(
              "/definitions/ionqSource/properties/window/anyOf/2",
              "sources: [{ name: s, type: ionq, window: { ?: 1 } }]"),
          config("/properties/receivers/items", "receivers: [{ name: r, ?: 1 }]"),
          config(
              "/properties/receivers/items/properties/slack", "receivers: [{ slack: { ?: 1 } }]"),
          config(
              "/properties/receivers/items/properties/webhook",
              "receivers: [{ webhook: { ?: 1 } }]"),
          config(
              "/properties/receivers/items/properties/alertmanager",
              "receivers: [{ alertmanager: { ?: 1 } }]"),
          config(
              "/properties/receivers/items/properties/email", "receivers: [{ email: { ?: 1 } }]"),
          action("cancelJobs", "ionq.cancel_jobs"),
          action("disableKeys", "anthropic.disable_keys"),
          action("rateLimit", "anthropic.rate_limit"),
          action("setBudget", "github.set_budget"),
          action("callWebhook", "webhook"),
          new Site(Schemas.POLICIES, "", "version: 1\npolicies: [{ name: p }]\n?: 1"),
          policy("/definitions/policy", "?: 1"),
          policy("/definitions/policy/properties/select", "select: { ?: 1 }"),
          policy("/definitions/filter", "select: { source: s, where: { ?: 1 } }"),
          policy("/definitions/policy/properties/budget", "budget: { ?: 1 }"),
          policy("/definitions/anchored", "budget: { period: { every: month, ?: 1 } }"),
          policy("/definitions/rolling", "budget: { period: { rolling: 3d, ?: 1 } }"),
          policy("/definitions/policy/properties/data", "data: { ?: 1 }"),
          policy("/definitions/policy/properties/decisions", "decisions: { ?: 1 }"),
          policy("/definitions/waiver", "waivers: [{ ?: 1 }]"),
          policy("/definitions/rule", "rules: [{ ?: 1 }]"),
          new Site(Schemas.POLICY_TESTS, "", "version: 1\ntests: []\n?: 1"),
          test("/definitions/test", "?: 1"),
          test("/definitions/terms", "sources: { s: { ?: 1 } }"),
          given("/definitions/givenQuota", "quota: {}, ?: 1"),
          given("/definitions/givenCharge", "charge: {}, ?: 1"),
          given("/definitions/givenReport", "report: {}, ?: 1"),
          given("/definitions/givenFailure", "fails_for: 1h, ?: 1"),
          test("/definitions/givenSilence", "given: [{ silence: {}, ?: 1 }]"),
          given("/definitions/quota", "quota: { ?: 1 }"),
          given("/definitions/charge", "charge: { ?: 1 }"),
          given("/definitions/report", "report: { ?: 1 }"),
          given("/definitions/silence", "silence: { ?: 1 }"),
          test("/definitions/expectation", "expect: [{ ?: 1 }]"));

  static final List<Site> CLOSED_SETS =
      List.of(
          config(
              "/definitions/ionqSource/properties/api",
              "sources: [{ name: s, type: ionq, api: ? }]"),
          config(
              "/definitions/ionqSource/properties/group_by",
              "sources: [{ name: s, type: ionq, group_by: ? }]"),
          config(
              "/definitions/ionqSource/properties/balance_means",
              "sources: [{ name: s, type: ionq, balance_means: ? }]"),
          config(
              "/definitions/ionqSource/properties/window",
              "sources: [{ name: s, type: ionq, window: ? }]"),
          config(
              "/definitions/githubSource/properties/reports/items",
              "sources: [{ name: s, type: github, reports: [?] }]"),
          config(
              "/definitions/githubSource/properties/keep/items",
              "sources: [{ name: s, type: github, keep: [?] }]"),
          config(
              "/properties/receivers/items/properties/webhook/properties/format",
              "receivers: [{ name: r, webhook: { format: ? } }]"),
          config(
              "/definitions/callWebhook/properties/mode",
              "actions: { a: { type: webhook, mode: ? } }"),
          config(
              "/definitions/callWebhook/properties/undo",
              "actions: { a: { type: webhook, undo: ? } }"),
          policy("/definitions/policy/properties/select/properties/kind", "select: { kind: ? }"),
          policy(
              "/definitions/policy/properties/budget/properties/period", "budget: { period: ? }"),
          policy("/definitions/anchored/properties/every", "budget: { period: { every: ? } }"),
          policy(
              "/definitions/policy/properties/budget/properties/amount", "budget: { amount: ? }"),
          policy(
              "/definitions/policy/properties/decisions/properties/when_unknown",
              "decisions: { when_unknown: ? }"),
          policy("/definitions/rule/properties/severity", "rules: [{ severity: ? }]"),
          test("/definitions/expectation/properties/state", "expect: [{ state: ? }]"),
          test("/definitions/expectation/properties/severity", "expect: [{ severity: ? }]"),
          test("/definitions/expectation/properties/data_state", "expect: [{ data_state: ? }]"),
          test("/definitions/expectation/properties/reason", "expect: [{ reason: ? }]"),
          test("/definitions/expectation/properties/types/items", "expect: [{ types: [?] }]"));

  @ParameterizedTest
  @FieldSource("MAPPINGS")
  void aMappingHasTheKeysThatItsReaderAsksFor(Site site) throws IOException {
    assertThat(new TreeSet<>(keys(site.schema().root().at(site.at() + "/properties"))))
        .isEqualTo(told(site, KEYS));
  }

  @ParameterizedTest
  @FieldSource("CLOSED_SETS")
  void aClosedSetHasTheWordsThatItsReaderKnows(Site site) throws IOException {
    JsonNode at = site.schema().root().at(site.at());
    JsonNode words = at.has("enum") ? at.get("enum") : at.at("/anyOf/0/enum");
    var known = new TreeSet<String>();
    words.forEach(word -> known.add(word.asText()));
    assertThat(known).isEqualTo(told(site, WORDS));
  }

  /// A mapping that no row is about could say anything.
  @ParameterizedTest
  @EnumSource
  void everyMappingOfASchemaIsHeldAgainstItsReader(Schemas schema) {
    var described = new TreeSet<String>();
    collect(schema.root(), "", described);
    // Which labels a budget has is known by its policy, and dimensions are held below.
    described.remove("/definitions/expectation/properties/budget");
    assertThat(MAPPINGS.stream().filter(site -> site.schema() == schema).map(Site::at).toList())
        .containsExactlyInAnyOrderElementsOf(described);
  }

  @Test
  void typesAndDimensionsAreThoseOfTheReaders() throws IOException {
    JsonNode root = Schemas.CONFIGURATION.root();
    assertThat(consts(root, "/properties/sources/items/anyOf"))
        .isEqualTo(told(config("", "sources: [{ name: s, type: ? }]"), WORDS));
    assertThat(consts(root, "/properties/actions/additionalProperties/anyOf"))
        .isEqualTo(told(config("", "actions: { a: { type: ? } }"), WORDS));
    var dimensions = new TreeSet<>(Dimension.selectable());
    assertThat(
            keys(
                Schemas.POLICY_TESTS
                    .root()
                    .at("/definitions/expectation/properties/budget/properties")))
        .containsExactlyInAnyOrderElementsOf(dimensions);
    var per = new TreeSet<String>();
    Schemas.POLICIES
        .root()
        .at("/definitions/policy/properties/per/items/enum")
        .forEach(word -> per.add(word.asText()));
    assertThat(per).isEqualTo(dimensions);
  }

  @ParameterizedTest
  @EnumSource
  void everyKeyIsDescribed(Schemas schema) {
    var silent = new ArrayList<String>();
    withoutDescription(schema.root(), "", silent);
    assertThat(silent).isEmpty();
  }

  private static void withoutDescription(JsonNode node, String at, List<String> silent) {
    node.fields()
        .forEachRemaining(child -> {
          if (child.getKey().equals("properties")) {
            child
                .getValue()
                .fields()
                .forEachRemaining(key -> {
                  boolean referred = key.getValue().has("$ref");
                  if (!referred && !key.getValue().has("description")) {
                    silent.add(at + "/" + key.getKey());
                  }
                });
          }
          withoutDescription(child.getValue(), at + "/" + child.getKey(), silent);
        });
  }

  private Set<String> told(Site site, Pattern pattern) throws IOException {
    Files.writeString(
        folder.resolve("p.yaml"),
        "version: 1\n"
            + "policies: [{ name: p, select: { source: s }, rules: [{ name: r, when: spent > 1 }]"
            + " }]");
    Path file = folder.resolve("file.yaml");
    Files.writeString(file, site.text().replace("?", "zzzzzzzz"));
    var checked = (Check.Outcome.Checked) Check.check(List.of(file), Map.of(), new CelConditions());
    String messages =
        String.join("\n", checked.problems().stream().map(Problem::toString).toList());
    var found = pattern.matcher(messages);
    assertThat(found.find()).as(messages).isTrue();
    return new TreeSet<>(List.of(found.group(1).split(", ")));
  }

  private static List<String> keys(JsonNode properties) {
    var keys = new ArrayList<String>();
    properties.fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  private static Set<String> consts(JsonNode root, String branches) {
    var words = new TreeSet<String>();
    root.at(branches)
        .forEach(branch -> {
          String definition = branch.get("$ref").asText().substring(1);
          words.add(root.at(definition + "/properties/type/const").asText());
        });
    return words;
  }

  private static void collect(JsonNode node, String at, Set<String> mappings) {
    if (node.path("additionalProperties").isBoolean()) {
      mappings.add(at);
    }
    node.fields()
        .forEachRemaining(child -> collect(child.getValue(), at + "/" + child.getKey(), mappings));
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      collect(node.get(i), at + "/" + i, mappings);
    }
  }

  static Stream<Path> shipped() {
    return Stream.of("policies", "policies/tests", "docs/examples")
        .map(Path::of)
        .flatMap(SchemaTest::yamlIn);
  }

  private static Stream<Path> yamlIn(Path folder) {
    try (var files = Files.list(folder)) {
      return files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList().stream();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void whatIsShippedIsWhatEditorsTakeAndTheyFindTheSchema() throws IOException {
    var line = Pattern.compile("^# yaml-language-server: \\$schema=(\\S+)$", Pattern.MULTILINE);
    List<Path> files = shipped().toList();
    assertThat(files).hasSizeGreaterThan(10);
    for (Path file : files) {
      String text = Files.readString(file);
      Schemas schema = Schemas.of(Schemas.json(text));
      assertThat(schema.problems(text)).as(file.toString()).isEmpty();
      var named = line.matcher(text);
      assertThat(named.find()).as("%s names no schema", file).isTrue();
      assertThat(file.resolveSibling(named.group(1)).normalize())
          .as(file.toString())
          .isEqualTo(schema.file());
    }
    // Copied elsewhere by `demo`, where no schema is.
    String demo =
        Files.readString(Path.of("src/main/resources/dev/spendwarden/demo/policies.yaml"));
    assertThat(Schemas.POLICIES.problems(demo)).isEmpty();
    String everything = Files.readString(Path.of("src/test/resources/config/everything.yaml"));
    assertThat(Schemas.CONFIGURATION.problems(everything)).isEmpty();
  }

  /// Whole files shown in the documentation; fragments begin with something else.
  @Test
  void whatTheDocumentationShowsIsWhatEditorsTake() throws IOException {
    var fence = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);
    var pages = new ArrayList<>(List.of(Path.of("README.md")));
    try (var docs = Files.walk(Path.of("docs"))) {
      docs.filter(f -> f.toString().endsWith(".md")).sorted().forEach(pages::add);
    }
    int blocks = 0;
    for (Path page : pages) {
      var found = fence.matcher(Files.readString(page));
      while (found.find()) {
        String text = found.group(1);
        if (text.startsWith("version: 1")
            || text.startsWith("server:")
            || text.startsWith("sources:")) {
          blocks++;
          assertThat(Schemas.of(Schemas.json(text)).problems(text))
              .as(page + "\n" + text)
              .isEmpty();
        }
      }
    }
    assertThat(blocks).isGreaterThanOrEqualTo(4);
  }

  record Broken(Schemas schema, String text) {}

  static final List<Broken> BROKEN =
      List.of(
          new Broken(Schemas.CONFIGURATION, "server: { prot: 9797 }"),
          new Broken(Schemas.CONFIGURATION, "server: { port: 99999 }"),
          new Broken(Schemas.CONFIGURATION, "server: { token: written-in-plain }"),
          new Broken(Schemas.CONFIGURATION, "storage: { retention: 400 days }"),
          new Broken(Schemas.CONFIGURATION, "sources: [{ name: a, type: ionq, organization: o }]"),
          new Broken(
              Schemas.CONFIGURATION,
              "sources: [{ name: a, type: anthropic, admin_key: '${K}', organization: o }]"),
          new Broken(Schemas.CONFIGURATION, "sources: [{ name: a, type: gcor, api_key: '${K}' }]"),
          new Broken(Schemas.CONFIGURATION, "receivers: [{ name: a }]"),
          new Broken(
              Schemas.CONFIGURATION,
              "receivers: [{ name: a, webhook: { url: u }, alertmanager: { url: u } }]"),
          new Broken(Schemas.CONFIGURATION, "route: { match: { a: b } }"),
          new Broken(Schemas.CONFIGURATION, "actions: { a: { type: webhook, product: x } }"),
          new Broken(Schemas.CONFIGURATION, "watch: yes please"),
          new Broken(Schemas.POLICIES, "policies: []"),
          new Broken(Schemas.POLICIES, "version: 2\npolicies: []"),
          new Broken(Schemas.POLICIES, "version: 1\npolicies: [{ name: p }]"),
          new Broken(
              Schemas.POLICIES,
              "version: 1\npolicies: [{ name: p, select: { source: s, where: { usr: a } } }]"),
          new Broken(
              Schemas.POLICIES,
              "version: 1\n"
                  + "policies: [{ name: p, select: { source: s }, budget: { limit: 4000 } }]"),
          new Broken(
              Schemas.POLICIES,
              "version: 1\n"
                  + "policies: [{ name: p, select: { source: s }, budget: { period: monthly } }]"),
          new Broken(
              Schemas.POLICIES,
              "version: 1\npolicies: [{ name: p, select: { source: s }, rules: [{ name: r }] }]"),
          new Broken(
              Schemas.POLICIES,
              "version: 1\n"
                  + "policies: [{ name: p, select: { source: s }, rules: [{ name: r, when: a, for:"
                  + " 10 }] }]"),
          new Broken(Schemas.POLICY_TESTS, "version: 1\ntests: [{ name: t }]"),
          new Broken(
              Schemas.POLICY_TESTS,
              "version: 1\n"
                  + "tests: [{ name: t, policies: p.yaml, now: noon, expect: [{ at:"
                  + " 2027-01-01T00:00:00Z }] }]"),
          new Broken(
              Schemas.POLICY_TESTS,
              "version: 1\n"
                  + "tests: [{ name: t, policies: p, now: 2027-01-01T00:00:00Z, given: [{ at:"
                  + " 2027-01-01T00:00:00Z, quota: { consumed: 3 } }], expect: [{ at:"
                  + " 2027-01-01T00:00:00Z }] }]"),
          new Broken(
              Schemas.POLICY_TESTS,
              "version: 1\n"
                  + "tests: [{ name: t, policies: p, now: 2027-01-01T00:00:00Z, expect: [{ at:"
                  + " 2027-01-01T00:00:00Z, state: fired }] }]"));

  @ParameterizedTest
  @FieldSource("BROKEN")
  void whatTheReadersRefuseIsUnderlined(Broken broken) {
    assertThat(broken.schema().problems(broken.text())).isNotEmpty();
  }
}
