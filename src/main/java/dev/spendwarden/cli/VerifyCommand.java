package dev.spendwarden.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `spendwarden verify`: checks that what is stored is whole.
@Command(
    name = "verify",
    description =
        "Checks the store: that it is whole and all of it can be read back. A daemon may be"
            + " running.",
    mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "The configuration file.")
  @SuppressWarnings("NullAway.Init")
  private Path config;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public Integer call() {
    return StoredConfig.open(
        spec,
        config,
        (read, database) -> {
          List<String> problems = database.verify();
          var out = spec.commandLine().getOut();
          problems.forEach(out::println);
          out.println(
              problems.isEmpty() ? "the store is whole" : problems.size() + " problems found");
          return problems.isEmpty() ? Main.FINE : Main.PROBLEMS;
        });
  }
}
