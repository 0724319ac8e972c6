package dev.spendwarden.cli;

import dev.spendwarden.app.DaemonClock;
import dev.spendwarden.sandbox.DemoScenario;
import dev.spendwarden.sandbox.Sandbox;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `spendwarden sandbox`: the outside world on loopback, a laboratory that has spent for four weeks
/// and goes on, until it is told to stop.
@Command(
    name = "sandbox",
    description = "Runs stand-ins of the providers, Slack and webhook receivers on loopback.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class SandboxCommand implements Callable<Integer> {

  @Option(names = "--port", required = true, paramLabel = "P", description = "0 for any free one.")
  private int port;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "All chance in the figures comes from here (default: 1).")
  private long seed;

  @Mixin private TestClock testClock = new TestClock();

  @Mixin private Logging logging = new Logging();

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    StopSignal stop = StopSignal.listen(spec.commandLine().getErr());
    logging.apply();
    DaemonClock clock = testClock.clock();
    Sandbox sandbox;
    try {
      sandbox = Sandbox.start(new Sandbox.Options(port, seed, clock, new DemoScenario()));
    } catch (IllegalStateException e) {
      spec.commandLine().getErr().println("spendwarden: not started: " + e.getMessage());
      return Main.CANNOT_START;
    }
    spec.commandLine().getOut().println("sandbox: " + sandbox.url("/inbox"));
    spec.commandLine().getOut().flush();
    stop.await();
    sandbox.close();
    return Main.FINE;
  }
}
