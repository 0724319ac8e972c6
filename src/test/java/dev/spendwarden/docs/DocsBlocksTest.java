package dev.spendwarden.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// Every fenced block of every page is read by what it is written for. What a block is, its
/// language says, or a comment on the line before it: `<!-- block: sources -->`. A kind that nobody
/// here reads is a failure, so nothing is passed over; what is only read and not run stands in
/// [#NOT_RUN] with the reason.
class DocsBlocksTest {

  /// Kinds that nothing runs, and why.
  private static final Map<String, String> NOT_RUN =
      Map.of(
          "output", "what a program printed, shortened for people",
          "sql", "needs an administrator of a PostgreSQL server");

  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern NAMED_COMMAND =
      Pattern.compile("`(?:\\./)?spendwarden ([a-z][^`]*)`");

  @TempDir private Path folder;

  @TestFactory
  Stream<DynamicContainer> everyBlockIsWhatItSaysItIs() throws IOException {
    var pages = new ArrayList<DynamicContainer>();
    for (Path page : Block.pages()) {
      List<Block> blocks = Block.of(page);
      if (!blocks.isEmpty()) {
        var reader = new BlockReader(new Workplace(folder.resolve(page.toString())));
        pages.add(
            DynamicContainer.dynamicContainer(
                page.toString(),
                blocks.stream()
                    .map(block ->
                        DynamicTest.dynamicTest(block.toString(), () -> read(reader, block)))));
      }
    }
    return pages.stream();
  }

  private static void read(BlockReader reader, Block block) throws Exception {
    String why = NOT_RUN.get(block.kind());
    if (why != null) {
      System.out.println(block + " is not run: " + why);
      return;
    }
    reader.read(block);
  }

  @Test
  void blocksAreFound() throws IOException {
    int found = 0;
    for (Path page : Block.pages()) {
      found += Block.of(page).size();
    }
    assertThat(found).isGreaterThan(30);
    assertThat(Block.of(Path.of("README.md")).getFirst().text()).isEqualTo("./spendwarden demo\n");
  }

  /// A reader that takes anything would let every page pass.
  @Test
  void mistakesAreFound() throws IOException {
    var reader = new BlockReader(new Workplace(folder.resolve("mistakes")));
    for (String[] wrong :
        new String[][] {
          {"yaml", "sources:\n  - { name: a, type: ionqq }\n"},
          {"yaml", "version: 1\npolicies:\n  - { name: p, select: { sauce: ionq-lab } }\n"},
          {"yaml", "version: 1\ntests:\n  - { name: t }\n"},
          {"yaml", "colour: red\n"},
          {"json", "{\"a\": 1"},
          {"sh", "./spendwarden check --colour red spendwarden.yaml\n"},
          {"sh", "./spendwarden chekc spendwarden.yaml\n"},
          {"sh", "unknown-program --all\n"},
          {"sh", "curl localhost:9797/ -d '{\"a\": }'\n"},
          {"rule-keys", "when: usedd > 1\n"},
          {"poetry", "roses are red\n"}
        }) {
      var block = new Block(Path.of("mistakes.md"), 1, wrong[0], Optional.empty(), wrong[1]);
      Throwable found = null;
      try {
        reader.read(block);
      } catch (AssertionError | Exception e) {
        found = e;
      }
      assertThat(found).as("a mistake in %s", (Object) wrong[1]).isInstanceOf(AssertionError.class);
    }
  }

  /// Files that pages link to are there.
  @Test
  void linksLeadSomewhere() throws IOException {
    var dead = new ArrayList<String>();
    for (Path page : Block.pages()) {
      String text = Files.readString(page).replaceAll("(?s)```.*?```", "");
      Matcher links = LINK.matcher(text);
      while (links.find()) {
        String link = links.group(1);
        if (link.matches("[a-z]+:.*")) {
          continue;
        }
        String[] parts = link.split("#", 2);
        Path parent = page.getParent() == null ? Path.of("") : page.getParent();
        Path target = parts[0].isEmpty() ? page : parent.resolve(parts[0]).normalize();
        if (!Files.exists(target)) {
          dead.add(page + " → " + link);
        }
      }
    }
    assertThat(dead).isEmpty();
  }

  /// Commands that a sentence names: `spendwarden drill RECEIVER`.
  @Test
  void commandsInSentencesAreOnes() throws IOException {
    for (Path page : Block.pages()) {
      String text = Files.readString(page).replaceAll("(?s)```.*?```", "");
      Matcher command = NAMED_COMMAND.matcher(text);
      while (command.find()) {
        ShellReader.parse(ShellReader.words(command.group(1).replace('\n', ' ')), true);
      }
    }
  }
}
