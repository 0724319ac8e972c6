package dev.spendwarden.cli;

import dev.spendwarden.app.config.Check;
import dev.spendwarden.policy.cel.CelConditions;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `spendwarden check`: every problem of every file at once.
@Command(
    name = "check",
    description =
        "Checks configurations, policies and policy tests: every problem at once, with its place.",
    mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "Told apart by what is in them.")
  private List<Path> files = List.of();

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public Integer call() {
    var out = spec.commandLine().getOut();
    return switch (Check.check(files, System.getenv(), new CelConditions())) {
      case Check.Outcome.NoSuchFile(Path file) ->
          throw new ParameterException(spec.commandLine(), "no such file: " + file);
      case Check.Outcome.Checked checked -> {
        checked.problems().forEach(out::println);
        if (!checked.hasErrors()) {
          out.println(checked.problems().isEmpty() ? "no problems found" : "no errors found");
        }
        yield checked.hasErrors() ? Main.PROBLEMS : Main.FINE;
      }
    };
  }
}
