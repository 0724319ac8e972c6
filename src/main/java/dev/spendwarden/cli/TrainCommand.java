package dev.spendwarden.cli;

import dev.spendwarden.app.Daemon;
import dev.spendwarden.app.DaemonClock;
import dev.spendwarden.sandbox.Sandbox;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `spendwarden train`: what a start-up cache is made from. A daemon of the least size starts,
/// polls a stand-in, evaluates, tells a webhook, answers each probe once and stops.
///
/// Not the demo: all that the cache holds is there at every start, and what is needed for pictures
/// and Slack is a third of a daemon's memory.
@Command(
    name = "train",
    description = {
      "Starts a small daemon against a stand-in, has it poll, evaluate and tell once, and stops.",
      "With java's option -XX:AOTCacheOutput it leaves a start-up cache; the launcher does that by"
          + " itself."
    },
    hidden = true,
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class TrainCommand implements Callable<Integer> {

  private static final Map<String, String> ENVIRONMENT =
      Map.of("TRAIN_KEY", "train-key", "TRAIN_HOOK_SECRET", DemoCommand.HOOK_SECRET);

  private static final List<String> PROBES =
      List.of("/-/ready", "/-/healthy", "/metrics", "/api/v1/budgets", "/");

  private static final Duration LONGEST = Duration.ofSeconds(30);
  private static final Duration LOOK_EVERY = Duration.ofMillis(50);

  @Mixin private Logging logging = new Logging();

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    StopSignal stop = StopSignal.listen(err);
    logging.apply();
    Path folder = Files.createTempDirectory("spendwarden-train");
    var own = new OwnConfig("train", folder);
    try (Sandbox sandbox = Sandbox.start(Sandbox.Options.quiet(InstantSource.system()))) {
      sandbox.ionq().member("u1").quota(BigDecimal.valueOf(100)).consumed(BigDecimal.valueOf(90));
      Map<String, String> places = Map.of("SANDBOX", Integer.toString(sandbox.port()));
      try (Daemon daemon =
          Daemon.start(
              own.read(places, ENVIRONMENT),
              ENVIRONMENT,
              DaemonClock.system(),
              BuildVersion.text())) {
        return train(daemon, sandbox, stop, err);
      }
    } finally {
      own.remove(err);
    }
  }

  private static int train(Daemon daemon, Sandbox sandbox, StopSignal stop, PrintWriter err)
      throws IOException, InterruptedException {
    for (String path : PROBES) {
      ask(daemon.port(), path);
    }
    long end = System.nanoTime() + LONGEST.toNanos();
    while (sandbox.inbox().deliveries().isEmpty()) {
      if (stop.await(Optional.of(LOOK_EVERY)) || System.nanoTime() > end) {
        err.println("spendwarden: training ended before a notification was delivered; see the log");
        return Main.PROBLEMS;
      }
    }
    return Main.FINE;
  }

  /// By hand: an HTTP client of its own would be in the cache, and a daemon has no use for it.
  private static void ask(int port, String path) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout((int) LONGEST.toMillis());
      String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      socket.getInputStream().readAllBytes();
    }
  }
}
