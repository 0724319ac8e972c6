package dev.spendwarden.cli;

import java.util.LinkedHashMap;
import java.util.Map;
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
    versionProvider = BuildVersion.class)
public final class Main implements Runnable {

  /// By name, in the order of the help.
  private static final Map<String, Class<?>> COMMANDS = new LinkedHashMap<>();

  static {
    COMMANDS.put("serve", ServeCommand.class);
    COMMANDS.put("demo", DemoCommand.class);
    COMMANDS.put("sandbox", SandboxCommand.class);
    COMMANDS.put("check", CheckCommand.class);
    COMMANDS.put("test", TestCommand.class);
    COMMANDS.put("backtest", BacktestCommand.class);
    COMMANDS.put("plan", PlanCommand.class);
    COMMANDS.put("explain", ExplainCommand.class);
    COMMANDS.put("verify", VerifyCommand.class);
    COMMANDS.put("forecast", ForecastCommand.class);
    COMMANDS.put("approve", ActionDecision.Approve.class);
    COMMANDS.put("reject", ActionDecision.Reject.class);
    COMMANDS.put("undo", ActionDecision.Undo.class);
    COMMANDS.put("silence", SilenceCommand.class);
    COMMANDS.put("ack", AckCommand.class);
    COMMANDS.put("waive", WaiveCommand.class);
    COMMANDS.put("drill", DrillCommand.class);
    COMMANDS.put("train", TrainCommand.class);
  }

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
    return commandLine(args).setExecutionExceptionHandler(Main::unexpected).execute(args);
  }

  /// What reads these arguments. Reading the annotations of all commands takes a fifth of a start:
  /// where the first argument names a command only that one is looked at.
  public static CommandLine commandLine(String... args) {
    var line = new CommandLine(new Main());
    String first = args.length == 0 ? "" : args[0];
    Class<?> asked = COMMANDS.get(first);
    if (asked == null) {
      COMMANDS.forEach(line::addSubcommand);
    } else {
      line.addSubcommand(first, asked);
    }
    return line.setCaseInsensitiveEnumValuesAllowed(true);
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
