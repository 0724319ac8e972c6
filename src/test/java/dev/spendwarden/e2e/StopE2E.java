package dev.spendwarden.e2e;

import static dev.spendwarden.e2e.Laboratory.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.app.DaemonClock;
import dev.spendwarden.sandbox.Fault;
import dev.spendwarden.sandbox.Sandbox;
import dev.spendwarden.sandbox.UsageRow;
import io.vertx.core.json.JsonObject;
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
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Goal: asked to stop at the most awkward moments the process ends in order, within ten seconds
/// and with status 0; the next one loses nothing and repeats nothing that was answered. Method: the
/// real process, store and network; SIGTERM at that moment; the next process on the same store;
/// then everything the receiver ever heard is counted. What an action does is in [ActionKillE2E].
class StopE2E {

  /// The ten seconds are kept by the process itself: one that needs longer is ended by force, with
  /// another status. Here only for a process that hangs.
  private static final Duration ENDS_AT_ALL_WITHIN = Duration.ofMinutes(1);

  private static final int USERS = 60;

  private static final String POLICIES =
      """
      version: 1
      policies:
        - name: user-quota
          select: { source: ionq-lab, kind: quota }
          per: [user]
          budget: { limit: quota, period: month }
          rules: [{ name: spent, when: used >= 1.0, severity: critical }]
        - name: github
          select: { source: github-corvid }
          budget: { limit: 1000000 USD, period: month }
          notify: none
          rules: [{ name: spent, when: used >= 1.0, severity: warning }]
      """;

  @TempDir private Path folder;

  private final DaemonClock clock = DaemonClock.test(Laboratory.START, 60);
  private final Sandbox sandbox = Sandbox.start(Sandbox.Options.quiet(clock));
  private final HttpClient http = HttpClient.newHttpClient();
  private HeldReceiver receiver;
  private ServeProcess process;

  @BeforeEach
  void open() throws IOException {
    receiver = new HeldReceiver();
  }

  @AfterEach
  void close() {
    process.close();
    http.close();
    receiver.close();
    sandbox.close();
  }

  private void configure(String storage, String github) throws IOException {
    Files.writeString(folder.resolve("policies.yaml"), POLICIES);
    Files.writeString(
        folder.resolve("spendwarden.yaml"),
        """
        server: { host: 127.0.0.1, port: 0 }
        storage: { %s }
        egress: { allow: [127.0.0.0/8] }
        sources:
          - { name: ionq-lab, type: ionq, base_url: "%s/ionq/v0.3", api_key: "${KEY}", organization: %s,
              poll_interval: 12s, max_age: 2w }
          - { name: github-corvid, type: github, base_url: "%s", token: "${KEY}", enterprise: corvid,
              poll_interval: 1h, timeout: 30s, max_age: 2w }
        receivers:
          - { name: hooks, webhook: { url: "%s", secret: "${HOOK}" } }
        route: { receiver: hooks }
        policies: [policies.yaml]
        """
            .formatted(
                storage, sandbox.url(""), Laboratory.ORGANIZATION, github, receiver.url("hooks")));
  }

  private String sqlite() {
    return "url: \"jdbc:sqlite:" + folder.resolve("spendwarden.db") + "\"";
  }

  private void launch() throws IOException {
    process =
        ServeProcess.start(
            folder,
            Map.of("KEY", "a-key", "HOOK", Laboratory.SECRET, "PASSWORD", "any"),
            "serve",
            "--config",
            folder.resolve("spendwarden.yaml").toString(),
            "--test-clock",
            clock.instant() + ",x60");
  }

  private void awaitStopped() throws InterruptedException {
    assertThat(process.awaitExit(ENDS_AT_ALL_WITHIN)).as(process.output()).isZero();
    assertThat(process.output().lines().reduce("", (_, last) -> last)).endsWith(" stopped");
    assertThat(process.output()).doesNotContain(" ERROR ");
  }

  private void breach(int user) {
    sandbox.ionq().member("u" + user).consumed(new BigDecimal("120"));
  }

  private long polls() {
    return sandbox.requests().counts("ionq").requests();
  }

  private static ConditionFactory inTime() {
    return soon().atMost(Duration.ofMinutes(1));
  }

  private List<HeldReceiver.Attempt> attempts() {
    return receiver.attempts("hooks");
  }

  @Test
  void nothingIsLostOrRepeatedThoughItStopsWhileItJudgesAndWhileItTells() throws Exception {
    stopsWhileItJudgesAndWhileItTells(CrashBackend.SQLITE);
  }

  @Test
  @Tag("crash")
  void nothingIsLostOrRepeatedOnPostgresEither() throws Exception {
    stopsWhileItJudgesAndWhileItTells(CrashBackend.POSTGRESQL);
  }

