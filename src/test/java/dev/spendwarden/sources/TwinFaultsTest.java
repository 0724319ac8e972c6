package dev.spendwarden.sources;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.Evaluation;
import dev.spendwarden.alert.Outcome;
import dev.spendwarden.ledger.DataState;
import dev.spendwarden.policy.SourceTerms;
import dev.spendwarden.policy.cel.WrittenPolicies;
import dev.spendwarden.sandbox.Fault;
import dev.spendwarden.sandbox.Sandbox;
import dev.spendwarden.sources.Source.PollContext;
import dev.spendwarden.sources.gcore.GcoreSettings;
import dev.spendwarden.sources.gcore.GcoreSource;
import dev.spendwarden.sources.http.Egress;
import dev.spendwarden.sources.http.GuardedClient;
import dev.spendwarden.sources.ionq.IonqSettings;
import dev.spendwarden.sources.ionq.IonqSettings.BalanceMeans;
import dev.spendwarden.sources.ionq.IonqUsageSource;
import dev.spendwarden.sources.ionq.IonqUsageSource.GroupBy;
import dev.spendwarden.sources.ionq.IonqWindow;
import io.vertx.core.Vertx;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Goal: whatever a provider does, a firing alert neither resolves nor fires again, and the source
/// beside it goes on. Method: every fault of the sandbox on every answer of one provider, polled
/// and evaluated as the daemon does, and then a good answer.
@Timeout(120)
class TwinFaultsTest {

  private static final Instant NOW = Instant.parse("2027-01-20T09:00:00Z");
  private static final LocalDate DAY = LocalDate.parse("2027-01-18");
  private static final Duration HASTY = Duration.ofMillis(1500);

  private final Sandbox sandbox = Sandbox.start(Sandbox.Options.quiet(() -> NOW));
  private final Vertx vertx = Vertx.vertx();
  private final GuardedClient client =
      new GuardedClient(vertx, Egress.parse(List.of("127.0.0.0/8")));
  private final Source gcore =
      new GcoreSource(
          new GcoreSettings("gcore-edge", uri("/gcore"), () -> "key", true, Set.of(), HASTY),
          client);
  private final Source ionq =
      new IonqUsageSource(
          new IonqSettings(
              "ionq-daily",
              uri("/ionq/v0.4"),
              () -> "key",
              "lab",
              BalanceMeans.IGNORE,
              IonqWindow.CALENDAR_MONTH,
              HASTY),
          GroupBy.USER,
          client);
  private final Evaluation evaluation =
      new Evaluation(
          WrittenPolicies.read(
              """
              version: 1
              policies:
                - name: gcore-client
                  select: { source: gcore-edge }
                  per: [client]
                  budget: { limit: 100 EUR, period: month }
                  rules: [{ name: spent, when: used >= 1.0 }]
                - name: gcore-failed
                  select: { source: gcore-edge, kind: reports }
                  per: [report_type]
                  budget: { period: month }
                  rules: [{ name: failed, when: reports.failed > 0 }]
                - name: ionq-user
                  select: { source: ionq-daily, not: { user: other } }
                  per: [user]
                  budget: { limit: 100 USD, period: month }
                  rules: [{ name: spent, when: used >= 1.0 }]
              """),
          List.of(
              new SourceTerms("gcore-edge", Duration.ofHours(6)),
              new SourceTerms("ionq-daily", Duration.ofHours(1))));

  record Row(String mount, String note, Fault fault) {
    @Override
    public String toString() {
      return mount + ": " + note;
    }
  }

  @AfterEach
  void close() {
    client.close();
    vertx.close().await();
    sandbox.close();
  }

