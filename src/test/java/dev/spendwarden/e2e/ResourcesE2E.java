package dev.spendwarden.e2e;

import static dev.spendwarden.e2e.Laboratory.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.spendwarden.sandbox.Fault;
import dev.spendwarden.sandbox.Sandbox;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Goal: failing for ever costs nothing that grows. Method: a process whose sources fail in every
/// way (an answer of 503, none at all, half of one, none that can be read) and whose receivers do
/// too (503, silence, nobody there), counted from outside in the middle and at the end: open files
/// and threads by the kernel, the heap after a collection by the virtual machine.
class ResourcesE2E {

  private static final Pattern LIVE_BYTES = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");

  /// Pools fill and shrink by a few.
  private static final int FILES_MORE = 16;

  private static final int THREADS_MORE = 6;
  private static final long HEAP_MORE_KIB = 8 * 1024;

  private static final int USERS = 100;
  private static final int SOURCES_OF_EACH_KIND = 10;

  @TempDir Path folder;

  private final HttpClient http = HttpClient.newHttpClient();

  private record Held(long files, long threads, long heapKib) {}

  @Test
  void aFewThousandFailures() throws Exception {
    fails(1_500, 500, Duration.ofMinutes(3));
  }

  @Test
  @Tag("soak")
  void aHundredThousandFailingPollsAndTenThousandFailingSends() throws Exception {
    // -Dsoak.polls=N for a machine or a moment that has less time.
    long polls = Long.getLong("soak.polls", 100_000);
    fails(polls, polls / 10, Duration.ofHours(1));
  }

  private void fails(long polls, long sends, Duration longest) throws Exception {
    assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")), "skipped: no /proc to count in");
    Map<String, Fault> kinds = new LinkedHashMap<>();
    kinds.put("refusing", new Fault.Status(503, Optional.empty()));
    kinds.put("silent", new Fault.Hang(false));
    kinds.put("half", new Fault.Truncate());
    kinds.put("unreadable", new Fault.Body("application/json", "[1, 2]"));
    var sandboxes = new LinkedHashMap<String, Sandbox>();
    try (var good = Sandbox.start(Sandbox.Options.quiet(InstantSource.system()));
        var refusing = new HeldReceiver();
        var silent = new HeldReceiver();
        var nobody = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      refusing.refusing = true;
      silent.silent = true;
      for (int i = 0; i < USERS; i++) {
        good.ionq().member("u" + i).quota(BigDecimal.TEN).consumed(BigDecimal.TEN);
      }
      sandboxes.put("good", good);
      for (var kind : kinds.entrySet()) {
        Sandbox sandbox = Sandbox.start(Sandbox.Options.quiet(InstantSource.system()));
        sandbox.faults().add("ionq", kind.getValue());
        sandboxes.put(kind.getKey(), sandbox);
      }
      String gone = "http://127.0.0.1:" + nobody.getLocalPort() + "/";
      nobody.close();
      try (var process = start(sandboxes, refusing.url("one"), silent.url("two"), gone)) {
        int port = process.awaitReady();
        await(port, polls / 2, sends / 2, longest);
        Held middle = held(process.pid());
        await(port, polls, sends, longest);
        Held end = held(process.pid());
        System.out.printf(
            "%.0f polls and %.0f sends failed: %s in the middle, %s at the end%n",
            failedPolls(port), failedSends(port), middle, end);
        assertThat(end.files()).as("open files").isLessThanOrEqualTo(middle.files() + FILES_MORE);
        assertThat(end.threads())
            .as("threads")
            .isLessThanOrEqualTo(middle.threads() + THREADS_MORE);
        assertThat(end.heapKib())
            .as("heap after a collection, KiB")
            .isLessThanOrEqualTo(middle.heapKib() + HEAP_MORE_KIB);
      }
    } finally {
      sandboxes.values().forEach(Sandbox::close);
    }
  }

