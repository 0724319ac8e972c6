package dev.spendwarden.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.spendwarden.cli.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/// Commands as pages show them: the shell parses the whole, our own commands are parsed by the
/// program, and those that touch nothing but a file are run.
final class ShellReader {

  /// Run for real: they read files of the workplace and print.
  private static final Set<String> RUN = Set.of("test", "forecast");

  /// Programs of others that pages may call. None is run: each needs something that a build does
  /// not have, or changes the machine it runs on.
  private static final Map<String, String> OTHERS =
      Map.ofEntries(
          Map.entry("mvn", "is what runs this test"),
          Map.entry("curl", "asks a daemon; its JSON is parsed"),
          Map.entry("export", "sets the environment"),
          Map.entry("mkdir", "makes a folder"),
          Map.entry("chmod", "changes a file"),
          Map.entry("printf", "writes a file"),
          Map.entry("sqlite3", "copies a store"),
          Map.entry("pg_dump", "needs a server"),
          Map.entry("pg_restore", "needs a server"),
          Map.entry("docker", "needs an engine"),
          Map.entry("git", "changes the repository"),
          Map.entry("systemctl", "needs an init system"),
          Map.entry("openssl", "makes keys"),
          Map.entry("sudo", "needs root"),
          Map.entry("promtool", "is run by GrafanaTest"),
          Map.entry("cp", "copies a file"),
          Map.entry("answer=$(curl", "asks a daemon; its JSON is parsed"),
          Map.entry("echo", "prints"),
          Map.entry("test", "compares"));

  private static final Path EXAMPLE = Path.of("docs/examples/spendwarden.yaml");

  private static final Pattern BODY = Pattern.compile("-d '(.*?)'");
  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|'([^']*)'|(\\S+)");
  private static final Pattern ASSIGNMENT = Pattern.compile("[A-Z_]+=\\S*");

  private final Workplace workplace;

  ShellReader(Workplace workplace) {
    this.workplace = workplace;
  }

  void read(String text) throws Exception {
    Path script = workplace.resolve("script.sh");
    Files.writeString(script, text);
    BlockReader.run("sh", "-n", script.toString());
    Matcher body = BODY.matcher(text);
    while (body.find()) {
      BlockReader.json(body.group(1));
    }
    for (String line : text.replace("\\\n", " ").lines().toList()) {
      for (String command : line.strip().split(" && ")) {
        command(words(command));
      }
    }
  }

  /// The words of a command without comments and without what is set before it.
  static List<String> words(String command) {
    var words = new ArrayList<String>();
    Matcher word = WORD.matcher(command);
    while (word.find()) {
      if (word.group().startsWith("#")) {
        break;
      }
      if (!words.isEmpty() || !ASSIGNMENT.matcher(word.group()).matches()) {
        words.add(
            word.group(1) != null
                ? word.group(1)
                : word.group(2) != null ? word.group(2) : word.group(3));
      }
    }
    return words;
  }

  private void command(List<String> words) throws IOException {
    if (words.isEmpty()) {
      return;
    }
    String program = words.getFirst();
    if (!program.matches("(\\./)?spendwarden")) {
      assertThat(OTHERS).as("programs that pages may call").containsKey(program);
      return;
    }
    List<String> arguments = words.subList(1, words.size());
    parse(arguments, false);
    String name = arguments.getFirst();
    if (name.equals("check") && !arguments.contains("--route")) {
      for (String file : arguments.subList(1, arguments.size())) {
        checkWithEnvironment(fileOf(file));
      }
    } else if (RUN.contains(name)) {
      var ran = workplace.run(arguments);
      assertThat(ran.status()).as("%s\n%s", arguments, ran.output()).isZero();
    }
  }

  /// @param asTemplate whether values may be missing, as they are where a sentence names a command
  static void parse(List<String> arguments, boolean asTemplate) {
    try {
      Main.commandLine().parseArgs(arguments.toArray(String[]::new));
    } catch (CommandLine.MissingParameterException e) {
      if (!asTemplate) {
        fail("%s: %s", arguments, e.getMessage());
      }
    } catch (ParameterException e) {
      fail("%s: %s", arguments, e.getMessage());
    }
  }

  /// What a page calls so: shown on it before, a file of the repository, or else the example.
  private Path fileOf(String name) {
    for (Path file : List.of(workplace.resolve(name), Path.of(name))) {
      if (Files.exists(file)) {
        return file;
      }
    }
    assertThat(name).as("a file that is there").endsWith("spendwarden.yaml");
    return EXAMPLE;
  }

  /// `check` as a reader would run it who has set every variable that the file asks for.
  static void checkWithEnvironment(Path file) throws IOException {
    assertThat(BlockReader.problems(file)).as(Files.readString(file)).isEmpty();
  }
}
