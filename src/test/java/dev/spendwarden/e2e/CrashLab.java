package dev.spendwarden.e2e;

import static dev.spendwarden.e2e.Laboratory.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.app.DaemonClock;
import dev.spendwarden.e2e.HeldReceiver.Attempt;
import dev.spendwarden.sandbox.Sandbox;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;

/// A process on a store that outlives it, a provider, two receivers, and the list of everything
/// that both receivers must have heard.
final class CrashLab implements AutoCloseable {

  private static final String POLICIES =
      """
      version: 1
      policies:
        - name: user-quota
          description: %s
          select: { source: ionq-lab, kind: quota }
          per: [user]
          budget: { limit: quota, period: month }
          rules:
            - { name: nearly-spent, when: used >= 0.8, severity: warning }
            - { name: spent, when: used >= 1.0, severity: critical }
      """;

  static final List<String> RECEIVERS = List.of("one", "two");
  static final List<String> USERS = List.of("u1", "u2");

  /// What a user's consumption goes through again and again, and what is told of each step.
  private static final List<String> LEVELS = List.of("85", "120", "40");

  private static final List<String> TYPES =
      List.of("alert.fired", "alert.escalated", "alert.resolved");

  /// Ten minutes in a real second; each process is told where this clock has got to.
  private final DaemonClock clock = DaemonClock.test(Laboratory.START, 600);

  private final Path folder;
  private final CrashBackend.Store store;
  private final Sandbox sandbox = Sandbox.start(Sandbox.Options.quiet(clock));
  private final HeldReceiver receiver = new HeldReceiver();
  private final HttpClient http = HttpClient.newHttpClient();
  private final Map<String, List<String>> expected = new TreeMap<>();
  private @Nullable ServeProcess process;
  private int port;
  private int kills;

  CrashLab(Path folder, CrashBackend backend) throws IOException {
    this(folder, backend.open(folder));
  }

