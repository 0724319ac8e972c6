package dev.spendwarden.policy.yaml;

import dev.spendwarden.policy.ConditionCompiler;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.yaml.PolicyTest.Expectation;
import dev.spendwarden.policy.yaml.PolicyTest.Given;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/// Reads policy test files, and the policies they name.
public final class PolicyTestReader {

  static final Duration SHORTEST_POLL = Duration.ofSeconds(1);

  private static final Duration DEFAULT_POLL = Duration.ofMinutes(5);
  private static final Duration DEFAULT_MAX_AGE = Duration.ofHours(1);
  private static final int VERSION = 1;

  private final ConditionCompiler compiler;
  private final Problems problems;

  /// By the files they come from: tests of one file mostly share their policies.
  private final Map<List<Path>, List<Policy>> known = new HashMap<>();

  public PolicyTestReader(ConditionCompiler compiler, Problems problems) {
    this.compiler = compiler;
    this.problems = problems;
  }

  /// The tests of a file in their order, without those that have errors.
  ///
  /// @param file where the document was read from: the paths in it are relative to its folder
  public List<PolicyTest> read(YamlDocument document, Path file) {
    var tests = new ArrayList<PolicyTest>();
    Optional<YamlMapping> root = document.mapping(problems, Interpolation.NONE);
    if (root.isEmpty()) {
      return tests;
    }
    root.get().requireVersion(VERSION);
    List<YamlValue> items =
        root.get().require("tests").flatMap(YamlValue::list).orElse(List.<YamlValue>of());
    root.get().finish();
    Path folder = Optional.ofNullable(file.getParent()).orElse(Path.of(""));
    var names = new HashMap<String, Place>();
    for (YamlValue item : items) {
      Optional<YamlMapping> mapping = item.mapping();
      if (mapping.isPresent()) {
        int before = problems.errorCount();
        PolicyTest test = readTest(mapping.get(), folder);
        refuseSecond(test.name(), mapping.get().placeOf("name"), names);
        if (problems.errorCount() == before) {
          tests.add(test);
        }
      }
    }
    return tests;
  }

  private void refuseSecond(String name, Place at, Map<String, Place> names) {
    Place first = name.isEmpty() ? null : names.putIfAbsent(name, at);
    if (first != null) {
      problems.error(
          at,
          "duplicate test name "
              + YamlValue.quote(name)
              + "; the first is in line "
              + first.line());
    }
  }

  private PolicyTest readTest(YamlMapping item, Path folder) {
    String name = item.requiredText("name");
    List<Policy> policies = readPolicies(item, folder);
    Instant now = item.require("now").flatMap(YamlValue::instant).orElse(Instant.MIN);
    Duration poll = item.duration("poll_interval", DEFAULT_POLL, SHORTEST_POLL, Durations.LONGEST);
    Duration maxAge =
        item.duration("max_age", DEFAULT_MAX_AGE, Duration.ofMillis(1), Durations.LONGEST);
    Optional<Duration> repeat =
        item.find("repeat_interval")
            .filter(value -> !value.isWord("never"))
            .flatMap(value -> value.duration(Duration.ofSeconds(1), Durations.LONGEST));
    Map<String, Duration> maxAges = readSources(item, maxAge);
    List<Given> given = readGiven(item, sourcesOf(policies));
    var expectations = new ExpectationReader(policies, now);
    List<Expectation> expect = new ArrayList<>();
    Optional<List<YamlValue>> expected = item.require("expect").flatMap(YamlValue::list);
    for (YamlValue value : expected.orElse(List.of())) {
      value.mapping().map(expectations::read).ifPresent(expect::add);
    }
    if (expected.isPresent() && expected.get().isEmpty()) {
      problems.error(item.placeOf("expect"), "'expect' names nothing: this test cannot fail");
    }
    item.finish();
    return new PolicyTest(
        name,
        item.place(),
        policies,
        now,
        poll,
        maxAge,
        repeat,
        maxAges,
        given.stream().sorted(Comparator.comparing(Given::at)).toList(),
        expect.stream().sorted(Comparator.comparing(Expectation::at)).toList());
  }

  private List<Policy> readPolicies(YamlMapping item, Path folder) {
    var files = new LinkedHashMap<Path, YamlValue>();
    Optional<YamlValue> named = item.require("policies");
    for (YamlValue value : named.map(YamlValue::oneOrMore).orElse(List.of())) {
      value
          .text()
          .flatMap(text -> resolve(folder, text, value))
          .ifPresent(f -> files.put(f, value));
    }
    if (named.isPresent() && named.get().isList() && files.isEmpty()) {
      named.get().error("'policies' names no file that can be read");
    }
    List<Path> paths = List.copyOf(files.keySet());
    List<Policy> read = known.get(paths);
    if (read == null) {
      read = readPolicies(paths);
      known.put(paths, read);
    }
    return read;
  }

  private static Optional<Path> resolve(Path folder, String text, YamlValue at) {
    try {
      Path file = folder.resolve(text).normalize();
      if (Files.isRegularFile(file)) {
        return Optional.of(file);
      }
      at.error("no such policy file: " + file);
    } catch (InvalidPathException e) {
      at.error("not a path: " + YamlValue.quote(text));
    }
    return Optional.empty();
  }

  private List<Policy> readPolicies(List<Path> files) {
    var policies = new ArrayList<Policy>();
    var reader = new PolicyReader(compiler, problems);
    for (Path file : files) {
      YamlDocument.read(file, problems)
          .map(reader::read)
          .orElse(List.of())
          .forEach(entry -> entry.policy().ifPresent(policies::add));
    }
    return List.copyOf(policies);
  }

  private static TreeSet<String> sourcesOf(List<Policy> policies) {
    var sources = new TreeSet<String>();
    policies.forEach(policy -> sources.addAll(policy.selection().sources()));
    return sources;
  }

  /// `resolution` is what the documents of a source promise; a charge of a test is for a day, so
  /// anything finer has nothing to say here and is only checked.
  private static Map<String, Duration> readSources(YamlMapping item, Duration maxAge) {
    var maxAges = new LinkedHashMap<String, Duration>();
    Optional<YamlMapping> sources = item.mapping("sources");
    if (sources.isEmpty()) {
      return maxAges;
    }
    sources
        .get()
        .entries()
        .forEach((name, value) ->
            value
                .mapping()
                .ifPresent(terms -> {
                  maxAges.put(
                      name,
                      terms.duration("max_age", maxAge, Duration.ofMillis(1), Durations.LONGEST));
                  terms.duration("resolution", Duration.ofMillis(1), Durations.LONGEST);
                  terms.finish();
                }));
    return maxAges;
  }

  private List<Given> readGiven(YamlMapping item, TreeSet<String> selected) {
    var reader = new GivenReader(selected);
    var given = new ArrayList<Given>();
    for (YamlMapping mapping : item.mappings("given")) {
      reader.read(mapping).ifPresent(given::add);
    }
    return given;
  }
}
