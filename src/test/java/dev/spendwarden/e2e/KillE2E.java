package dev.spendwarden.e2e;

import static dev.spendwarden.e2e.Laboratory.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.app.DaemonClock;
import dev.spendwarden.e2e.HeldReceiver.Attempt;
import dev.spendwarden.sandbox.Sandbox;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The real process, ended by SIGKILL at the worst moments of a delivery, then started again on the
/// same store: everything that was decided is delivered, in order, with the same id and body each
/// time, at most once more for each kill, and nothing resolves because of it.
class KillE2E {

  private static final String POLICIES =
      """
      version: 1
      policies:
        - name: user-quota
          select: { source: ionq-lab, kind: quota }
          per: [user]
          budget: { limit: quota, period: month }
          rules:
            - { name: nearly-spent, when: used >= 0.8, severity: warning }
            - { name: spent, when: used >= 1.0, severity: critical }
      """;

  private static final List<String> RECEIVERS = List.of("one", "two");

  @TempDir Path folder;

  /// Ten minutes in a real second; the process is told where this clock has got to.
  private final DaemonClock clock = DaemonClock.test(Laboratory.START, 600);

  private final Sandbox sandbox = Sandbox.start(Sandbox.Options.quiet(clock));
  private HeldReceiver receiver;
  private ServeProcess process;
  private int kills;

  @BeforeEach
  void start() throws IOException {
    receiver = new HeldReceiver();
    sandbox.ionq().member("u1").quota(new BigDecimal("250")).consumed(new BigDecimal("100"));
    sandbox.ionq().member("u2").quota(new BigDecimal("400")).consumed(new BigDecimal("96.25"));
    Files.writeString(folder.resolve("policies.yaml"), POLICIES);
    Files.writeString(
        folder.resolve("spendwarden.yaml"),
        """
        server: { host: 127.0.0.1, port: 0 }
        storage: { url: "jdbc:sqlite:%s" }
        egress: { allow: [127.0.0.0/8] }
        sources:
          - { name: ionq-lab, type: ionq, base_url: "%s", api_key: "${KEY}", organization: %s, poll_interval: 1m }
        receivers:
          - { name: one, webhook: { url: "%s", secret: "${HOOK}" } }
          - { name: two, webhook: { url: "%s", secret: "${HOOK}" } }
        route:
          receiver: one
          routes:
            - { match: { policy: user-quota }, receiver: one, continue: true }
            - { match: { policy: user-quota }, receiver: two }
        policies: [policies.yaml]
        """
            .formatted(
                folder.resolve("spendwarden.db"),
                sandbox.url("/ionq/v0.3"),
                Laboratory.ORGANIZATION,
                receiver.url("one"),
                receiver.url("two")));
    launch();
  }

  @AfterEach
  void stop() {
    process.close();
    receiver.close();
    sandbox.close();
  }

  private void launch() throws IOException {
    process =
        ServeProcess.start(
            folder,
            Map.of("KEY", "ionq-key", "HOOK", Laboratory.SECRET),
            "serve",
            "--config",
            folder.resolve("spendwarden.yaml").toString(),
            "--test-clock",
            clock.instant() + ",x600");
  }

  private void kill() throws InterruptedException {
    process.kill();
    kills++;
  }

  private void consumed(String user, String amount) {
    sandbox.ionq().member(user).consumed(new BigDecimal(amount));
  }

  private void awaitTypes(String... types) {
    for (String name : RECEIVERS) {
      soon()
          .untilAsserted(() ->
              assertThat(receiver.byId(name).values())
                  .extracting(attempts -> attempts.getFirst().type())
                  .containsExactlyInAnyOrder(types));
    }
  }

  @Test
  void nothingIsLostReorderedOrResolvedAndAKillCostsOneDuplicateAtMost() throws Exception {
    process.awaitReady();
    consumed("u1", "205");
    awaitTypes("alert.fired");

    // Both receivers hold a request; u2's message is committed behind it and was never sent.
    receiver.silent = true;
    consumed("u1", "250");
    awaitTypes("alert.fired", "alert.escalated");
    consumed("u2", "350");
    long polled = sandbox.requests().counts("ionq").requests();
    soon().until(() -> sandbox.requests().counts("ionq").requests() >= polled + 2);
    kill();
    receiver.silent = false;
    launch();
    process.awaitReady();
    awaitTypes("alert.fired", "alert.escalated", "alert.fired");
    for (String name : RECEIVERS) {
      soon().until(() -> receiver.attempts(name).size() >= 4);
    }

    // Killed when the answer is on its way: the process may or may not have recorded it.
    var victim = new AtomicReference<>(process);
    var killed = new java.util.concurrent.CountDownLatch(1);
    receiver.answered =
        () -> {
          try {
            victim.get().kill();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          killed.countDown();
        };
    consumed("u1", "120");
    killed.await();
    kills++;
    receiver.answered = () -> {};
    launch();
    process.awaitReady();
    awaitTypes("alert.fired", "alert.escalated", "alert.fired", "alert.resolved");
    long after = sandbox.requests().counts("ionq").requests();
    soon().until(() -> sandbox.requests().counts("ionq").requests() >= after + 3);

    RECEIVERS.forEach(this::keptItsPromises);
  }

  private void keptItsPromises(String name) {
    Map<String, List<Attempt>> byId = receiver.byId(name);
    assertThat(byId).hasSize(4);
    byId.forEach((id, attempts) ->
        assertThat(attempts)
            .as(id)
            .extracting(Attempt::body)
            .containsOnly(attempts.getFirst().body()));
    int duplicates = receiver.attempts(name).size() - byId.size();
    assertThat(duplicates).as("duplicates at %s after %d kills", name, kills).isBetween(1, kills);
    var newest = new HashMap<String, Integer>();
    for (List<Attempt> attempts : byId.values()) {
      Attempt first = attempts.getFirst();
      assertThat(first.sequence())
          .as(first.toString())
          .isEqualTo(newest.merge(first.budget(), 1, Integer::sum));
    }
  }
}
