package dev.spendwarden.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import dev.spendwarden.app.Daemon;
import dev.spendwarden.app.DaemonClock;
import dev.spendwarden.app.config.ConfigReader;
import dev.spendwarden.policy.cel.CelConditions;
import dev.spendwarden.sandbox.Fault;
import dev.spendwarden.sandbox.Sandbox;
import dev.spendwarden.sandbox.UsageRow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/// Every secret is a word of its own that occurs nowhere else; every fault is provoked; then
/// whatever the daemon said or kept is searched for the words: the log at its most talkative, the
/// libraries' lines included, metrics, API, the bytes of the store.
class SecretsE2E {

  private static final List<String> NAMES =
      List.of(
          "ionq",
          "anthropic",
          "github",
          "gcore",
          "down",
          "slackbot",
          "slackhook",
          "hookurl",
          "write",
          "read",
          "actor");

  private static final List<String> SOURCES = List.of("ionq", "anthropic", "github", "gcore");

  /// What is only asked where the sources answer.
  private static final List<String> BEHIND_THEM =
      List.of("github-download", "slack", "slack/hook", "hooks/hooks");

  private static final String SIGNING_KEY = "canary-signing-0123456789abcdef";
  private static final String SIGNING =
      "whsec_" + Base64.getEncoder().encodeToString(SIGNING_KEY.getBytes(StandardCharsets.UTF_8));

  private static final List<String> ASKED =
      List.of(
          "/metrics",
          "/api/v1/status",
          "/api/v1/sources",
          "/api/v1/policies",
          "/api/v1/budgets",
          "/api/v1/alerts",
          "/api/v1/notifications",
          "/api/v1/actions",
          "/api/v1/reports",
          "/api/v1/audit",
          "/api/v1/silences",
          "/-/ready");

  @TempDir Path folder;

  private final DaemonClock clock = DaemonClock.test(Laboratory.START, 900);
  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final Level levelBefore = root.getLevel();
  private final Heard heard = new Heard();
  private final List<String> said = new ArrayList<>();
  private Sandbox sandbox;

  @BeforeEach
  void listenToEverything() throws IOException {
    sandbox = Sandbox.start(Sandbox.Options.quiet(clock));
    for (String name : NAMES) {
      if (!name.equals("slackhook") && !name.equals("hookurl")) {
        secret(name, canary(name));
      }
    }
    secret("slackhook", sandbox.url("/slack/hook/" + canary("slackhook")));
    secret("hookurl", sandbox.url("/hooks/hooks?key=" + canary("hookurl")));
    secret("signing", SIGNING);
    root.setLevel(Level.TRACE);
    heard.setContext(root.getLoggerContext());
    heard.start();
    root.addAppender(heard);
  }

  @AfterEach
  void stopListening() {
    root.detachAppender(heard);
    root.setLevel(levelBefore);
    sandbox.close();
  }

  private static String canary(String name) {
    return "canary-" + name + "-7f3a9c";
  }

