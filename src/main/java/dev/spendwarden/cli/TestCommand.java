package dev.spendwarden.cli;

import dev.spendwarden.app.rehearse.Failure;
import dev.spendwarden.app.rehearse.Failure.Difference;
import dev.spendwarden.app.rehearse.TestRun;
import dev.spendwarden.policy.cel.CelConditions;
import dev.spendwarden.policy.yaml.PolicyTest;
import dev.spendwarden.policy.yaml.PolicyTest.Expectation;
import dev.spendwarden.policy.yaml.PolicyTestReader;
import dev.spendwarden.policy.yaml.Problems;
import dev.spendwarden.policy.yaml.YamlDocument;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `spendwarden test`: runs policy tests on a turned clock.
@Command(
    name = "test",
    description = "Runs policy tests: given readings in, expected alerts and messages out.",
    mixinStandardHelpOptions = true)
final class TestCommand implements Callable<Integer> {

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "Policy test files.")
  private List<Path> files = List.of();

  @Option(
      names = "--junit",
      paramLabel = "FILE",
      description = "Also writes the results as JUnit XML, for CI.")
  private @Nullable Path junit;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    for (Path file : files) {
      if (!Files.exists(file)) {
        throw new ParameterException(spec.commandLine(), "no such file: " + file);
      }
    }
    var problems = new Problems();
    Map<Path, List<PolicyTest>> tests = read(problems);
    problems.list().forEach(problem -> spec.commandLine().getErr().println(problem));
    if (problems.hasErrors()) {
      spec.commandLine().getErr().println("no test was run: mend the problems above");
      return Main.PROBLEMS;
    }
    var results = new LinkedHashMap<Path, List<TestRun.Result>>();
    int failed = 0;
    int passed = 0;
    for (var entry : tests.entrySet()) {
      var ofFile = new ArrayList<TestRun.Result>();
      for (PolicyTest test : entry.getValue()) {
        TestRun.Result result = TestRun.run(test);
        ofFile.add(result);
        out.println((result.passed() ? "ok    " : "FAIL  ") + test.name());
        result.failures().forEach(failure -> lines(failure).forEach(out::println));
        out.flush();
        passed += result.passed() ? 1 : 0;
        failed += result.passed() ? 0 : 1;
      }
      results.put(entry.getKey(), ofFile);
    }
    out.println(passed + " passed, " + failed + " failed");
    if (junit != null) {
      JunitReport.write(junit, results);
    }
    return failed == 0 ? Main.FINE : Main.PROBLEMS;
  }

  private Map<Path, List<PolicyTest>> read(Problems problems) {
    var reader = new PolicyTestReader(new CelConditions(), problems);
    var tests = new LinkedHashMap<Path, List<PolicyTest>>();
    for (Path file : files) {
      YamlDocument.read(file, problems)
          .ifPresent(document -> tests.put(file, reader.read(document, file)));
    }
    return tests;
  }

  /// A failed expectation: where it stands, what differs, and why it is so.
  static List<String> lines(Failure failure) {
    Expectation expectation = failure.expectation();
    var lines = new ArrayList<String>();
    String of = expectation.policy().map(policy -> ", " + policy).orElse("");
    String labels =
        expectation
            .budget()
            .filter(budget -> !budget.isEmpty())
            .map(budget -> "/" + budget)
            .orElse("");
    lines.add("      " + expectation.place() + ": at " + expectation.at() + of + labels);
    for (Difference difference : failure.differences()) {
      lines.add(
          "        %s: expected %s, found %s"
              .formatted(difference.what(), difference.expected(), difference.found()));
    }
    failure.explanation().forEach(line -> lines.add("        | " + line));
    return lines;
  }
}
