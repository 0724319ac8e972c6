package dev.spendwarden.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.spendwarden.bench.BenchTable;
import dev.spendwarden.bench.Figure;
import dev.spendwarden.peer.Alertmanager;
import dev.spendwarden.peer.Peer;
import dev.spendwarden.sandbox.Sandbox;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/// How long it takes from the command to the first 200 of `/-/ready`, and what the process holds
/// when it idles: the jar by its own launcher, with and without the start-up cache, beside
/// Alertmanager. One source with one user and one policy; the database is there already.
@Tag("bench")
class StartBench {

  private static final int RUNS = 5;
  private static final Duration IDLE = Duration.ofSeconds(10);
  private static final Duration LONGEST_START = Duration.ofMinutes(1);

  /// The launcher makes the cache at the lowest priority.
  private static final Duration LONGEST_CACHE = Duration.ofMinutes(10);

  @TempDir private Path folder;

  private final HttpClient http = HttpClient.newHttpClient();

  /// @param readyMillis median
  /// @param ownMiB what of it no file backs
  private record Start(double readyMillis, double residentMiB, double ownMiB) {}

  private interface Program {
    /// @return the process, which will serve at the port
    Process start(int port) throws IOException;
  }

  @Test
  void startToReadyAndIdleMemory() throws Exception {
    ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
    Path jar = Path.of("target", "spendwarden.jar");
    if (!Files.isRegularFile(jar)) {
      String why = jar + " is missing; mvn -Pbench verify packages it first";
      System.out.println("StartBench is skipped: " + why);
      Assumptions.abort(why);
    }
    Path launcher = copy(Path.of("spendwarden"), folder.resolve("spendwarden"));
    copy(jar, Files.createDirectories(folder.resolve("target")).resolve("spendwarden.jar"));
    Path cache =
        folder.resolve("target/spendwarden-" + System.getProperty("java.runtime.version") + ".aot");
    try (Sandbox sandbox = Sandbox.start(Sandbox.Options.quiet(InstantSource.system()))) {
      sandbox.ionq().member("u1").quota(new BigDecimal("250")).consumed(BigDecimal.TEN);
      Program daemon = port -> launch(launcher, configuration(sandbox, port));
      Path making = withoutCache(cache);
      measure(daemon, 1);
      Start without = measure(daemon, RUNS);
      Files.delete(making);
      makeCache(daemon, cache, making);
      measure(daemon, 1);
      Start with = measure(daemon, RUNS);
      Optional<Start> theirs = alertmanager();
      report("with the start-up cache", with, theirs, true);
      report("without it", without, theirs, false);
    }
  }

  private static void report(String how, Start ours, Optional<Start> theirs, boolean targeted) {
    var ready = Figure.lower("start to ready, " + how, "ms", ours.readyMillis());
    var idle = Figure.lower("idle memory, resident, " + how, "MiB", ours.residentMiB());
    add(targeted ? ready.atMost(500) : ready, theirs.map(Start::readyMillis));
    add(targeted ? idle.atMost(130) : idle, theirs.map(Start::residentMiB));
    add(
        Figure.lower("idle memory, its own, " + how, "MiB", ours.ownMiB()),
        theirs.map(Start::ownMiB));
  }

  private static void add(Figure figure, Optional<Double> theirs) {
    BenchTable.add(
        theirs
            .map(value -> figure.beside("Alertmanager", value))
            .orElseGet(() -> figure.alone("Alertmanager is not installed")));
  }

  private static Path copy(Path from, Path to) throws IOException {
    return Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES);
  }

  /// Has the launcher believe that another start is making the cache.
  private static Path withoutCache(Path cache) throws IOException {
    return Files.createDirectory(cache.resolveSibling(cache.getFileName() + ".making"));
  }

  private void makeCache(Program daemon, Path cache, Path making) throws Exception {
    int port = Peer.freePort();
    Process first = daemon.start(port);
    try {
      awaitReady(port);
      await().atMost(LONGEST_CACHE).until(() -> !Files.exists(making));
      assertThat(cache).as("what the launcher had made").isRegularFile();
    } finally {
      end(first);
    }
  }

  private Start measure(Program program, int runs) throws Exception {
    var millis = new double[runs];
    double resident = 0;
    double own = 0;
    for (int i = 0; i < runs; i++) {
      int port = Peer.freePort();
      long start = System.nanoTime();
      Process process = program.start(port);
      try {
        awaitReady(port);
        millis[i] = (System.nanoTime() - start) / 1e6;
        if (i == runs - 1) {
          assertThat(process.waitFor(IDLE.toMillis(), TimeUnit.MILLISECONDS)).isFalse();
          resident = mebibytes(process.pid(), "VmRSS:");
          own = mebibytes(process.pid(), "RssAnon:");
        }
      } finally {
        end(process);
      }
    }
    Arrays.sort(millis);
    return new Start(millis[runs / 2], resident, own);
  }

  private void awaitReady(int port) {
    var ready = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/-/ready")).build();
    await()
        .atMost(LONGEST_START)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(() -> http.send(ready, BodyHandlers.discarding()).statusCode() == 200);
  }

  private static void end(Process process) throws InterruptedException {
    process.destroy();
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }

  private static double mebibytes(long pid, String field) throws IOException {
    return Files.readAllLines(Path.of("/proc", "" + pid, "status")).stream()
        .filter(line -> line.startsWith(field))
        .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
        .sum();
  }

  private Process launch(Path launcher, Path config) throws IOException {
    var builder = new ProcessBuilder(launcher.toString(), "serve", "--config", config.toString());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("KEY", "reader-key");
    builder.environment().remove("SPENDWARDEN_JAVA_OPTS");
    return quiet(builder);
  }

  private Process quiet(ProcessBuilder builder) throws IOException {
    return builder
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("output.log").toFile())
        .start();
  }

  private Path configuration(Sandbox sandbox, int port) throws IOException {
    Files.writeString(
        folder.resolve("policies.yaml"),
        """
        version: 1
        policies:
          - name: user-quota
            select: { source: lab, kind: quota }
            per: [user]
            notify: none
            budget: { limit: quota, period: month }
            rules: [{ name: spent, when: used >= 1.0, severity: critical }]
        """);
    return Files.writeString(
        folder.resolve("spendwarden.yaml"),
        """
        server: { host: 127.0.0.1, port: %d }
        storage: { url: "jdbc:sqlite:%s" }
        egress: { allow: [127.0.0.0/8] }
        sources: [{ name: lab, type: ionq, base_url: "%s", api_key: "${KEY}", organization: org }]
        policies: [policies.yaml]
        """
            .formatted(port, folder.resolve("spendwarden.db"), sandbox.url("/ionq/v0.3")));
  }

  private Optional<Start> alertmanager() throws Exception {
    Optional<Path> program = Alertmanager.program();
    if (program.isEmpty()) {
      System.out.println("no comparison: Alertmanager is not installed");
      return Optional.empty();
    }
    Path config =
        Files.writeString(
            folder.resolve("alertmanager.yml"),
            "route: { receiver: nobody }\nreceivers: [{ name: nobody }]\n");
    Program alertmanager =
        port ->
            quiet(
                new ProcessBuilder(
                    program.get().toString(),
                    "--config.file=" + config,
                    "--storage.path=" + folder.resolve("alertmanager"),
                    "--web.listen-address=127.0.0.1:" + port,
                    "--cluster.listen-address="));
    measure(alertmanager, 1);
    return Optional.of(measure(alertmanager, RUNS));
  }
}
