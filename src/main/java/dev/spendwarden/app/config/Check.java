package dev.spendwarden.app.config;

import dev.spendwarden.ledger.Selection;
import dev.spendwarden.policy.ConditionCompiler;
import dev.spendwarden.policy.yaml.InertRules;
import dev.spendwarden.policy.yaml.Interpolation;
import dev.spendwarden.policy.yaml.PolicyEntry;
import dev.spendwarden.policy.yaml.PolicyReader;
import dev.spendwarden.policy.yaml.PolicyTestReader;
import dev.spendwarden.policy.yaml.Problem;
import dev.spendwarden.policy.yaml.Problems;
import dev.spendwarden.policy.yaml.YamlDocument;
import dev.spendwarden.policy.yaml.YamlMapping;
import dev.spendwarden.policy.yaml.YamlValue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Checks any of the project's files, told apart by what is in them.
public final class Check {

  private Check() {}

  public sealed interface Outcome {

    /// @param problems errors and warnings, in the order of the files
    record Checked(List<Problem> problems) implements Outcome {
      public Checked {
        problems = List.copyOf(problems);
      }

      public boolean hasErrors() {
        return problems.stream().anyMatch(Problem::isError);
      }
    }

    /// Wrong usage: nothing was checked.
    record NoSuchFile(Path file) implements Outcome {}
  }

  public enum Kind {
    TEST,
    POLICIES,
    CONFIGURATION
  }

  /// @param env what `${NAME}` in configurations is replaced from
  public static Outcome check(
      List<Path> files, Map<String, String> env, ConditionCompiler compiler) {
    for (Path file : files) {
      if (!Files.exists(file)) {
        return new Outcome.NoSuchFile(file);
      }
    }
    var problems = new Problems();
    var policies = new LinkedHashMap<Path, YamlDocument>();
    var configured = new HashSet<Path>();
    for (Path file : files) {
      Optional<YamlDocument> document = YamlDocument.read(file, problems);
      if (document.isEmpty()) {
        continue;
      }
      switch (kindOf(document.get())) {
        case TEST -> {
          // Its problems are all that is wanted here.
          var _ = new PolicyTestReader(compiler, problems).read(document.get(), file);
        }
        case POLICIES -> policies.put(same(file), document.get());
        case CONFIGURATION -> {
          ConfigReader.Result result = ConfigReader.read(file, env, compiler);
          problems.addAll(result.problems());
          result.policyFiles().forEach(f -> configured.add(same(f)));
        }
      }
    }
    // Those that a configuration names were checked with it, which says more.
    policies.keySet().removeAll(configured);
    checkPolicies(List.copyOf(policies.values()), compiler, problems);
    return new Outcome.Checked(problems.list());
  }

  /// `tests:` makes a test file, `policies:` holding mappings a policy file.
  public static Kind kindOf(YamlDocument document) {
    Optional<YamlMapping> mapping = document.mapping(new Problems(), Interpolation.NONE);
    if (mapping.isEmpty()) {
      return Kind.CONFIGURATION;
    }
    if (mapping.get().has("tests")) {
      return Kind.TEST;
    }
    Optional<YamlValue> policies = mapping.get().find("policies");
    boolean holdsMappings =
        policies.isPresent()
            && policies.get().isList()
            && policies.get().list().orElse(List.of()).stream().anyMatch(YamlValue::isMapping);
    return holdsMappings ? Kind.POLICIES : Kind.CONFIGURATION;
  }

  private static Path same(Path file) {
    return file.toAbsolutePath().normalize();
  }

  private static void checkPolicies(
      List<YamlDocument> documents, ConditionCompiler compiler, Problems problems) {
    var reader = new PolicyReader(compiler, problems);
    for (YamlDocument document : documents) {
      for (PolicyEntry entry : reader.read(document)) {
        if (entry.kind() != Selection.Kind.QUOTA) {
          // Which sources are daily is not known here, so all of them may be.
          entry.foreignZone().ifPresent(at -> problems.warning(at, CrossChecks.APPROXIMATE));
        }
        InertRules.check(entry, Optional.empty(), problems);
      }
    }
  }
}
