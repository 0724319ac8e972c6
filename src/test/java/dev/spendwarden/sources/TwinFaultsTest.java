package dev.spendwarden.sources;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.Evaluation;
import dev.spendwarden.alert.Outcome;
import dev.spendwarden.ledger.DataState;
import dev.spendwarden.policy.SourceTerms;
import dev.spendwarden.policy.cel.WrittenPolicies;
import dev.spendwarden.sandbox.AnthropicTwin.Line;
import dev.spendwarden.sandbox.Fault;
import dev.spendwarden.sandbox.Sandbox;
import dev.spendwarden.sources.Source.PollContext;
import dev.spendwarden.sources.anthropic.AnthropicSettings;
import dev.spendwarden.sources.anthropic.AnthropicSource;
import dev.spendwarden.sources.gcore.GcoreSettings;
import dev.spendwarden.sources.gcore.GcoreSource;
import dev.spendwarden.sources.http.Egress;
import dev.spendwarden.sources.http.GuardedClient;
import dev.spendwarden.sources.ionq.IonqSettings;
import dev.spendwarden.sources.ionq.IonqSettings.BalanceMeans;
import dev.spendwarden.sources.ionq.IonqSource;
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

  /// One for each provider, and one for Gcore's report that failed.
  private static final int ALERTS = Provider.values().length + 1;

  private static final Duration HASTY = Duration.ofMillis(1500);

  private final Sandbox sandbox = Sandbox.start(Sandbox.Options.quiet(() -> NOW));
  private final Vertx vertx = Vertx.vertx();
  private final GuardedClient client =
      new GuardedClient(vertx, Egress.parse(List.of("127.0.0.0/8")));
  private final Source claude =
      new AnthropicSource(
          new AnthropicSettings(
              "claude", uri("/anthropic"), () -> "sk-ant-admin01-key", false, HASTY),
          client);
  private final Source gcore =
      new GcoreSource(
          new GcoreSettings("gcore-edge", uri("/gcore"), () -> "key", true, Set.of(), HASTY),
          client);
  private final Source usage =
      new IonqUsageSource(ionq("ionq-daily", "/v0.4"), GroupBy.USER, client, KnownCharges.NOTHING);
  private final Source report = new IonqSource(ionq("ionq-lab", "/v0.3"), client);
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
                - name: ionq-quota
                  select: { source: ionq-lab, kind: quota }
                  per: [user]
                  budget: { limit: quota, period: month }
                  rules: [{ name: spent, when: used >= 1.0 }]
                - name: claude-workspace
                  select: { source: claude }
                  per: [workspace]
                  budget: { limit: 100 USD, period: month }
                  rules: [{ name: spent, when: used >= 1.0 }]
              """),
          List.of(
              new SourceTerms("claude", Duration.ofHours(36)),
              new SourceTerms("ionq-lab", Duration.ofHours(1)),
              new SourceTerms("gcore-edge", Duration.ofHours(6)),
              new SourceTerms("ionq-daily", Duration.ofHours(1))));

  /// Who misbehaves.
  ///
  /// @param policy whose alert rests on it
  /// @param amount the field with the money
  /// @param list the field whose items are everything
  private enum Provider {
    GCORE("gcore", "gcore-client", "money_value", "results"),
    IONQ_USAGE("ionq", "ionq-user", "amount", "usage_data"),
    IONQ_REPORT("ionq", "ionq-quota", "quota_consumed", "members"),
    ANTHROPIC("anthropic", "claude-workspace", "amount", "data");

    private final String mount;
    private final String policy;
    private final String amount;
    private final String list;

    Provider(String mount, String policy, String amount, String list) {
      this.mount = mount;
      this.policy = policy;
      this.amount = amount;
      this.list = list;
    }
  }

  private record Row(Provider provider, String note, Fault fault) {
    @Override
    public String toString() {
      return provider + ": " + note;
    }
  }

  @AfterEach
  void close() {
    client.close();
    vertx.close().await();
    sandbox.close();
  }

  static Stream<Row> faults() {
    return Stream.of(Provider.values())
        .flatMap(who ->
            Stream.of(
                new Row(who, "401", new Fault.Status(401, Optional.empty())),
                new Row(who, "403", new Fault.Status(403, Optional.empty())),
                new Row(who, "404", new Fault.Status(404, Optional.empty())),
                new Row(who, "429", new Fault.Status(429, Optional.of("7"))),
                new Row(who, "500", new Fault.Status(500, Optional.empty())),
                new Row(who, "204", new Fault.Status(204, Optional.empty())),
                new Row(who, "hangs", new Fault.Hang(false)),
                new Row(who, "hangs after it was handled", new Fault.Hang(true)),
                new Row(who, "closes", new Fault.Close(false)),
                new Row(who, "is cut off", new Fault.Truncate()),
                new Row(who, "trickles", new Fault.Trickle(Duration.ofMillis(100))),
                new Row(who, "is slow", new Fault.Slow(Duration.ofSeconds(5))),
                new Row(who, "half JSON", new Fault.Body("application/json", "[1, 2")),
                new Row(who, "nothing", new Fault.Body("application/json", "{}")),
                new Row(who, "a sign-in page", new Fault.Body("text/html", "<title>Hi</title>")),
                new Row(who, "redirects", new Fault.Redirect(302, "http://127.0.0.1:9/")),
                new Row(who, "a gzip bomb", new Fault.GzipBomb(64)),
                new Row(who, "a header without end", new Fault.BigHeader(5 << 20)),
                new Row(who, "null amounts", new Fault.Replace(who.amount, "null")),
                new Row(who, "endless numbers", new Fault.Replace(who.amount, "1e999999999"))));
  }

  /// What a member of the organization that is not listed has no figure for is missing, not wrong.
  static Stream<Row> absences() {
    return Stream.of(Provider.values())
        .flatMap(who ->
            Stream.of(
                new Row(who, "no amounts", new Fault.Drop(who.amount)),
                new Row(who, "nobody listed", new Fault.Replace(who.list, "[]"))));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void aFaultLeavesAlertsAsTheyAre(Row row) {
    fireAll();
    sandbox.faults().add(row.provider.mount, row.fault);
    Instant soon = NOW.plus(Duration.ofMinutes(1));
    for (Provider provider : Provider.values()) {
      boolean hit = provider.mount.equals(row.provider.mount);
      if (!hit || provider == row.provider) {
        assertThat(transitions(poll(source(provider), soon))).as("%s", provider).isZero();
        assertThat(state(provider.policy))
            .as("%s", provider)
            .isEqualTo(hit ? DataState.ERROR : DataState.FRESH);
      }
    }
    assertThat(firing()).isEqualTo(ALERTS);
    isWellAgain();
  }

  @ParameterizedTest
  @MethodSource("absences")
  void whatIsAbsentIsNoRecovery(Row row) {
    fireAll();
    sandbox.faults().add(row.provider.mount, row.fault);
    Instant soon = NOW.plus(Duration.ofMinutes(1));
    assertThat(transitions(poll(source(row.provider), soon))).isZero();
    assertThat(state(row.provider.policy)).isIn(DataState.ERROR, DataState.MISSING);
    assertThat(firing()).isEqualTo(ALERTS);
    isWellAgain();
  }

  private void isWellAgain() {
    sandbox.faults().clear();
    Instant well = NOW.plus(Duration.ofMinutes(3));
    for (Provider provider : Provider.values()) {
      assertThat(transitions(poll(source(provider), well))).as("%s", provider).isZero();
      assertThat(state(provider.policy)).as("%s", provider).isEqualTo(DataState.FRESH);
    }
    assertThat(firing()).isEqualTo(ALERTS);
  }

  @ParameterizedTest
  @CsvSource({
    "GCORE, 20044",
    "GCORE, ResellerExpenses",
    "IONQ_USAGE, u1",
    "IONQ_REPORT, u1",
  })
  void whatVanishesFromAnAnswerIsNoRecovery(Provider provider, String value) {
    fireAll();
    sandbox.faults().add(provider.mount, new Fault.Vanish(value));
    Instant soon = NOW.plus(Duration.ofMinutes(1));
    assertThat(transitions(poll(source(provider), soon))).isZero();
    assertThat(firing()).isEqualTo(ALERTS);
  }

  private void fireAll() {
    sandbox.gcore().spends(20044, DAY, "CDN", "EUR", new BigDecimal("150"));
    sandbox.gcore().report("ResellerExpenses", "Failed");
    sandbox
        .ionq()
        .member("u1")
        .quota(new BigDecimal("120"))
        .spends(new BigDecimal("150"), DAY, "qpu.forte-1");
    sandbox
        .anthropic()
        .spends(Line.webSearch("ws-a"), NOW.minus(Duration.ofDays(2)), new BigDecimal("15000"));
    int told = 0;
    for (Provider provider : Provider.values()) {
      // The very first answer of a cold machine may take longer than these sources wait.
      for (int tries = 0; tries < 5 && state(provider.policy) != DataState.FRESH; tries++) {
        told += transitions(poll(source(provider), NOW));
      }
    }
    assertThat(told).isEqualTo(ALERTS);
  }

  private Source source(Provider provider) {
    return switch (provider) {
      case GCORE -> gcore;
      case IONQ_USAGE -> usage;
      case IONQ_REPORT -> report;
      case ANTHROPIC -> claude;
    };
  }

  private IonqSettings ionq(String name, String version) {
    return new IonqSettings(
        name,
        uri("/ionq" + version),
        () -> "key",
        "lab",
        BalanceMeans.IGNORE,
        IonqWindow.CALENDAR_MONTH,
        HASTY);
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
        .map(assessment -> assessment.dataState())
        .orElse(DataState.MISSING);
  }

  private URI uri(String path) {
    return URI.create(sandbox.url(path));
  }
}
