package dev.spendwarden.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.spendwarden.e2e.HeldReceiver.Attempt;
import dev.spendwarden.sandbox.Sandbox;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Goal: when very many budgets cross in one poll, all are told of at once, in one bounded message,
/// by a process that stays ready and small. Method: the real program with a bounded heap meets a
/// source in which every user is over; `/-/ready` is asked without pause.
class StormE2E {

  @TempDir Path folder;

  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

  @Test
  void aThousandBudgetsThatCrossAtOnceAreOneMessage() throws Exception {
    storm(1_000, Duration.ofSeconds(60));
  }

  /// `mvn -Psoak verify`.
  @Test
  @Tag("soak")
  void tenThousandBudgetsThatCrossAtOnceAreOneMessage() throws Exception {
    storm(10_000, Duration.ofSeconds(180));
  }

  private void storm(int budgets, Duration longest) throws Exception {
    try (var receiver = new HeldReceiver();
        var sandbox = Sandbox.start(Sandbox.Options.quiet(InstantSource.system()))) {
      for (int i = 0; i < budgets; i++) {
        sandbox
            .ionq()
            .member("user-%05d".formatted(i))
            .quota(new BigDecimal("100"))
            .consumed(new BigDecimal("10"));
      }
      write(receiver, sandbox);
      try (var process = launch()) {
        int port = process.awaitReady();
        await()
            .atMost(longest)
            .until(() -> get(port, "/metrics").contains("user-") || known(port) >= 50);
        storm(budgets, longest, receiver, sandbox, port);
        System.out.printf(
            "storm of %d budgets: the provider's answer alone takes %d ms%n",
            budgets, answering(sandbox).toMillis());
        long heap = heapUsed(port);
        System.out.printf("storm of %d budgets: heap %d MiB after it%n", budgets, heap >> 20);
      }
    }
  }

  private void storm(
      int budgets, Duration longest, HeldReceiver receiver, Sandbox sandbox, int port) {
    var storming = new AtomicBoolean(true);
    var notReady = new AtomicInteger();
    var asked = new AtomicInteger();
    Thread asking =
        Thread.startVirtualThread(() -> {
          while (storming.get()) {
            // Often, but not so that asking is what the machine does.
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
            asked.incrementAndGet();
            if (status(port, "/-/ready") != 200) {
              notReady.incrementAndGet();
            }
          }
        });
    // Right after a poll has ended, so that the next one sees all of them.
    String before = lastSuccess(port);
    await()
        .pollInterval(Duration.ofMillis(5))
        .atMost(longest)
        .until(() -> !lastSuccess(port).equals(before));
    for (int i = 0; i < budgets; i++) {
      sandbox.ionq().member("user-%05d".formatted(i)).consumed(new BigDecimal("95"));
    }
    long polled = sandbox.requests().counts("ionq").requests();
    await()
        .pollInterval(Duration.ofMillis(5))
        .atMost(longest)
        .until(() -> sandbox.requests().counts("ionq").requests() > polled);
    long start = System.nanoTime();
    await()
        .pollInterval(Duration.ofMillis(5))
        .atMost(longest)
        .until(() -> !receiver.attempts("one").isEmpty());
    Duration first = Duration.ofNanos(System.nanoTime() - start);
    await().atMost(longest).until(() -> alertsTold(receiver) == budgets);
    storming.set(false);
    join(asking);
    int messages = receiver.attempts("one").size();
    System.out.printf(
        "storm of %d budgets: first message %d ms after the question, %d messages in all;"
            + " /-/ready asked %d times%n",
        budgets, first.toMillis(), messages, asked.get());
    assertThat(notReady.get()).as("not ready, of %d times asked", asked.get()).isZero();
    assertThat(messages).isEqualTo(1);
    assertThat(receiver.attempts("one")).allMatch(attempt -> attempt.body().length() < 20_000);
    assertThat(first).isLessThan(Duration.ofSeconds(Integer.getInteger("storm.seconds", 30)));
  }

  /// How long the provider's answer takes until its last byte: the quickest of three.
  private Duration answering(Sandbox sandbox) throws Exception {
    URI report =
        URI.create(sandbox.url("/ionq/v0.3") + "/report/organizations/" + Laboratory.ORGANIZATION);
    Duration quickest = Duration.ofDays(1);
    for (int i = 0; i < 3; i++) {
      long start = System.nanoTime();
      var answer =
          http.send(
              HttpRequest.newBuilder(report).header("Authorization", "apiKey ionq-key").build(),
              BodyHandlers.ofByteArray());
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      assertThat(answer.statusCode()).isEqualTo(200);
      quickest = took.compareTo(quickest) < 0 ? took : quickest;
    }
    return quickest;
  }

  private static int alertsTold(HeldReceiver receiver) {
    int told = 0;
    for (Attempt attempt : receiver.attempts("one")) {
      JsonObject body = new JsonObject(attempt.body());
      told += body.getJsonObject("group").getInteger("firing");
    }
    return told;
  }

  private void write(HeldReceiver receiver, Sandbox sandbox) throws Exception {
    Files.writeString(
        folder.resolve("policies.yaml"),
        """
        version: 1
        policies:
          - name: user-quota
            select: { source: ionq-lab, kind: quota }
            per: [user]
            budget: { limit: quota, period: month }
            rules:
              - { name: nearly-spent, when: used >= 0.8, severity: warning }
        """);
    Files.writeString(
        folder.resolve("spendwarden.yaml"),
        """
        server: { host: 127.0.0.1, port: 0 }
        storage: { url: "jdbc:sqlite:%s" }
        egress: { allow: [127.0.0.0/8] }
        sources:
          - { name: ionq-lab, type: ionq, base_url: "%s", api_key: "${KEY}", organization: %s, poll_interval: 3s }
        receivers:
          - { name: one, webhook: { url: "%s" } }
        route: { receiver: one, group_by: [policy], group_wait: 0s, group_interval: 1s, repeat_interval: 12h }
        policies: [policies.yaml]
        """
            .formatted(
                folder.resolve("spendwarden.db"),
                sandbox.url("/ionq/v0.3"),
                Laboratory.ORGANIZATION,
                receiver.url("one")));
  }

  private ServeProcess launch() throws Exception {
    return ServeProcess.start(
        folder,
        List.of("-Xmx512m", "-XX:+ExitOnOutOfMemoryError"),
        Map.of("KEY", "ionq-key"),
        "serve",
        "--config",
        folder.resolve("spendwarden.yaml").toString());
  }

  private int known(int port) {
    return new JsonObject(get(port, "/api/v1/budgets?policy=user-quota&limit=50"))
        .getJsonArray("items")
        .size();
  }

  private String lastSuccess(int port) {
    JsonObject sources = new JsonObject(get(port, "/api/v1/sources"));
    return String.valueOf(
        sources.getJsonArray("items").getJsonObject(0).getValue("last_success_at"));
  }

  private long heapUsed(int port) {
    return get(port, "/metrics")
        .lines()
        .filter(line -> line.startsWith("jvm_memory_used_bytes") && line.contains("heap\""))
        .filter(line -> !line.contains("nonheap"))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private String get(int port, String path) {
    try {
      return http.send(request(port, path), BodyHandlers.ofString()).body();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private int status(int port, String path) {
    try {
      return http.send(request(port, path), BodyHandlers.discarding()).statusCode();
    } catch (java.io.IOException e) {
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  private static HttpRequest request(int port, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .timeout(Duration.ofSeconds(5))
        .build();
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
