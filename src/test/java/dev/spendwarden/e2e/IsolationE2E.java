package dev.spendwarden.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.spendwarden.app.Daemon;
import dev.spendwarden.app.DaemonClock;
import dev.spendwarden.app.config.Config;
import dev.spendwarden.app.config.ConfigReader;
import dev.spendwarden.policy.cel.CelConditions;
import dev.spendwarden.sandbox.Fault;
import dev.spendwarden.sandbox.Sandbox;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Goal: whoever keeps quiet delays nobody else. Method: of two sources one never answers, of two
/// receivers one takes its message and never answers; whatever the others wait for must come long
/// before anybody gives up on the quiet ones. Every source and receiver is waited for three minutes
/// here, so a bound of a third of that has room for a busy machine and none for standing in line.
class IsolationE2E {

  private static final Duration LONG_BEFORE = Duration.ofMinutes(1);

  @TempDir Path folder;

  private final Sandbox quietSource = Sandbox.start(Sandbox.Options.quiet(InstantSource.system()));
  private final Sandbox fineSource = Sandbox.start(Sandbox.Options.quiet(InstantSource.system()));
  private HeldReceiver quiet;
  private HeldReceiver fine;
  private Daemon daemon;

  @BeforeEach
  void start() throws Exception {
    quiet = new HeldReceiver();
    quiet.silent = true;
    fine = new HeldReceiver();
    Files.writeString(
        folder.resolve("policies.yaml"),
        """
        version: 1
        policies:
          - name: user-quota
            select: { source: fine-source, kind: quota }
            per: [user]
            budget: { limit: quota, period: month }
            rules: [{ name: nearly-spent, when: used >= 0.8, severity: warning }]
          - name: other-quota
            select: { source: quiet-source, kind: quota }
            per: [user]
            budget: { limit: quota, period: month }
            rules: [{ name: nearly-spent, when: used >= 0.8, severity: warning }]
        """);
    Files.writeString(folder.resolve("spendwarden.yaml"), configuration());
    for (Sandbox sandbox : new Sandbox[] {quietSource, fineSource}) {
      for (String user : new String[] {"u1", "u2"}) {
        sandbox.ionq().member(user).quota(new BigDecimal("100")).consumed(new BigDecimal("10"));
      }
    }
  }

  @AfterEach
  void stop() {
    // The sources first: what hangs there is let go.
    quietSource.close();
    fineSource.close();
    daemon.close();
    quiet.close();
    fine.close();
  }

  @Test
  void aReceiverThatNeverAnswersDelaysNoOther() throws Exception {
    launch();
    cross("u1");
    await().atMost(LONG_BEFORE).until(() -> !quiet.attempts("quiet").isEmpty());
    await().atMost(LONG_BEFORE).until(() -> !fine.attempts("fine").isEmpty());
    cross("u2");
    await()
        .atMost(LONG_BEFORE)
        .untilAsserted(() ->
            assertThat(fine.attempts("fine"))
                .extracting(HeldReceiver.Attempt::user)
                .containsExactly("u1", "u2"));
    assertThat(quiet.attempts("quiet")).as("one request in flight").hasSize(1);
  }

  @Test
  void aSourceThatNeverAnswersDelaysNoOther() throws Exception {
    quiet.silent = false;
    quietSource.faults().add("ionq", new Fault.Hang(false));
    launch();
    await().atMost(LONG_BEFORE).until(() -> quietSource.requests().counts("ionq").requests() > 0);
    cross("u1");
    await().atMost(LONG_BEFORE).until(() -> !fine.attempts("fine").isEmpty());
    assertThat(quietSource.requests().counts("ionq").requests())
        .as("still waited for")
        .isEqualTo(1);
  }

  private void cross(String user) {
    fineSource.ionq().member(user).consumed(new BigDecimal("95"));
  }

  private void launch() {
    Map<String, String> environment = Map.of("KEY", "ionq-key");
    Config config =
        ConfigReader.read(folder.resolve("spendwarden.yaml"), environment, new CelConditions())
            .config()
            .orElseThrow();
    daemon = Daemon.start(config, environment, DaemonClock.system(), "1.2.3");
  }

  private String configuration() {
    return """
    server: { host: 127.0.0.1, port: 0 }
    storage: { url: "jdbc:sqlite:%s" }
    egress: { allow: [127.0.0.0/8] }
    sources:
      - { name: quiet-source, type: ionq, base_url: "%s", api_key: "${KEY}", organization: %s, poll_interval: 200ms, timeout: 3m }
      - { name: fine-source, type: ionq, base_url: "%s", api_key: "${KEY}", organization: %s, poll_interval: 200ms, timeout: 3m }
    receivers:
      - { name: quiet, webhook: { url: "%s", timeout: 3m } }
      - { name: fine, webhook: { url: "%s", timeout: 3m } }
    route:
      receiver: fine
      routes:
        - { match: { policy: user-quota }, receiver: quiet, continue: true }
        - { match: { policy: user-quota }, receiver: fine }
    policies: [policies.yaml]
    """
        .formatted(
            folder.resolve("spendwarden.db"),
            quietSource.url("/ionq/v0.3"),
            Laboratory.ORGANIZATION,
            fineSource.url("/ionq/v0.3"),
            Laboratory.ORGANIZATION,
            quiet.url("quiet"),
            fine.url("fine"));
  }
}
