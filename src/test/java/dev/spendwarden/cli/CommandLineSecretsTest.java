package dev.spendwarden.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/// Every user of a machine can read the arguments of its processes.
class CommandLineSecretsTest {

  @Test
  void noOptionTakesASecretItself() {
    assertThat(options(Main.commandLine(), new ArrayList<>()))
        .contains("--token-file")
        .noneMatch(name -> name.matches("(?i).*(token|secret|password|key|credential)"));
  }

  private static List<String> options(CommandLine command, List<String> found) {
    command.getCommandSpec().options().forEach(option -> found.addAll(List.of(option.names())));
    command.getSubcommands().values().forEach(sub -> options(sub, found));
    return found;
  }
}
