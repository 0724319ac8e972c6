package dev.spendwarden.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// The test command as users run it: over the shipped policies, and over a file that fails. Rewrite
/// the golden output with `-Dgolden.rewrite=true` and review the difference.
class TestCommandGoldenTest {

  private static final Path FOLDER = Path.of("src/test/resources/policytests");

  @TempDir Path folder;

  private record Ran(int status, String out, String err) {}

  private static Ran run(String... args) {
    var out = new StringWriter();
    var err = new StringWriter();
    int status =
        Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(args);
    return new Ran(status, out.toString(), err.toString());
  }

  @TestFactory
  Stream<DynamicTest> everyShippedPolicyFileHasTestsThatPass() throws Exception {
    try (var files = Files.list(Path.of("policies"))) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList().stream()
          .map(file -> {
            Path tests = Path.of("policies/tests").resolve(file.getFileName());
            return DynamicTest.dynamicTest(
                tests.toString(),
                () -> {
                  Ran ran = run("test", tests.toString());
                  assertThat(ran.out()).doesNotContain("FAIL").contains(" passed, 0 failed");
                  assertThat(ran.err()).isEmpty();
                  assertThat(ran.status()).isZero();
                });
          });
    }
  }

  @Test
  void aFailureShowsItsPlaceWhatDiffersAndWhy() throws Exception {
    Ran ran = run("test", FOLDER.resolve("failing.yaml").toString());
    assertThat(ran.status()).isEqualTo(1);
    assertGolden(FOLDER.resolve("failing.txt"), ran.out());
  }

  @Test
  void everyMistakeIsToldWithItsPlaceByTestAndCheckAlike() throws Exception {
    String file = FOLDER.resolve("broken.yaml").toString();
    Ran ran = run("test", file);
    assertThat(ran.status()).isEqualTo(1);
    assertGolden(FOLDER.resolve("broken.txt"), ran.err());
    Ran checked = run("check", file);
    assertThat(checked.status()).isEqualTo(1);
    assertThat(ran.err()).startsWith(checked.out());
  }

  @Test
  void junitReportIsXmlWithACaseForEachTest() throws Exception {
    Path report = folder.resolve("reports/policies.xml");
    run("test", FOLDER.resolve("failing.yaml").toString(), "--junit", report.toString());
    byte[] xml = Files.readAllBytes(report);
    var document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(xml));
    assertThat(document.getElementsByTagName("testcase").getLength()).isEqualTo(2);
    assertThat(document.getElementsByTagName("failure").getLength()).isEqualTo(1);
    assertThat(new String(xml, StandardCharsets.UTF_8)).contains("this one &lt;fails&gt;");
  }

  @Test
  void aFileThatDoesNotExistIsWrongUsage() {
    assertThat(run("test", "absent.yaml").status()).isEqualTo(2);
    assertThat(run("test").status()).isEqualTo(2);
  }

  private static void assertGolden(Path golden, String text) throws Exception {
    if (Boolean.getBoolean("golden.rewrite")) {
      Files.writeString(golden, text);
    }
    assertThat(text).isEqualTo(Files.readString(golden));
  }
}
