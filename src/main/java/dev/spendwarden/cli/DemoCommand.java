package dev.spendwarden.cli;

import dev.spendwarden.app.Daemon;
import dev.spendwarden.app.DaemonClock;
import dev.spendwarden.app.config.Config;
import dev.spendwarden.policy.yaml.Durations;
import dev.spendwarden.sandbox.DemoScenario;
import dev.spendwarden.sandbox.Sandbox;
import dev.spendwarden.store.StoreException;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `spendwarden demo`: the daemon against the sandbox, in one process and on one fast clock.
@Command(
    name = "demo",
    description = {
      "Runs the daemon against stand-ins of the providers: nothing to configure, nothing to sign up"
          + " for.",
      "Time runs fast: within a minute budgets burn, policies breach and messages land in the"
          + " inbox."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class DemoCommand implements Callable<Integer> {

  private static final String TOKEN = "demo-token-for-changing-calls";

  /// Bytes 1 to 32; a demo's secret is nobody's secret.
  static final String HOOK_SECRET = "whsec_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=";

  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "DEMO_KEY", "demo-ionq-key",
          "DEMO_SLACK_TOKEN", "xoxb-demo-slack-token-0001",
          "DEMO_SLACK_APP", "xapp-demo-slack-app-0001",
          "DEMO_HOOK_SECRET", HOOK_SECRET);

  @Option(
      names = "--port",
      defaultValue = "9797",
      description = "Of the daemon (default: 9797; 0: any free one).")
  private int port;

  @Option(
      names = "--sandbox-port",
      defaultValue = "9798",
      description = "Of the sandbox (default: 9798; 0: any free one).")
  private int sandboxPort;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Keeps the store there; an earlier demo's is replaced. Left out: nothing is left behind.")
  private @Nullable Path data;

  @Option(
      names = "--for",
      paramLabel = "DURATION",
      description = "Stops by itself after that long, such as 30s. Left out: runs until Ctrl-C.")
  private @Nullable String length;

  @Mixin private Logging logging = new Logging();

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    StopSignal stop = StopSignal.listen(spec.commandLine().getErr());
    logging.apply();
    Optional<Duration> longest = longest();
    Path folder = data == null ? Files.createTempDirectory("spendwarden-demo") : data;
    Files.createDirectories(folder);
    PrintWriter err = spec.commandLine().getErr();
    DaemonClock clock = DaemonClock.test(DemoScenario.START, DemoScenario.RATE);
    Sandbox sandbox;
    try {
      sandbox = Sandbox.start(new Sandbox.Options(sandboxPort, 1, clock, new DemoScenario()));
    } catch (IllegalStateException e) {
      err.println(
          "spendwarden: the sandbox cannot start: "
              + e.getMessage()
              + "; choose another with --sandbox-port");
      clean(folder);
      return Main.CANNOT_START;
    }
    Daemon daemon;
    try {
      daemon =
          Daemon.start(config(folder, sandbox.port()), ENVIRONMENT, clock, BuildVersion.text());
    } catch (StoreException | IllegalStateException e) {
      err.println(
          "spendwarden: the demo cannot start: "
              + e.getMessage()
              + "; choose another address with --port");
      sandbox.close();
      clean(folder);
      return Main.CANNOT_START;
    }
    tell(daemon.port(), sandbox);
    if (!stop.await(longest)) {
      spec.commandLine().getOut().println("The demo's time is over.");
    }
    daemon.close();
    sandbox.close();
    clean(folder);
    return Main.FINE;
  }

  private Optional<Duration> longest() {
    if (length == null) {
      return Optional.empty();
    }
    return Optional.of(
        Durations.parse(length)
            .orElseThrow(() ->
                new ParameterException(
                    spec.commandLine(), "--for: a duration such as 30s is needed")));
  }

  private void tell(int daemonPort, Sandbox sandbox) {
    String base = "http://127.0.0.1:" + daemonPort;
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        """

        Spendwarden is running against the sandbox. One second here is an hour there.
          status page   %s/
          metrics       %s/metrics
          API           %s/api/v1/budgets
          inbox         %s   (what Slack and the webhook got)
        Changing calls take: Authorization: Bearer %s
        Within a minute u1 passes 80 %% of a quota (warning), then 100 %% (critical), and is resolved when IonQ raises it.
        Ctrl-C stops it%s.
        """
            .formatted(
                base,
                base,
                base,
                sandbox.url("/inbox"),
                TOKEN,
                data == null ? " and leaves nothing behind" : ""));
    out.flush();
  }

  private Config config(Path folder, int actualSandboxPort) throws IOException {
    for (String left :
        List.of("demo.db", "demo.db-wal", "demo.db-shm", "demo.db.marker", "demo.db.lock")) {
      Files.deleteIfExists(folder.resolve(left));
    }
    Path token = folder.resolve("demo-token");
    Files.writeString(token, TOKEN);
    Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
    return new OwnConfig("demo", folder)
        .read(
            Map.of(
                "PORT",
                Integer.toString(port == 0 ? freePort() : port),
                "SANDBOX",
                Integer.toString(actualSandboxPort)),
            ENVIRONMENT);
  }

  /// Known before the daemon listens, as its messages link to it.
  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /// Removes what the demo wrote, unless a folder was asked for.
  private void clean(Path folder) {
    if (data == null) {
      new OwnConfig("demo", folder).remove(spec.commandLine().getErr());
    }
  }
}