  CrashLab(Path folder, CrashBackend.Store store) throws IOException {
    this.folder = folder;
    this.store = store;
    for (String user : USERS) {
      sandbox.ionq().member(user).quota(new BigDecimal("100")).consumed(new BigDecimal("40"));
      expected.put(user, new ArrayList<>());
    }
    writePolicies("as it is at first");
    Files.writeString(
        folder.resolve("spendwarden.yaml"),
        """
        server: { host: 127.0.0.1, port: 0 }
        storage: { %s }
        egress: { allow: [127.0.0.0/8] }
        sources:
          - { name: ionq-lab, type: ionq, base_url: "%s", api_key: "${KEY}", organization: %s,
              poll_interval: 2m, max_age: 2w }
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
                store.storage(),
                sandbox.url("/ionq/v0.3"),
                Laboratory.ORGANIZATION,
                receiver.url("one"),
                receiver.url("two")));
  }

  Path folder() {
    return folder;
  }

  CrashBackend.Store store() {
    return store;
  }

  HeldReceiver receiver() {
    return receiver;
  }

  Sandbox sandbox() {
    return sandbox;
  }

  ServeProcess process() {
    assertThat(process).as("a process").isNotNull();
    return process;
  }

  int kills() {
    return kills;
  }

  void writePolicies(String description) throws IOException {
    Files.writeString(folder.resolve("policies.yaml"), POLICIES.formatted(description));
  }

  /// The user's consumption takes its next step, of which both receivers must hear.
  void change(String user) {
    List<String> told = expected.get(user);
    int step = told.size() % LEVELS.size();
    sandbox.ionq().member(user).consumed(new BigDecimal(LEVELS.get(step)));
    told.add(TYPES.get(step));
  }

  // The process.

  void start() throws IOException {
    process =
        ServeProcess.start(
            folder,
            Map.of("KEY", "ionq-key", "HOOK", Laboratory.SECRET, "PASSWORD", "any"),
            "serve",
            "--config",
            folder.resolve("spendwarden.yaml").toString(),
            "--test-clock",
            clock.instant() + ",x600");
  }

  void awaitReady() {
    // Longer than any test would wait: what is looked for here are lost messages, not seconds.
    port = process().awaitReady(Duration.ofMinutes(3));
  }

  void kill() throws InterruptedException {
    process().kill();
    kills++;
  }

  /// Counts a kill that happened otherwise.
  void killed() {
    kills++;
  }

  // Waiting.

  void awaitPolls(int more) {
    long before = polls();
    inTime().until(() -> polls() >= before + more);
  }

  long polls() {
    return sandbox.requests().counts("ionq").requests();
  }

  /// Each receiver has more messages than it had then, answered or not.
  void awaitMoreThan(Map<String, Integer> attempts) {
    attempts.forEach(
        (name, before) -> inTime().until(() -> receiver.attempts(name).size() > before));
  }

  /// How many messages each receiver has.
  Map<String, Integer> attempts() {
    var attempts = new TreeMap<String, Integer>();
    RECEIVERS.forEach(name -> attempts.put(name, receiver.attempts(name).size()));
    return attempts;
  }

  /// Long enough for a process that starts on a machine with much else to do.
  private static ConditionFactory inTime() {
    return soon().atMost(Duration.ofMinutes(1));
  }

  /// The process says that so many messages about users wait, attempted at least so often.
  void awaitStored(int messages, int attempts) {
    inTime().until(() -> waiting(attempts) >= messages);
  }

  /// The status with which the process answers whether it is ready.
  int ready() throws IOException, InterruptedException {
    return get("/-/ready").statusCode();
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + port + path);
    return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }

  private long waiting(int attempts) throws IOException, InterruptedException {
    return new JsonObject(get("/api/v1/notifications").body())
        .getJsonArray("items").stream()
            .map(JsonObject.class::cast)
            .filter(item -> item.getString("state").equals("pending"))
            .filter(item -> item.getInteger("attempts") >= attempts)
            .count();
  }

  // The promises.

  /// Waits until everything was heard, then looks whether it was heard as promised.
  void awaitPromises(String after) {
    for (String name : RECEIVERS) {
      awaitTold(name, after);
      Map<String, List<Attempt>> byId = receiver.byId(name);
      byId.forEach((id, attempts) ->
          assertThat(attempts)
              .as("bodies of %s, after %s", id, after)
              .extracting(Attempt::body)
              .containsOnly(attempts.getFirst().body()));
      assertThat(duplicates(name))
          .as("duplicates at %s after %d kills", name, kills)
          .isLessThanOrEqualTo(kills);
      var newest = new HashMap<String, Integer>();
      for (List<Attempt> attempts : byId.values()) {
        Attempt first = attempts.getFirst();
        assertThat(first.sequence())
            .as("sequence of %s, after %s", first, after)
            .isEqualTo(newest.merge(first.budget(), 1, Integer::sum));
      }
    }
  }

  /// Waits until everything was heard; what is told again under its former id counts once.
  void awaitTold(String name, String after) {
    inTime()
        .untilAsserted(
            () -> assertThat(told(name)).as("%s, after %s", name, after).isEqualTo(expected));
  }

  /// The types that a receiver has heard, each id once, by user.
  private Map<String, List<String>> told(String name) {
    var told = new TreeMap<String, List<String>>();
    USERS.forEach(user -> told.put(user, new ArrayList<>()));
    receiver
        .byId(name)
        .values()
        .forEach(attempts -> told.get(attempts.getFirst().user()).add(attempts.getFirst().type()));
    return told;
  }

  int duplicates(String name) {
    return receiver.attempts(name).size() - receiver.byId(name).size();
  }

  int messages() {
    return expected.values().stream().mapToInt(List::size).sum();
  }

  @Override
  public void close() {
    if (process != null) {
      process.close();
    }
    receiver.close();
    sandbox.close();
  }
}
