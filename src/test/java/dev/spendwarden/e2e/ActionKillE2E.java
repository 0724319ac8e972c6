package dev.spendwarden.e2e;

import static dev.spendwarden.e2e.Laboratory.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.app.DaemonClock;
import dev.spendwarden.sandbox.Fault;
import dev.spendwarden.sandbox.Sandbox;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The real process, ended by SIGKILL at every moment of an action at which it waits for the
/// provider, and started again on the same store: the action ends as it should, a call is made at
/// most once more for its kill, none that the audit does not have, and the chain is whole.
///
/// One user after the other goes over its quota; each breach switches off the one key that is
/// active then. An action asks four times: for what there is, how it stands, the call, how it
/// stands now. The provider keeps quiet at one of them, and the process dies waiting.
class ActionKillE2E {

  private static final String MOUNT = "anthropic-keys";

  private static final String POLICIES =
      """
      version: 1
      policies:
        - name: quota
          select: { source: ionq-lab, kind: quota }
          per: [user]
          notify: none
          labels: { workspace: ws-a }
          budget: { limit: quota, period: month }
          rules:
            - { name: spent, when: used >= 1.0, severity: critical, actions: [stop] }
      """;

  @TempDir private Path folder;

  private final DaemonClock clock = DaemonClock.test(Laboratory.START, 600);
  private final Sandbox sandbox = Sandbox.start(Sandbox.Options.quiet(clock));
  private final HttpClient http = HttpClient.newHttpClient();
  private ServeProcess process;
  private int port;

