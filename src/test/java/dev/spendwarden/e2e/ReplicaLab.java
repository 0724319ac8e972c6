package dev.spendwarden.e2e;

import static dev.spendwarden.e2e.Laboratory.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.app.DaemonClock;
import dev.spendwarden.e2e.HeldReceiver.Attempt;
import dev.spendwarden.sandbox.Sandbox;
import dev.spendwarden.store.PostgresLab;
import dev.spendwarden.store.StorageAddress;
import dev.spendwarden.store.TcpProxy;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/// Three replicas that share two sources between them, each with a network of its own to their
/// database, a witness in that database, a receiver, and the list of everything the receiver must
/// have heard.
final class ReplicaLab implements AutoCloseable {

  static final Duration TAKE_OVER_LONGEST = Duration.ofSeconds(15);

  static final String LAB = "lab";
  static final String HALL = "hall";

  /// Who is told, and one that is told of nothing but drills.
  static final String HOOKS = "hooks";

  static final String SPARE = "spare";

  static final String POLICIES =
      """
      version: 1
      policies:
        - name: lab-quota
          select: { source: ionq-lab, kind: quota }
          per: [user]
          budget: { limit: quota, period: month }
          rules:
            - { name: nearly-spent, when: used >= 0.8, severity: warning }
            - { name: spent, when: used >= 1.0, severity: critical }
        - name: hall-quota
          select: { source: ionq-hall, kind: quota }
          per: [user]
          budget: { limit: quota, period: month }
          rules:
            - { name: nearly-spent, when: used >= 0.8, severity: warning }
            - { name: spent, when: used >= 1.0, severity: critical }
      """;

  /// Where everything is told.
  static final String ROUTE = "route: { receiver: hooks }";

  private static final List<String> NAMES =
      IntStream.range(0, 3).mapToObj(number -> "replica_" + number).toList();

  private final Path folder;
  private final PostgresLab server;
  private final StorageAddress database;
  private final WriteWitness witness;

  /// A minute in a real second.
  private final DaemonClock clock = DaemonClock.test(Laboratory.START, 60);

  /// What each source asks.
  private final Map<String, Sandbox> providers =
      Map.of(
          LAB, Sandbox.start(Sandbox.Options.quiet(clock)),
          HALL, Sandbox.start(Sandbox.Options.quiet(clock)));

  private final HeldReceiver receiver = new HeldReceiver();
  private final List<Replica> replicas = new ArrayList<>();

  /// By policy.
  private final Map<String, List<String>> expected = new TreeMap<>();

  private int losses;

  ReplicaLab(Path folder, PostgresLab server, String policies) throws IOException {
    this.folder = folder;
    this.server = server;
    this.database = server.database();
    this.witness = new WriteWitness(server, database, NAMES);
    providers
        .values()
        .forEach(provider ->
            provider
                .ionq()
                .member("u1")
                .quota(new BigDecimal("250"))
                .consumed(new BigDecimal("100")));
    for (String name : NAMES) {
      var proxy = new TcpProxy(server.port());
      replicas.add(new Replica(name, folder.resolve(name + ".yaml"), clock, proxy));
      configure(replicas.getLast(), policies, ROUTE);
    }
  }

  ReplicaLab(Path folder, PostgresLab server) throws IOException {
    this(folder, server, POLICIES);
  }

  /// Writes a replica's files, which are its own.
  ///
  /// @param route lines with the route
  void configure(Replica replica, String policies, String route) throws IOException {
    String name = replica.name();
    Files.writeString(folder.resolve(name + "-policies.yaml"), policies);
    Files.writeString(
        folder.resolve(name + ".yaml"),
        """
        server: { host: 127.0.0.1, port: 0, token: "${TOKEN}" }
        storage: { url: "%s", user: %s }
        egress: { allow: [127.0.0.0/8] }
        sources:
          - { name: ionq-lab, type: ionq, base_url: "%s", api_key: "${KEY}", organization: %s, poll_interval: 12s }
          - { name: ionq-hall, type: ionq, base_url: "%s", api_key: "${KEY}", organization: %s, poll_interval: 12s }
        receivers:
          - { name: hooks, webhook: { url: "%s", secret: "${HOOK}" } }
          - { name: spare, webhook: { url: "%s", secret: "${HOOK}" } }
        %s
        policies: [%s-policies.yaml]
        """
            .formatted(
                PostgresLab.through(replica.proxy().port(), database).url(),
                name,
                providers.get(LAB).url("/ionq/v0.3"),
                Laboratory.ORGANIZATION,
                providers.get(HALL).url("/ionq/v0.3"),
                Laboratory.ORGANIZATION,
                urlFor(name, HOOKS),
                urlFor(name, SPARE),
                route,
                name));
  }

