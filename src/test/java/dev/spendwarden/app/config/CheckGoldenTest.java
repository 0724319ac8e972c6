package dev.spendwarden.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.app.config.Check.Outcome;
import dev.spendwarden.policy.yaml.FakeCompiler;
import dev.spendwarden.policy.yaml.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The listing a user sees for files with many mistakes. Rewrite it with `-Dgolden.rewrite=true`
/// and review the difference.
class CheckGoldenTest {

  private static final Path FOLDER = Path.of("src/test/resources/config/broken");

  @TempDir Path folder;

  @Test
  void allProblemsOfAllFilesAreListedAtOnce() throws Exception {
    String listing =
        problems(List.of(FOLDER.resolve("spendwarden.yaml"), FOLDER.resolve("tests.yaml"))).stream()
            .map(problem -> problem + "\n")
            .collect(Collectors.joining());
    Path golden = FOLDER.resolve("expected.txt");
    if (Boolean.getBoolean("golden.rewrite")) {
      Files.writeString(golden, listing);
    }
    assertThat(listing).isEqualTo(Files.readString(golden));
  }

  @Test
  void policiesAConfigurationNamesAreCheckedOnce() {
    List<Path> both = List.of(FOLDER.resolve("policies.yaml"), FOLDER.resolve("spendwarden.yaml"));
    assertThat(problems(both))
        .hasSameElementsAs(problems(List.of(FOLDER.resolve("spendwarden.yaml"))));
  }

  @Test
  void shippedPoliciesAreFine() {
    assertThat(problems(List.of(Path.of("policies/ionq.yaml")))).isEmpty();
  }

  @Test
  void missingFileIsWrongUsage() {
    Path absent = folder.resolve("absent.yaml");
    List<Path> files = List.of(FOLDER.resolve("tests.yaml"), absent);
    assertThat(Check.check(files, Map.of(), new FakeCompiler()))
        .isEqualTo(new Outcome.NoSuchFile(absent));
  }

  @Test
  void policiesAloneAreWarnedOfZones() throws Exception {
    Path file = folder.resolve("p.yaml");
    Files.writeString(
        file,
        "version: 1\npolicies:\n  - { name: p, select: { source: s }, budget: { zone: Asia/Tokyo },"
            + " rules: [{ name: r, when: a }] }\n");
    assertThat(problems(List.of(file))).hasSize(1).noneMatch(Problem::isError);
  }

  private static List<Problem> problems(List<Path> files) {
    Outcome outcome = Check.check(files, Map.of(), new FakeCompiler());
    return ((Outcome.Checked) outcome).problems();
  }
}