  @BeforeEach
  void start() throws IOException {
    for (int i = 1; i <= 4; i++) {
      sandbox.ionq().member("u" + i).quota(new BigDecimal("100")).consumed(BigDecimal.TEN);
    }
    Files.writeString(folder.resolve("policies.yaml"), POLICIES);
    for (String secret : List.of("token", "actor")) {
      Files.createFile(
          folder.resolve(secret),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(folder.resolve(secret), secret + "-secret");
    }
    Files.writeString(
        folder.resolve("spendwarden.yaml"),
        """
        server: { host: 127.0.0.1, port: 0, token_file: token }
        storage: { url: "jdbc:sqlite:%s" }
        egress: { allow: [127.0.0.0/8] }
        sources:
          - { name: ionq-lab, type: ionq, base_url: "%s", api_key: "${KEY}", organization: %s, poll_interval: 1m }
          - { name: claude, type: anthropic, base_url: "%s", admin_key: "${KEY}", poll_interval: 1h }
        actions:
          stop: { type: anthropic.disable_keys, source: claude, mode: auto, undo: manual, admin_key_file: actor }
        policies: [policies.yaml]
        """
            .formatted(
                folder.resolve("spendwarden.db"),
                sandbox.url("/ionq/v0.3"),
                Laboratory.ORGANIZATION,
                sandbox.url("/anthropic")));
    launch();
  }

  @AfterEach
  void stop() {
    process.close();
    http.close();
    sandbox.close();
  }

  private void launch() throws IOException {
    process =
        ServeProcess.start(
            folder,
            Map.of("KEY", "reader-key"),
            "serve",
            "--config",
            folder.resolve("spendwarden.yaml").toString(),
            "--test-clock",
            clock.instant() + ",x600");
    port = process.awaitReady();
  }

  /// Kills the process while the provider keeps quiet at the next answer but so many, and starts it
  /// again.
  private void killAt(int answersBefore, Fault quiet, Runnable begin) throws Exception {
    long asked = asked();
    if (answersBefore > 0) {
      sandbox.faults().add(MOUNT, new Fault.Slow(Duration.ofMillis(1)), answersBefore);
    }
    sandbox.faults().add(MOUNT, quiet, 1);
    begin.run();
    soon().until(() -> asked() == asked + answersBefore + 1);
    process.kill();
    sandbox.faults().clear();
    launch();
  }

  private long asked() {
    return sandbox.requests().counts(MOUNT).requests();
  }

  /// A key appears, and a user goes over the quota.
  private Runnable breach(int number) {
    return () -> {
      sandbox.anthropicKeys().key("k" + number, "ws-a", "active");
      sandbox.ionq().member("u" + number).consumed(new BigDecimal("120"));
    };
  }

  private long calls(String key) {
    return sandbox.requests().requests(MOUNT).stream()
        .filter(request -> request.method().equals("POST") && request.path().endsWith("/" + key))
        .count();
  }

  private JsonObject action(int number) {
    return newest("/api/v1/actions", number);
  }

  private JsonObject alert(int number) {
    return newest("/api/v1/alerts", number);
  }

  private JsonObject newest(String path, int number) {
    return items(path).stream()
        .filter(item -> item.getJsonObject("labels").getString("user").equals("u" + number))
        .findFirst()
        .orElseGet(JsonObject::new);
  }

  private void awaitState(int number, String state) {
    soon().untilAsserted(() -> assertThat(action(number).getString("state")).isEqualTo(state));
  }

  /// How often the audit says that a call was about to be made.
  private long written(int number, String what) {
    return items(
            "/api/v1/audit?limit=1000&what="
                + what
                + "&action_id="
                + action(number).getString("id"))
        .size();
  }

  private List<JsonObject> items(String path) {
    return new JsonObject(send("GET", path, ""))
        .getJsonArray("items").stream().map(JsonObject.class::cast).toList();
  }

  private String send(String method, String path, String body) {
    try {
      var request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
              .header("Authorization", "Bearer token-secret")
              .method(method, BodyPublishers.ofString(body))
              .build();
      return http.send(request, BodyHandlers.ofString()).body();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(path, e);
    }
  }

  @Test
  void aKillAtAnyStageCostsOneMoreCallAtMostAndNoneIsUnrecorded() throws Exception {
    // Before the call: the intent is written, nothing was asked of the provider but how it stands.
    killAt(1, new Fault.Hang(false), breach(1));
    awaitState(1, "done");
    assertThat(calls("k1")).isEqualTo(1);
    assertThat(written(1, "called")).isEqualTo(1);

    // The call was received and not done.
    killAt(2, new Fault.Hang(false), breach(2));
    awaitState(2, "done");
    assertThat(calls("k2")).as("the one lost, and one more").isEqualTo(2);
    assertThat(written(2, "called")).isEqualTo(2);

    // The call was received and done, its answer never came.
    killAt(2, new Fault.Hang(true), breach(3));
    awaitState(3, "done");
    assertThat(calls("k3")).as("read back, not repeated").isEqualTo(1);
    assertThat(written(3, "called")).isEqualTo(1);

    // The call was answered, the outcome is not stored yet: it is being read back.
    killAt(3, new Fault.Hang(false), breach(4));
    awaitState(4, "done");
    assertThat(calls("k4")).isEqualTo(1);
    assertThat(written(4, "called")).isEqualTo(1);

    // In the middle of taking it back. The breach is over, or another action would follow at once.
    sandbox.ionq().member("u1").consumed(BigDecimal.TEN);
    soon().untilAsserted(() -> assertThat(alert(1).getString("state")).isEqualTo("resolved"));
    String undo = "/api/v1/actions/" + action(1).getString("id") + "/undo";
    killAt(1, new Fault.Hang(true), () -> send("POST", undo, "{\"by\": \"ada\"}"));
    awaitState(1, "undone");
    assertThat(calls("k1")).as("once off, once on").isEqualTo(2);
    assertThat(written(1, "undo_called")).isEqualTo(1);

    assertThat(sandbox.anthropicKeys().status("k1")).contains("active");
    for (int i = 2; i <= 4; i++) {
      assertThat(sandbox.anthropicKeys().status("k" + i)).contains("inactive");
      assertThat(action(i).getString("outcome")).isEqualTo("1 done");
    }
    verified();
  }

  /// Asked to stop it waits for the answer that is on its way, and for one that never comes not
  /// longer than it may.
  @Test
  void aStopAtACallMakesItOnce() throws Exception {
    stopAt(new Fault.Slow(Duration.ofMillis(1_000)), breach(1));
    assertThat(calls("k1")).isEqualTo(1);
    assertThat(sandbox.anthropicKeys().status("k1")).contains("inactive");
    launch();
    awaitState(1, "done");

    stopAt(new Fault.Hang(true), breach(2));
    launch();
    awaitState(2, "done");
    for (int i = 1; i <= 2; i++) {
      assertThat(calls("k" + i)).isEqualTo(1);
      assertThat(written(i, "called")).isEqualTo(1);
      assertThat(action(i).getString("outcome")).isEqualTo("1 done");
    }
    verified();
  }

  /// Ends the process politely while it waits for the answer to the call of an action.
  private void stopAt(Fault call, Runnable begin) throws Exception {
    long asked = asked();
    sandbox.faults().add(MOUNT, new Fault.Slow(Duration.ofMillis(1)), 2);
    sandbox.faults().add(MOUNT, call, 1);
    begin.run();
    soon().until(() -> asked() == asked + 3);
    process.askToStop();
    assertThat(process.awaitExit(Duration.ofSeconds(10))).isZero();
    assertThat(process.output()).contains(" stopped").doesNotContain(" ERROR ");
    sandbox.faults().clear();
  }

  /// `spendwarden verify` has nothing to say.
  private void verified() throws Exception {
    try (var verify =
        ServeProcess.start(
            folder,
            Map.of("KEY", "reader-key"),
            "verify",
            "--config",
            folder.resolve("spendwarden.yaml").toString())) {
      assertThat(verify.awaitExit(Duration.ofSeconds(30))).as(verify.output()).isZero();
    }
  }
}
