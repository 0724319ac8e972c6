package dev.spendwarden.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.Evaluation;
import dev.spendwarden.alert.HealthWatch;
import dev.spendwarden.alert.Outcome;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.QuotaReading;
import dev.spendwarden.charge.Reading;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.enforce.Action;
import dev.spendwarden.enforce.ActionSpec;
import dev.spendwarden.policy.Policy;
import dev.spendwarden.policy.SourceTerms;
import dev.spendwarden.policy.cel.CelConditions;
import dev.spendwarden.policy.yaml.PolicyReader;
import dev.spendwarden.policy.yaml.Problems;
import dev.spendwarden.policy.yaml.YamlDocument;
import dev.spendwarden.store.Database;
import dev.spendwarden.store.SqliteDatabase;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The commands that look at a store, beside a daemon that has it open: an alert of user u1 fires
/// from 09:05 on, u2 stays at 70 %.
class StoredCommandsTest {

  private static final Instant NINE = Instant.parse("2027-01-20T09:00:00Z");
  private static final Duration FIVE_MINUTES = Duration.ofMinutes(5);
  private static final String FROM = "2027-01-20";
  private static final String TO = "2027-01-21";

  @TempDir Path folder;
  private Database daemon;
  private Path config;
  private Path policies;

  private record Ran(int status, String out, String err) {}

  @BeforeEach
  void aDaemonHasRunForAWhile() throws Exception {
    policies = folder.resolve("policies.yaml");
    writePolicy("0.8");
    config = folder.resolve("spendwarden.yaml");
    Path key = secretFile("key", "k");
    Path secret = secretFile("secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    Files.writeString(
        config,
        """
        storage: { url: "jdbc:sqlite:%s" }
        sources:
          - { name: ionq-lab, type: ionq, organization: o, api_key_file: %s }
        receivers:
          - { name: hooks, webhook: { url: "https://hooks.example.org/x", secret_file: %s } }
        route: { receiver: hooks }
        policies: [policies.yaml]
        """
            .formatted(folder.resolve("store.db"), key, secret));
    daemon =
        SqliteDatabase.open("jdbc:sqlite:" + folder.resolve("store.db"), InstantSource.fixed(NINE));
    var evaluation = new Evaluation(read(), List.of(new SourceTerms("ionq-lab", FIVE_MINUTES)));
    poll(evaluation, NINE, "100");
    poll(evaluation, NINE.plus(FIVE_MINUTES), "205");
  }

  @AfterEach
  void close() {
    daemon.close();
  }

  @Test
  void aPlanOfTheSamePoliciesChangesNothing() {
    Ran ran = run("plan", "--config", config.toString());
    assertThat(ran.status()).isZero();
    assertThat(ran.out()).contains("as of 2027-01-20T09:05:00Z").contains("nothing would change");
  }

  @Test
  void aPlanOfAChangedPolicyEndsItsAlertsAndBeginsOthers() throws Exception {
    writePolicy("0.7");
    Ran ran = run("plan", "--config", config.toString());
    assertThat(ran.out())
        .contains("would resolve: quota/user=u1 (warning, policy_changed)")
        .contains("would fire: quota/user=u1 (warning, nearly-spent) → to hooks")
        .contains("would fire: quota/user=u2 (warning, nearly-spent) → to hooks");
    assertThat(run("plan", "--json", "--config", config.toString()).out())
        .contains("\"type\" : \"alert.fired\"")
        .contains("\"reason\" : \"policy_changed\"");
    // Nothing of it has happened.
    assertThat(daemon.<Integer>read(ports -> ports.alerts().page(0, 10).size())).isEqualTo(1);
  }

  /// Whether a source answers is judged by the daemon that asks it.
  @Test
  void aPlanLeavesTheAlertsOfTheDaemonsOwnHealthAlone() {
    var terms = List.of(new SourceTerms("ionq-lab", FIVE_MINUTES));
    var watch = new HealthWatch(terms, List.of("hooks"), NINE, HealthWatch.Patience.USUAL);
    var evaluation = new Evaluation(List.of(), terms, Optional.of(watch));
    Outcome silent = evaluation.tick(NINE.plus(Duration.ofHours(3)));
    assertThat(silent.changed()).extracting(Alert::policy).containsExactly("source-health");
    daemon.transact(ports -> {
      silent.changed().forEach(ports.alerts()::put);
      return silent;
    });
    assertThat(run("plan", "--config", config.toString()).out()).contains("nothing would change");
  }

  @Test
  void aPlanNamesTheActionsThatNothingWouldFinish() {
    Alert alert = daemon.<Alert>read(ports -> ports.alerts().page(0, 1).getFirst());
    Action action = action(alert, "stop-them");
    daemon.transact(ports -> {
      ports.enforce().put(action);
      return action;
    });
    Ran ran = run("plan", "--config", config.toString());
    assertThat(ran.out())
        .contains(
            "action "
                + action.id()
                + " (stop-them, planned) would be orphaned: no action"
                + " stop-them is configured");
    assertThat(run("plan", "--json", "--config", config.toString()).out())
        .contains("\"why\" : \"no action stop-them is configured\"");
  }