  private void secret(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private Path configuration() throws IOException {
    int nobody;
    try (var socket = new ServerSocket(0)) {
      nobody = socket.getLocalPort();
    }
    Files.writeString(
        folder.resolve("policies.yaml"),
        """
        version: 1
        policies:
          - { name: quota, select: { source: ionq-lab, kind: quota }, per: [user],
              budget: { limit: quota, period: month },
              rules: [{ name: spent, when: used >= 0.8, actions: [stop] }] }
          - { name: all, select: { source: [claude, github-corvid, gcore-edge, down] },
              budget: { limit: 10 USD, period: month }, rules: [{ name: r, when: used >= 1 }] }
        """);
    return Files.writeString(
        folder.resolve("spendwarden.yaml"),
        """
        server: { host: 127.0.0.1, port: 0, token_file: write, read_token_file: read }
        storage: { url: "jdbc:sqlite:%2$s/spendwarden.db" }
        egress: { allow: [127.0.0.0/8] }
        sources:
          - { name: ionq-lab, type: ionq, base_url: "%1$s/ionq/v0.3", api_key_file: ionq,
              organization: %3$s, poll_interval: 4m, timeout: 500ms, max_age: 2w }
          - { name: claude, type: anthropic, base_url: "%1$s/anthropic", admin_key_file: anthropic,
              poll_interval: 4m, timeout: 500ms, max_age: 2w }
          - { name: github-corvid, type: github, base_url: "%1$s/github", token_file: github,
              enterprise: corvid, reports: [detailed], poll_interval: 4m, timeout: 500ms,
              max_age: 2w }
          - { name: gcore-edge, type: gcore, base_url: "%1$s/gcore", api_key_file: gcore,
              poll_interval: 4m, timeout: 500ms, max_age: 2w }
          - { name: down, type: gcore, base_url: "http://127.0.0.1:%4$d/", api_key_file: down,
              poll_interval: 4m, timeout: 500ms, max_age: 2w }
        receivers:
          - { name: bot, slack: { channel: "#spend", token_file: slackbot, base_url: "%1$s/slack/api/" } }
          - { name: hook, slack: { webhook_url_file: slackhook } }
          - { name: hooks, webhook: { url_file: hookurl, secret_file: signing, timeout: 1s, retry: [1m] } }
        route:
          receiver: hooks
          routes:
            - { match: { policy: "quota" }, receiver: bot, continue: true }
            - { match: { policy: "quota" }, receiver: hook, continue: true }
            - { receiver: hooks }
        actions:
          stop: { type: ionq.cancel_jobs, source: ionq-lab, mode: auto, target: "labels.user",
                  at_most: 5, per: 1h, api_key_file: actor }
        policies: [policies.yaml]
        """
            .formatted(sandbox.url(""), folder, Laboratory.ORGANIZATION, nobody));
  }

  static Stream<Fault> faults(String elsewhere) {
    return Stream.of(
        new Fault.Status(401, Optional.empty()),
        new Fault.Status(403, Optional.empty()),
        new Fault.Status(429, Optional.of("1")),
        new Fault.Status(500, Optional.empty()),
        new Fault.Redirect(307, elsewhere),
        new Fault.Hang(false),
        new Fault.Close(true),
        new Fault.Body("application/json", "{\"half\": "),
        new Fault.Body("text/html", "<!doctype html>"),
        new Fault.Truncate(),
        new Fault.BigHeader(100_000));
  }

  @Test
  void noSecretIsEverSaidOrKept() throws Exception {
    spend();
    Path file = configuration();
    var read = ConfigReader.read(file, Map.of(), new CelConditions());
    assertThat(read.problems()).noneMatch(problem -> problem.toString().contains("rror"));
    said.add(read.toString());
    Daemon daemon = Daemon.start(read.config().orElseThrow(), Map.of(), clock, "1.2.3");
    try {
      soon(() -> !sandbox.inbox().deliveries("hooks").isEmpty());
      for (Fault fault : faults("http://localhost:1/?x=1").toList()) {
        provoke(daemon, SOURCES, fault);
        provoke(daemon, BEHIND_THEM, fault);
      }
      wrongTokens(daemon);
      // Whoever rotates a file may leave it open, or with a line too many.
      Files.setPosixFilePermissions(
          folder.resolve("ionq"), PosixFilePermissions.fromString("rw-r--r--"));
      secret("anthropic", canary("anthropic") + "\r\nx: y");
      awaitPolls("gcore");
      Files.writeString(file, Files.readString(file) + "\nx: [");
      post(daemon, "/-/reload", canary("write"));
      sandbox.faults().add("hooks/hooks", new Fault.Status(410, Optional.empty()));
      awaitPolls("gcore");
      listen(daemon);
    } finally {
      daemon.close();
    }
    assertThat(heard.lines).as("the log was listened to").hasSizeGreaterThan(100);
    var secrets = new ArrayList<>(NAMES.stream().map(SecretsE2E::canary).toList());
    secrets.addAll(List.of(SIGNING, SIGNING_KEY, SIGNING.substring("whsec_".length()), "&sig="));
    assertThat(secrets.stream().flatMap(this::leaks)).isEmpty();
  }

  /// Each of these was asked at least once more before what the daemon says is listened to.
  private void provoke(Daemon daemon, List<String> mounts, Fault fault) {
    mounts.forEach(mount -> sandbox.faults().add(mount, fault));
    Map<String, Long> before =
        mounts.stream().collect(Collectors.toMap(mount -> mount, this::requests));
    spend();
    for (String receiver : List.of("bot", "hook", "hooks")) {
      post(daemon, "/api/v1/receivers/" + receiver + "/drill", canary("write"));
    }
    soon(() -> mounts.stream().allMatch(mount -> requests(mount) > before.get(mount)));
    listen(daemon);
    sandbox.faults().clear();
  }

  private long requests(String mount) {
    return sandbox.requests().counts(mount).requests();
  }

  private void spend() {
    var day = LocalDate.of(2027, 1, 8);
    sandbox.ionq().member("u1").quota(new BigDecimal("250")).consumed(new BigDecimal("205"));
    sandbox.github().spends(UsageRow.actions(day, "actions_linux", "9", "0", "corvid", "widget"));
    sandbox.gcore().spends(20044, day, "Cloud", "USD", new BigDecimal("50"));
  }

  private void awaitPolls(String mount) {
    long before = requests(mount);
    soon(() -> requests(mount) > before + 1);
  }

  private static void soon(Callable<Boolean> condition) {
    await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(50)).until(condition);
  }