  private void stopsWhileItJudgesAndWhileItTells(CrashBackend backend) throws Exception {
    for (int user = 1; user <= USERS; user++) {
      sandbox.ionq().member("u" + user).quota(new BigDecimal("100")).consumed(BigDecimal.TEN);
    }
    configure(backend.open(folder).storage(), sandbox.url("/github"));
    launch();
    process.awaitReady();
    inTime().until(() -> polls() > 1);

    // All at once, and the stop with the answer that says so: it is being judged.
    for (int user = 1; user <= USERS; user++) {
      breach(user);
    }
    long before = polls();
    inTime().until(() -> polls() > before);
    process.askToStop();
    awaitStopped();

    // A request is on its way when the stop comes, and answered after it came.
    receiver.answersFreely = attempts().size() + USERS / 4;
    launch();
    process.awaitReady();
    inTime().until(() -> attempts().size() > receiver.answersFreely);
    process.askToStop();
    inTime().until(() -> process.output().contains(" stopping"));
    receiver.release();
    awaitStopped();
    assertThat(attempts()).hasSizeLessThan(USERS);

    launch();
    process.awaitReady();
    inTime().until(() -> receiver.byId("hooks").size() == USERS);
    process.askToStop();
    awaitStopped();
    assertThat(attempts()).as("each once").hasSize(USERS);
  }

  @Test
  void aReceiverAndASourceThatNeverAnswerHoldUpNoStop() throws Exception {
    sandbox.ionq().member("u1").quota(new BigDecimal("100")).consumed(BigDecimal.TEN);
    configure(sqlite(), sandbox.url("/github"));
    launch();
    // During the start.
    inTime().until(() -> process.output().contains("store_opened"));
    process.askToStop();
    awaitStopped();
    launch();
    process.awaitReady();

    receiver.silent = true;
    breach(1);
    inTime().until(() -> attempts().size() == 1);
    sandbox.faults().add("ionq", new Fault.Hang(false));
    long before = polls();
    inTime().until(() -> polls() > before && sandbox.requests().counts("ionq").inFlight() == 1);
    process.askToStop();
    inTime().until(() -> process.output().contains(" stopping"));
    // Whoever is impatient changes nothing.
    process.askToStop();
    awaitStopped();

    receiver.silent = false;
    sandbox.faults().clear();
    launch();
    process.awaitReady();
    inTime().until(() -> attempts().size() == 2);
    long polls = polls();
    inTime().until(() -> polls() >= polls + 2);
    assertThat(attempts()).as("the same again, once").hasSize(2);
    assertThat(attempts().getFirst()).isEqualTo(attempts().getLast());
  }

  @Test
  void aReportThatIsBeingReadIsReadFromTheStartAndCountedOnce() throws Exception {
    for (int day = 1; day <= 9; day++) {
      sandbox
          .github()
          .spends(
              UsageRow.actions(
                  LocalDate.of(2027, 1, day),
                  "actions_linux",
                  "0.5",
                  "10",
                  "corvid-labs",
                  "widget"));
    }
    sandbox.faults().add("github-download", new Fault.Trickle(Duration.ofMillis(20)));
    configure(sqlite(), sandbox.url("/github"));
    launch();
    process.awaitReady();
    inTime().until(() -> sandbox.requests().counts("github-download").inFlight() == 1);
    process.askToStop();
    awaitStopped();

    sandbox.faults().clear();
    launch();
    int port = process.awaitReady();
    inTime().untilAsserted(() -> assertThat(spent(port)).isEqualByComparingTo("45"));
    assertThat(sandbox.requests().requests("github"))
        .filteredOn(request -> request.method().equals("POST"))
        .as("the export that was asked for is the one that is read")
        .hasSize(1);
  }

  private BigDecimal spent(int port) throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1/budgets")).build();
    return new JsonObject(http.send(request, BodyHandlers.ofString()).body())
        .getJsonArray("items").stream()
            .map(JsonObject.class::cast)
            .filter(budget -> budget.getString("policy").equals("github"))
            .map(budget -> new BigDecimal(budget.getString("spent")))
            .findFirst()
            .orElse(BigDecimal.ZERO);
  }

  @Test
  void aStartThatHangsIsEndedByForce() throws Exception {
    try (var mute = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String url = "jdbc:postgresql://127.0.0.1:" + mute.getLocalPort() + "/none";
      configure(
          "url: \"" + url + "\", user: postgres, password: \"${PASSWORD}\"",
          sandbox.url("/github"));
      launch();
      mute.accept();
      process.askToStop();
      assertThat(process.awaitExit(ENDS_AT_ALL_WITHIN)).isNotZero();
      assertThat(process.output()).containsAnyOf("ended by force", "not started");
    }
  }
}