  private static Action action(Alert alert, String name) {
    var month = NINE.truncatedTo(ChronoUnit.DAYS);
    return Action.planned(
        new Action.Kind(name, "webhook", ActionSpec.Mode.AUTO, ActionSpec.Undo.MANUAL),
        new Action.Subject(
            alert.policy(),
            alert.budgetId(),
            alert.budgetLabels(),
            "nearly-spent",
            alert.id(),
            1,
            "u1",
            month,
            month.plus(Duration.ofDays(11)),
            Optional.of(Unit.USD),
            Optional.of(new BigDecimal("205")),
            Optional.of(new BigDecimal("250"))),
        "quota nearly spent",
        NINE);
  }

  @Test
  void aBacktestOfTheSamePoliciesFindsTheSameAlerts() {
    Ran ran = run("backtest", "--config", config.toString(), "--from", FROM, "--to", TO);
    assertThat(ran.status()).isZero();
    assertThat(ran.out())
        .contains("0 alerts gained, 0 lost, 0 earlier, 0 later, 1 at the same time")
        .contains("quota/nearly-spent: 1, 0, 1, –");
  }

  @Test
  void aBacktestOfOtherPoliciesTellsWhatIsGainedAndLost() throws Exception {
    writePolicy("0.7");
    assertThat(run("backtest", "--config", config.toString(), "--from", FROM, "--to", TO).out())
        .contains("1 alerts gained, 0 lost")
        .contains("gained   quota/user=u2 warning [nearly-spent]");
    writePolicy("0.9");
    assertThat(run("backtest", "--config", config.toString(), "--from", FROM, "--to", TO).out())
        .contains("0 alerts gained, 1 lost");
  }

  @Test
  void aSpanThatEndsBeforeItBeginsIsWrongUsage() {
    assertThat(run("backtest", "--config", config.toString(), "--from", TO, "--to", FROM).status())
        .isEqualTo(2);
    assertThat(run("backtest", "--config", config.toString(), "--from", "x", "--to", TO).status())
        .isEqualTo(2);
  }

  @Test
  void explainShowsTheRevisionThatCounts() {
    Ran ran = run("explain", "quota/user=u1", "--config", config.toString());
    assertThat(ran.status()).isZero();
    assertThat(ran.out())
        .contains("205 USD of 250 (82 %), 45 USD left")
        .contains("revision 2, known since 2027-01-20T09:05:00Z")
        .contains("firing (warning) since 2027-01-20T09:05:00Z");
    Ran unknown = run("explain", "quota/user=nobody", "--config", config.toString());
    assertThat(unknown.status()).isEqualTo(1);
    assertThat(unknown.err()).contains("quota/user=u1");
  }

  @Test
  void verifyFindsNothingWrongWithAWholeStoreAndSaysWhenThereIsNone() throws Exception {
    assertThat(run("verify", "--config", config.toString()).out()).contains("the store is whole");
    Files.writeString(config, Files.readString(config).replace("store.db", "absent.db"));
    Ran absent = run("verify", "--config", config.toString());
    assertThat(absent.status()).isEqualTo(1);
    assertThat(absent.err()).contains("there is no database");
  }

  private Path secretFile(String name, String text) throws Exception {
    Path file = Files.writeString(folder.resolve(name), text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private void writePolicy(String threshold) throws Exception {
    Files.writeString(
        policies,
        """
        version: 1
        policies:
          - name: quota
            select: { source: ionq-lab, kind: quota }
            per: [user]
            rules: [{ name: nearly-spent, when: used >= %s }]
        """
            .formatted(threshold));
  }

  private List<Policy> read() {
    var problems = new Problems();
    YamlDocument document = YamlDocument.read(policies, problems).orElseThrow();
    return new PolicyReader(new CelConditions(), problems)
        .read(document).stream().map(entry -> entry.policy().orElseThrow()).toList();
  }

  /// What the daemon does with an answer: judge it, store all that follows.
  private void poll(Evaluation evaluation, Instant now, String consumedByU1) {
    var reading =
        new Reading(
            "ionq-lab",
            now,
            List.of(),
            List.of(quota("u1", consumedByU1), quota("u2", "175")),
            List.of(),
            List.of(),
            Reading.Vanished.MISSING);
    Outcome outcome = evaluation.accept(reading, now);
    daemon.transact(ports -> {
      outcome.posting().ifPresent(ports.ledger()::append);
      outcome.statuses().forEach(ports.ledger()::putStatus);
      outcome.changed().forEach(ports.alerts()::put);
      return outcome;
    });
  }

  private static QuotaReading quota(String user, String consumed) {
    return new QuotaReading(
        "ionq-lab",
        Dimensions.of(Dimension.USER, user),
        Unit.USD,
        Optional.of(new BigDecimal("250")),
        new BigDecimal(consumed));
  }

  private static Ran run(String... args) {
    var out = new StringWriter();
    var err = new StringWriter();
    int status =
        Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(args);
    return new Ran(status, out.toString(), err.toString());
  }
}