  private void listen(Daemon daemon) {
    ASKED.forEach(path -> said.add(path + ": " + ask(daemon, path)));
  }

  private void wrongTokens(Daemon daemon) {
    said.add(send(daemon, "GET", "/api/v1/status", canary("read") + "x"));
    said.add(send(daemon, "POST", "/-/reload", canary("read")));
    said.add(send(daemon, "POST", "/-/reload", canary("ionq")));
  }

  private void post(Daemon daemon, String path, String token) {
    said.add(send(daemon, "POST", path, token));
  }

  private String ask(Daemon daemon, String path) {
    return send(daemon, "GET", path, canary("read"));
  }

  private static String send(Daemon daemon, String method, String path, String token) {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + daemon.port() + path))
            .method(method, BodyPublishers.noBody())
            .header("Authorization", "Bearer " + token)
            .build();
    try (var http = HttpClient.newHttpClient()) {
      var response = http.send(request, BodyHandlers.ofString());
      return response.statusCode() + " " + response.headers().map() + response.body();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(path, e);
    }
  }

  private Stream<String> leaks(String secret) {
    var places = new ArrayList<String>();
    List.copyOf(heard.lines).stream().filter(line -> line.contains(secret)).forEach(places::add);
    said.stream().filter(text -> text.contains(secret)).forEach(places::add);
    try (var files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().contains(".db")).toList()) {
        if (Files.readString(file, StandardCharsets.ISO_8859_1).contains(secret)) {
          places.add(file.toString());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return places.stream().map(place -> secret + " in " + place).limit(3);
  }

  /// All lines of the daemon and its libraries, with their traces. What the router of the stand-ins
  /// says of the requests it gets is not the daemon's doing.
  private final class Heard extends AppenderBase<ILoggingEvent> {
    final List<String> lines = Collections.synchronizedList(new ArrayList<>());

    @Override
    protected void append(ILoggingEvent event) {
      String message = event.getFormattedMessage();
      if (event.getLoggerName().startsWith("io.vertx.ext.web.")
          && message.contains(sandbox.url(""))) {
        return;
      }
      IThrowableProxy thrown = event.getThrowableProxy();
      lines.add(
          event.getLoggerName()
              + " "
              + message
              + " "
              + event.getKeyValuePairs()
              + " "
              + event.getMDCPropertyMap()
              + (thrown == null ? "" : ThrowableProxyUtil.asString(thrown)));
    }
  }
}
