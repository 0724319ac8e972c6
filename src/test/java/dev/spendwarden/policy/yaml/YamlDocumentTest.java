package dev.spendwarden.policy.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class YamlDocumentTest {

  @TempDir Path folder;

  record Refused(String note, String text, String problem) {
    @Override
    public String toString() {
      return note;
    }
  }

  static Stream<Refused> refused() {
    return Stream.of(
        new Refused("alias", "a: &x 1\nb: *x\n", "f:1:4: anchors (&name) are not allowed"),
        new Refused(
            "second document", "a: 1\n---\nb: 2\n", "f:2:1: a second document; one file holds one"),
        new Refused("tag", "a: !!str 1\n", "f:1:4: tags (tag:yaml.org,2002:str) are not allowed"),
        new Refused(
            "java tag",
            "a: !!java.net.URL [x]\n",
            "f:1:4: tags (tag:yaml.org,2002:java.net.URL) are not allowed"),
        new Refused("empty", "", "f: is empty"),
        new Refused("only a comment", "# nothing\n", "f: is empty"),
        new Refused(
            "a list at the top",
            "- a\n",
            "f:1:1: 'the file' must be a mapping (key: value), not a list"),
        new Refused(
            "duplicate key",
            "a: 1\nb: 2\na: 3\n",
            "f:3:1: duplicate key 'a'; it stands in line 1 already"),
        new Refused(
            "duplicate key, quoted",
            "a: 1\n\"a\": 3\n",
            "f:2:1: duplicate key 'a'; it stands in line 1 already"),
        new Refused("a list as key", "? [x]\n: 1\n", "f:1:3: a key must be a plain word"),
        new Refused(
            "control character", "a: \u0007\n", "f:1:4: the character U+0007 is not allowed"),
        new Refused("merge key", "<<: {a: 1}\n", "f:1:1: unknown key '<<'; there are a, b"));
  }

  @ParameterizedTest
  @MethodSource
  void refused(Refused row) {
    var problems = new Problems();
    YamlDocument.parse("f", row.text(), problems)
        .flatMap(d -> d.mapping(problems, Interpolation.NONE))
        .ifPresent(m -> {
          m.find("a");
          m.find("b");
          m.finish();
        });
    assertThat(problems.list().getFirst()).hasToString(row.problem());
  }

  @Test
  void brokenSyntaxHasItsPlace() {
    var problems = new Problems();
    assertThat(YamlDocument.parse("f", "a: [1, 2\nb: 3\n", problems)).isEmpty();
    assertThat(problems.list()).hasSize(1);
    assertThat(problems.list().getFirst().toString()).startsWith("f:2:2: not YAML: ");
  }

  @Test
  void byteOrderMarkAndWindowsLineEndsAreAccepted() {
    var problems = new Problems();
    var file =
        YamlDocument.parse("f", "\uFEFFa: x\r\nb: 7\r\n", problems)
            .flatMap(d -> d.mapping(problems, Interpolation.NONE))
            .orElseThrow();
    assertThat(file.requiredText("a")).isEqualTo("x");
    assertThat(file.integer("b", 0, 0, 9)).isEqualTo(7);
    assertThat(file.placeOf("b")).hasToString("f:2:1");
    assertThat(problems.list()).isEmpty();
  }

  @Test
  void deepestNestingIsReadAndOneMoreIsRefused() {
    var fine = new Problems();
    String deepest = "[".repeat(YamlDocument.DEEPEST - 1) + "]".repeat(YamlDocument.DEEPEST - 1);
    YamlDocument.parse("f", "a: " + deepest, fine);
    assertThat(fine.list()).isEmpty();
    var problems = new Problems();
    YamlDocument.parse("f", "a: [" + deepest + "]", problems);
    assertThat(problems.list())
        .extracting(Problem::toString)
        .containsExactly("f:1:53: nested deeper than 50 levels");
  }

  @Test
  void veryDeepNestingEndsEarlyInsteadOfOverflowing() {
    var problems = new Problems();
    YamlDocument.parse("f", "a: " + "[".repeat(500_000), problems);
    assertThat(problems.list()).hasSize(1);
    assertThat(problems.list().getFirst().message()).startsWith("nested deeper");
  }

  @Test
  void oneMebibyteIsReadAndOneByteMoreIsRefused() throws Exception {
    Path file = folder.resolve("big.yaml");
    String start = "a: 1\n#";
    Files.writeString(file, start + "x".repeat(YamlDocument.LARGEST_BYTES - start.length()));
    var fine = new Problems();
    assertThat(YamlDocument.read(file, fine)).isPresent();
    assertThat(fine.list()).isEmpty();

    Files.writeString(file, start + "x".repeat(YamlDocument.LARGEST_BYTES - start.length() + 1));
    var problems = new Problems();
    assertThat(YamlDocument.read(file, problems)).isEmpty();
    assertThat(problems.list())
        .extracting(Problem::toString)
        .containsExactly(file + ": is larger than 1 MiB");
  }

  @Test
  void bytesThatAreNotUtf8AreRefused() throws Exception {
    Path file = folder.resolve("latin.yaml");
    Files.write(file, "a: é".getBytes(StandardCharsets.ISO_8859_1));
    var problems = new Problems();
    assertThat(YamlDocument.read(file, problems)).isEmpty();
    assertThat(problems.list().getFirst().message()).isEqualTo("is not UTF-8 text");
  }

  @Test
  void foldersAndMissingFilesAreToldApart() {
    var problems = new Problems();
    YamlDocument.read(folder, problems);
    YamlDocument.read(folder.resolve("absent"), problems);
    assertThat(problems.list())
        .extracting(Problem::message)
        .containsExactly("cannot be read: it is a folder", "no such file");
  }

  @Test
  void problemsAreBoundedButAllErrorsCount() {
    var problems = new Problems();
    for (int i = 0; i < 5000; i++) {
      problems.error(new Place("f", i + 1, 1), "bad");
    }
    assertThat(problems.list()).hasSize(Problems.MOST);
    assertThat(problems.errorCount()).isEqualTo(5000);
  }

  @Test
  void warningsAreNoErrors() {
    var problems = new Problems();
    problems.warning(new Place("f", 1, 2), "hm");
    assertThat(problems.hasErrors()).isFalse();
    assertThat(problems.list())
        .extracting(Problem::toString)
        .isEqualTo(List.of("f:1:2: warning: hm"));
  }
}
