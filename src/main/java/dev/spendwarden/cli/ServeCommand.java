package dev.spendwarden.cli;

import dev.spendwarden.app.Daemon;
import dev.spendwarden.app.DaemonClock;
import dev.spendwarden.app.config.Config;
import dev.spendwarden.app.config.ConfigReader;
import dev.spendwarden.policy.cel.CelConditions;
import dev.spendwarden.policy.yaml.Problem;
import dev.spendwarden.store.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import sun.misc.Signal;

/// `spendwarden serve`: the daemon, until it is told to stop.
@Command(
    name = "serve",
    description = "Runs the daemon.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class ServeCommand implements Callable<Integer> {

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "The configuration file.")
  @SuppressWarnings("NullAway.Init")
  private Path config;

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
    if (!Files.isRegularFile(config)) {
      throw new ParameterException(spec.commandLine(), "no such configuration file: " + config);
    }
    Optional<Config> read = read();
    if (read.isEmpty()) {
      return Main.CANNOT_START;
    }
    return stop.isAsked() ? Main.FINE : run(read.get(), clock, stop);
  }

  private Optional<Config> read() {
    ConfigReader.Result result =
        ConfigReader.read(config.toAbsolutePath(), System.getenv(), new CelConditions());
    var err = spec.commandLine().getErr();
    result.problems().stream().map(Problem::toString).forEach(err::println);
    if (result.config().isEmpty()) {
      err.println(
          "spendwarden: not started; mend the problems above, then check with: spendwarden check "
              + config);
    }
    return result.config();
  }

  private int run(Config read, DaemonClock clock, StopSignal stop) throws InterruptedException {
    Daemon daemon;
    try {
      daemon = Daemon.start(read, System.getenv(), clock, BuildVersion.text());
    } catch (StoreException | IllegalStateException e) {
      spec.commandLine().getErr().println("spendwarden: not started: " + e.getMessage());
      return Main.CANNOT_START;
    }
    Signal.handle(new Signal("HUP"), signal -> Thread.ofVirtual().start(daemon::reload));
    // Virtual threads keep no JVM alive: main waits here, and stops what it started.
    stop.await();
    daemon.close();
    return Main.FINE;
  }
}
