package dev.spendwarden.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class MainTest {

  @Test
  void everyCommandIsKnownByTheNameItGivesItself() {
    Map<String, CommandLine> all = Main.commandLine().getSubcommands();
    assertThat(all).hasSize(18);
    all.forEach((name, command) ->
        assertThat(
                command
                    .getCommandSpec()
                    .userObject()
                    .getClass()
                    .getAnnotation(CommandLine.Command.class)
                    .name())
            .isEqualTo(name));
  }

  @Test
  void onlyTheCommandThatIsAskedForIsLookedAt() {
    for (String name : Main.commandLine().getSubcommands().keySet()) {
      assertThat(Main.commandLine(name, "--help").getSubcommands().keySet()).containsExactly(name);
    }
  }

  @Test
  void whatNamesNoCommandMayNameAny() {
    for (List<String> arguments :
        List.<List<String>>of(List.of(), List.of("--help"), List.of("serv"))) {
      assertThat(Main.commandLine(arguments.toArray(String[]::new)).getSubcommands()).hasSize(18);
    }
  }

  @Test
  void itsHelpIsTheSameWhetherTheOthersWereLookedAtOrNot() {
    String all = Main.commandLine().getSubcommands().get("serve").getUsageMessage();
    String alone = Main.commandLine("serve").getSubcommands().get("serve").getUsageMessage();
    assertThat(alone).isEqualTo(all).contains("spendwarden serve");
  }
}