  static Stream<Row> faults() {
    return Stream.of("gcore", "ionq")
        .flatMap(mount ->
            Stream.of(
                new Row(mount, "401", new Fault.Status(401, Optional.empty())),
                new Row(mount, "403", new Fault.Status(403, Optional.empty())),
                new Row(mount, "404", new Fault.Status(404, Optional.empty())),
                new Row(mount, "429", new Fault.Status(429, Optional.of("7"))),
                new Row(mount, "500", new Fault.Status(500, Optional.empty())),
                new Row(mount, "204", new Fault.Status(204, Optional.empty())),
                new Row(mount, "hangs", new Fault.Hang(false)),
                new Row(mount, "hangs after it was handled", new Fault.Hang(true)),
                new Row(mount, "closes", new Fault.Close(false)),
                new Row(mount, "is cut off", new Fault.Truncate()),
                new Row(mount, "trickles", new Fault.Trickle(Duration.ofMillis(100))),
                new Row(mount, "is slow", new Fault.Slow(Duration.ofSeconds(5))),
                new Row(mount, "half JSON", new Fault.Body("application/json", "[1, 2")),
                new Row(mount, "nothing", new Fault.Body("application/json", "{}")),
                new Row(mount, "a sign-in page", new Fault.Body("text/html", "<title>Hi</title>")),
                new Row(mount, "redirects", new Fault.Redirect(302, "http://127.0.0.1:9/")),
                new Row(mount, "a gzip bomb", new Fault.GzipBomb(64)),
                new Row(mount, "no amounts", new Fault.Drop(amount(mount))),
                new Row(mount, "null amounts", new Fault.Replace(amount(mount), "null")),
                new Row(mount, "nobody listed", new Fault.Replace(list(mount), "[]")),
                new Row(
                    mount, "endless numbers", new Fault.Replace(amount(mount), "1e999999999"))));
  }

  private static String amount(String mount) {
    return mount.equals("gcore") ? "money_value" : "amount";
  }

  private static String list(String mount) {
    return mount.equals("gcore") ? "results" : "usage_data";
  }

  @ParameterizedTest
  @MethodSource("faults")
  void aFaultLeavesAlertsAsTheyAre(Row row) {
    fireAll();
    sandbox.faults().add(row.mount(), row.fault());
    Instant soon = NOW.plus(Duration.ofMinutes(1));
    assertThat(transitions(poll(gcore, soon))).isZero();
    assertThat(transitions(poll(ionq, soon))).isZero();
    assertThat(firing()).isEqualTo(3);
    assertThat(state(row.mount().equals("gcore") ? "gcore-client" : "ionq-user"))
        .isEqualTo(DataState.ERROR);
    assertThat(state(row.mount().equals("gcore") ? "ionq-user" : "gcore-client"))
        .isEqualTo(DataState.FRESH);

    sandbox.faults().clear();
    Instant well = NOW.plus(Duration.ofMinutes(3));
    assertThat(transitions(poll(gcore, well))).isZero();
    assertThat(transitions(poll(ionq, well))).isZero();
    assertThat(firing()).isEqualTo(3);
    assertThat(state("gcore-client")).isEqualTo(DataState.FRESH);
    assertThat(state("ionq-user")).isEqualTo(DataState.FRESH);
  }

  @ParameterizedTest
  @CsvSource({"gcore, 20044", "gcore, ResellerExpenses", "ionq, u1"})
  void whatVanishesFromAnAnswerIsNoRecovery(String mount, String value) {
    fireAll();
    sandbox.faults().add(mount, new Fault.Vanish(value));
    Instant soon = NOW.plus(Duration.ofMinutes(1));
    assertThat(transitions(poll(gcore, soon))).isZero();
    assertThat(transitions(poll(ionq, soon))).isZero();
    assertThat(firing()).isEqualTo(3);
  }

  private void fireAll() {
    sandbox.gcore().spends(20044, DAY, "CDN", "EUR", new BigDecimal("150"));
    sandbox.gcore().report("ResellerExpenses", "Failed");
    sandbox.ionq().member("u1").spends(new BigDecimal("150"), DAY, "qpu.forte-1");
    assertThat(transitions(poll(gcore, NOW))).isEqualTo(2);
    assertThat(transitions(poll(ionq, NOW))).isEqualTo(1);
  }

  private Outcome poll(Source source, Instant now) {
    return switch (source.poll(new PollContext(now, Instant.parse("2027-01-01T00:00:00Z")))) {
      case PollResult.Complete(var reading, var _) -> evaluation.accept(reading, now);
      case PollResult.Failed(var reason, var _, var _, var _) ->
          evaluation.failed(source.name(), reason.word(), now);
      case PollResult.Waiting _ -> throw new AssertionError("nothing to wait for");
    };
  }

  private static int transitions(Outcome outcome) {
    return outcome.transitions().size();
  }

  private long firing() {
    return evaluation.snapshot(NOW).budgets().values().stream()
        .flatMap(view -> view.alert().stream())
        .filter(alert -> alert.state() == Alert.State.FIRING)
        .count();
  }

  private DataState state(String policy) {
    return evaluation.snapshot(NOW).budgets().values().stream()
        .map(view -> view.assessment())
        .filter(assessment -> assessment.budget().policy().equals(policy))
        .findFirst()
        .orElseThrow()
        .dataState();
  }

  private URI uri(String path) {
    return URI.create(sandbox.url(path));
  }
}