  private ServeProcess start(Map<String, Sandbox> sandboxes, String... receivers)
      throws IOException {
    var sources = new StringBuilder();
    sandboxes.forEach((kind, sandbox) -> {
      for (int i = 0; i < (kind.equals("good") ? 1 : SOURCES_OF_EACH_KIND); i++) {
        sources.append(
            """
              - { name: %s-%d, type: ionq, base_url: "%s", api_key: "${KEY}", organization: o,
                  poll_interval: 1m, timeout: 500ms, max_age: 2w }
            """
                .formatted(kind, i, sandbox.url("/ionq/v0.3")));
      }
    });
    var hooks = new StringBuilder();
    for (int i = 0; i < receivers.length; i++) {
      hooks.append(
          """
            - { name: r%d, webhook: { url: "%s", secret: "${HOOK}", timeout: 500ms, retry: [1m] } }
          """
              .formatted(i, receivers[i]));
    }
    Files.writeString(
        folder.resolve("policies.yaml"),
        """
        version: 1
        policies:
          - name: user-quota
            select: { source: good-0, kind: quota }
            per: [user]
            budget: { limit: quota, period: month }
            notify: [r0, r1, r2]
            rules: [{ name: spent, when: used >= 1.0, severity: critical }]
        """);
    Path config =
        Files.writeString(
            folder.resolve("spendwarden.yaml"),
            """
            server: { host: 127.0.0.1, port: 0 }
            storage: { url: "jdbc:sqlite:%s" }
            egress: { allow: [127.0.0.0/8] }
            sources:
            %sreceivers:
            %sroute: { receiver: r0 }
            policies: [policies.yaml]
            """
                .formatted(folder.resolve("spendwarden.db"), sources, hooks));
    return ServeProcess.start(
        folder,
        Map.of("KEY", "ionq-key", "HOOK", Laboratory.SECRET),
        "serve",
        "--config",
        config.toString(),
        "--test-clock",
        Laboratory.START + ",x300");
  }

  private void await(int port, long polls, long sends, Duration longest) {
    soon()
        .atMost(longest)
        .pollInterval(Duration.ofMillis(500))
        .until(() -> failedPolls(port) >= polls && failedSends(port) >= sends);
  }

  private double failedPolls(int port) throws IOException, InterruptedException {
    return sum(port, "spendwarden_source_polls_total");
  }

  private double failedSends(int port) throws IOException, InterruptedException {
    return sum(port, "spendwarden_notification_attempts_total");
  }

  /// Of all samples that are no success.
  private double sum(int port, String metric) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + port + "/metrics");
    return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
        .body()
        .lines()
        .filter(line -> line.startsWith(metric + "{"))
        .filter(line -> !line.contains("\"good-0\"") && !line.contains("\"delivered\""))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  private static Held held(long pid) throws IOException, InterruptedException {
    Path process = Path.of("/proc", "" + pid);
    try (var files = Files.list(process.resolve("fd"))) {
      long open = files.count();
      long threads =
          Files.readAllLines(process.resolve("status")).stream()
              .filter(line -> line.startsWith("Threads:"))
              .mapToLong(line -> Long.parseLong(line.substring("Threads:".length()).strip()))
              .sum();
      return new Held(open, threads, heapKib(pid));
    }
  }

  /// The histogram counts what a full collection leaves.
  private static long heapKib(long pid) throws IOException, InterruptedException {
    var total = LIVE_BYTES.matcher(jcmd(pid, "GC.class_histogram"));
    assertThat(total.find()).isTrue();
    return Long.parseLong(total.group(1)) >> 10;
  }

  private static String jcmd(long pid, String command) throws IOException, InterruptedException {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    Process asked =
        new ProcessBuilder(jcmd.toString(), "" + pid, command).redirectErrorStream(true).start();
    String answer = new String(asked.getInputStream().readAllBytes());
    assertThat(asked.waitFor()).as("%s: %s", command, answer).isZero();
    return answer;
  }
}
