package dev.spendwarden.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The entry point: `spendwarden COMMAND`.
@Command(
    name = "spendwarden",
    description =
        "Budget alerting and policy enforcement for IonQ, Anthropic, GitHub and Gcore spend.",
    mixinStandardHelpOptions = true,
    versionProvider = BuildVersion.class,
    subcommands = {
      ServeCommand.class,
      DemoCommand.class,
      SandboxCommand.class,
      CheckCommand.class,
      TestCommand.class,
      BacktestCommand.class,
      PlanCommand.class,
      ExplainCommand.class,
      VerifyCommand.class,
      ForecastCommand.class,
      ActionDecision.Approve.class,
      ActionDecision.Reject.class,
      ActionDecision.Undo.class,
      SilenceCommand.class,
      AckCommand.class,
      WaiveCommand.class,
      DrillCommand.class
    })
public final class Main implements Runnable {

  /// Exit statuses of every command.
  static final int FINE = 0;

  static final int PROBLEMS = 1;
  static final int USAGE = 2;
  static final int CANNOT_START = 3;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  public static void main(String[] args) {
    System.exit(execute(args));
  }

  static int execute(String... args) {
    return new CommandLine(new Main())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(Main::unexpected)
        .execute(args);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "which command?");
  }

  private static int unexpected(
      Exception e, CommandLine commandLine, CommandLine.ParseResult ignored) {
    commandLine
        .getErr()
        .println(
            "spendwarden: "
                + e
                + "\n"
                + "This should not have happened; run again with --log-level debug for the place,"
                + " and report it.");
    if (System.getenv("SPENDWARDEN_TRACE") != null) {
      e.printStackTrace(commandLine.getErr());
    }
    return PROBLEMS;
  }
}