  /// Where a replica finds a receiver.
  String urlFor(String replica, String receiverName) {
    return receiver.url(receiverName) + "?" + replica;
  }

  ReplicaLab start() throws IOException {
    for (Replica replica : replicas) {
      replica.launch();
    }
    replicas.forEach(Replica::awaitReady);
    areSpread(replicas);
    return this;
  }

  List<Replica> replicas() {
    return replicas;
  }

  List<Replica> others(Replica one) {
    return replicas.stream().filter(replica -> replica != one).toList();
  }

  HeldReceiver receiver() {
    return receiver;
  }

  WriteWitness witness() {
    return witness;
  }

  /// Something came between replicas and others: a message to each receiver may come again.
  void lost() {
    losses++;
  }

  /// Ends every connection to the database.
  void disconnect() {
    server.disconnect(database);
  }

  Replica judge(String place, List<Replica> among) {
    return soon()
        .atMost(TAKE_OVER_LONGEST)
        .until(
            () -> among.stream().filter(replica -> replica.judges(place)).toList(),
            judging -> judging.size() == 1)
        .getFirst();
  }

  /// Each source is polled by one of them, and each of two by another.
  void areSpread(List<Replica> among) {
    soon()
        .atMost(TAKE_OVER_LONGEST)
        .untilAsserted(() -> {
          List<Replica> lab = among.stream().filter(replica -> replica.judges(LAB)).toList();
          List<Replica> hall = among.stream().filter(replica -> replica.judges(HALL)).toList();
          assertThat(lab).hasSize(1);
          assertThat(hall).hasSize(1).doesNotContainAnyElementsOf(lab);
        });
  }

  // What happens, and what is told of it.

  void consumes(String place, String amount) {
    providers.get(place).ionq().member("u1").consumed(new BigDecimal(amount));
  }

  void expect(String policy, String type) {
    expected.computeIfAbsent(policy, _ -> new ArrayList<>()).add(type);
  }

  /// @param type what the change is to be told as
  void change(String place, String amount, String type) {
    consumes(place, amount);
    expect(place + "-quota", type);
  }

  /// A change, and waits until it was told.
  void consumed(String place, String amount, String type) {
    change(place, amount, type);
    awaitTold();
  }

  /// As soon as another one can have taken over.
  void awaitTold() {
    soon().atMost(TAKE_OVER_LONGEST.plusSeconds(5)).untilAsserted(this::isTold);
  }

  /// Exactly what was expected, by policy in its order; what is told again under its former id
  /// counts once.
  void isTold() {
    assertThat(told(HOOKS)).isEqualTo(expected);
  }

  /// The types that a receiver has heard, each id once, by policy.
  Map<String, List<String>> told(String receiverName) {
    var told = new TreeMap<String, List<String>>();
    for (List<Attempt> attempts : receiver.byId(receiverName).values()) {
      Attempt first = attempts.getFirst();
      told.computeIfAbsent(policyOf(first), _ -> new ArrayList<>()).add(first.type());
    }
    return told;
  }

  private static String policyOf(Attempt attempt) {
    return new JsonObject(attempt.body()).getJsonObject("alert").getString("policy");
  }

  /// How many messages a replica has sent.
  long toldBy(Replica replica) {
    return receiver.attempts(HOOKS).stream()
        .filter(attempt -> replica.name().equals(attempt.query()))
        .count();
  }

  void keptItsPromises() throws Exception {
    assertThat(witness.wrongWrites()).isEmpty();
    keptItsPromises(HOOKS);
    assertThat(replicas.stream().mapToInt(replica -> witness.writes(replica.name())).sum())
        .as("what the witness saw")
        .isPositive();
    try (ServeProcess verify = replicas.getFirst().verify()) {
      assertThat(verify.awaitExit(Duration.ofSeconds(60))).as(verify.output()).isZero();
    }
  }

  /// One body for each id, few duplicates, sequences up by one.
  void keptItsPromises(String receiverName) {
    Map<String, List<Attempt>> byId = receiver.byId(receiverName);
    byId.forEach((id, attempts) ->
        assertThat(attempts).extracting(Attempt::body).containsOnly(attempts.getFirst().body()));
    assertThat(receiver.attempts(receiverName).size() - byId.size())
        .as("duplicates at %s after %d losses", receiverName, losses)
        .isLessThanOrEqualTo(losses);
    var newest = new HashMap<String, Integer>();
    byId.values()
        .forEach(attempts ->
            assertThat(attempts.getFirst().sequence())
                .isEqualTo(newest.merge(attempts.getFirst().budget(), 1, Integer::sum)));
  }

  @Override
  public void close() throws IOException {
    for (Replica replica : replicas) {
      replica.close();
    }
    receiver.close();
    providers.values().forEach(Sandbox::close);
  }
}
