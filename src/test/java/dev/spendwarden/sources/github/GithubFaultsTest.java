package dev.spendwarden.sources.github;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.alert.Alert;
import dev.spendwarden.alert.Evaluation;
import dev.spendwarden.alert.Outcome;
import dev.spendwarden.alert.Snapshot.BudgetView;
import dev.spendwarden.ledger.DataState;
import dev.spendwarden.policy.SourceTerms;
import dev.spendwarden.policy.cel.WrittenPolicies;
import dev.spendwarden.sandbox.Fault;
import dev.spendwarden.sandbox.UsageRow;
import dev.spendwarden.sources.PollResult;
import dev.spendwarden.sources.Source;
import dev.spendwarden.sources.Source.PollContext;
import dev.spendwarden.sources.gcore.GcoreSettings;
import dev.spendwarden.sources.gcore.GcoreSource;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Goal: whatever GitHub does at whichever step of an export, a firing alert neither resolves nor
/// fires again, the source beside it goes on, and once GitHub is well every figure is exact.
/// Method: each fault on each step, polled and evaluated as the daemon does, on one turned clock.
@Timeout(120)
class GithubFaultsTest {

  private static final LocalDate DAY = LocalDate.parse("2027-01-18");
  private static final LocalDate FIRST = LocalDate.parse("2027-01-01");
  private static final LocalDate TODAY = LocalDate.parse("2027-01-20");
  private static final Duration HASTY = Duration.ofMillis(400);

  /// A file may take sixty times as long as an answer.
  private static final Duration HASTY_FILE = Duration.ofMillis(50);

  private static final int POLLS_WITH_FAULT = 2;
  private static final int MAX_POLLS = 100;

  private final GithubRig rig = new GithubRig();
  private final Source gcore =
      new GcoreSource(
          new GcoreSettings(
              "gcore-edge",
              URI.create(rig.sandbox.url("/gcore")),
              () -> "key",
              true,
              Set.of(),
              Duration.ofSeconds(20)),
          rig.client);
  private final Evaluation evaluation =
      new Evaluation(
          WrittenPolicies.read(
              """
              version: 1
              policies:
                - name: github-product
                  select: { source: github-corvid, where: { currency: USD } }
                  per: [product]
                  budget: { limit: 10 USD, period: month }
                  rules: [{ name: spent, when: used >= 1.0 }]
                - name: gcore-client
                  select: { source: gcore-edge }
                  per: [client]
                  budget: { limit: 100 EUR, period: month }
                  rules: [{ name: spent, when: used >= 1.0 }]
              """),
          List.of(
              new SourceTerms("github-corvid", Duration.ofHours(48)),
              new SourceTerms("gcore-edge", Duration.ofHours(48))));

  /// Where in the making of an export the fault strikes.
  private enum Step {
    ASK,
    LIST,
    LOOK,
    FIRST_PART,
    SECOND_PART;

    boolean isFile() {
      return this == FIRST_PART || this == SECOND_PART;
    }
  }

  private record Row(Step step, String note, Fault fault) {
    @Override
    public String toString() {
      return step + ": " + note;
    }

    /// GitHub is busy: to be waited for, and no failure.
    boolean isWait() {
      return !step.isFile() && fault.equals(new Fault.Status(409, Optional.empty()));
    }
  }

  @AfterEach
  void close() {
    rig.close();
  }

  static Stream<Row> faults() {
    return Stream.of(Step.values())
        .flatMap(step ->
            Stream.concat(ofAnyStep(step), step.isFile() ? ofFiles(step) : ofAnswers(step)));
  }

  private static Stream<Row> ofAnyStep(Step step) {
    return Stream.of(
        new Row(step, "401", new Fault.Status(401, Optional.empty())),
        new Row(step, "403", new Fault.Status(403, Optional.empty())),
        new Row(step, "404", new Fault.Status(404, Optional.empty())),
        new Row(step, "409", new Fault.Status(409, Optional.empty())),
        new Row(step, "410", new Fault.Status(410, Optional.empty())),
        new Row(step, "429", new Fault.Status(429, Optional.of("7"))),
        new Row(step, "503", new Fault.Status(503, Optional.empty())),
        new Row(step, "204", new Fault.Status(204, Optional.empty())),
        new Row(step, "hangs", new Fault.Hang(false)),
        new Row(step, "closes", new Fault.Close(false)),
        new Row(step, "is cut off", new Fault.Truncate()),
        new Row(step, "a sign-in page", new Fault.Body("text/html", "<title>Hi</title>")),
        new Row(step, "redirects to nobody", new Fault.Redirect(302, "http://127.0.0.1:9/")),
        new Row(step, "redirects elsewhere", new Fault.Redirect(307, "http://evil.example/x")),
        new Row(step, "a header without end", new Fault.BigHeader(5 << 20)));
  }

  private static Stream<Row> ofAnswers(Step step) {
    Stream<Row> common =
        Stream.of(
            new Row(step, "hangs after it was handled", new Fault.Hang(true)),
            new Row(step, "closes after it was handled", new Fault.Close(true)),
            new Row(step, "trickles", new Fault.Trickle(Duration.ofMillis(50))),
            new Row(step, "is slow", new Fault.Slow(Duration.ofSeconds(5))),
            new Row(step, "half JSON", new Fault.Body("application/json", "[1, 2")),
            new Row(step, "nothing", new Fault.Body("application/json", "{}")),
            new Row(step, "a gzip bomb", new Fault.GzipBomb(64)));
    Stream<Row> ofExports =
        Stream.of(
            new Row(step, "no status", new Fault.Drop("status")),
            new Row(step, "no id", new Fault.Drop("id")),
            new Row(step, "an id that leads elsewhere", new Fault.Replace("id", "\"../../x\"")),
            new Row(step, "other days", new Fault.Replace("end_date", "\"2027-01-02\"")),
            new Row(step, "another report", new Fault.Replace("report_type", "\"ai_credit\"")));
    Stream<Row> ofAddresses =
        Stream.of(
            new Row(
                step,
                "a host that is not named",
                new Fault.Replace("download_urls", "[\"https://evil.example/part-0.csv\"]")),
            new Row(
                step, "no address at all", new Fault.Replace("download_urls", "[\"part-0.csv\"]")));
    return switch (step) {
      // In a list, somebody else's exports may be of other days or reports.
      case LIST -> Stream.concat(common, ofExports.limit(3));
      case ASK -> Stream.concat(common, ofExports);
      case LOOK -> Stream.concat(common, Stream.concat(ofExports, ofAddresses));
      case FIRST_PART, SECOND_PART -> Stream.of();
    };
  }

  private static Stream<Row> ofFiles(Step step) {
    String header = "date,product,sku,quantity,unit_type,gross_amount,net_amount\n";
    return Stream.of(
        new Row(step, "cut inside its last number", csv(header + row("0.00") + row("9").strip())),
        new Row(step, "a ragged row", csv(header + "2027-01-18,actions,actions_linux,1\n")),
        new Row(step, "a column is missing", csv("date,product,sku\n2027-01-18,actions,x\n")),
        new Row(step, "no number", csv(header + row("1,2e"))),
        new Row(step, "an endless number", csv(header + row("1e999999999"))),
        new Row(step, "a quote without end", csv(header + "2027-01-18,\"actions\n")),
        new Row(step, "days that were not asked for", csv(header + row("1").replace("27", "26"))),
        new Row(step, "nothing, not even a header", csv("")),
        new Row(step, "a gzip bomb", new Fault.GzipBomb(64)));
  }

  private static Fault csv(String text) {
    return new Fault.Body("text/csv", text);
  }

  private static String row(String net) {
    return "2027-01-18,actions,actions_linux,1,minutes," + net + "," + net + "\n";
  }

  @ParameterizedTest
  @MethodSource("faults")
  void aFaultLeavesAlertsAsTheyAre(Row row) {
    fireAll();
    rig.forward(Duration.ofHours(6));
    rig.twin().spends(linux(DAY, "0.25"));
    reach(row.step(), row.fault());
    rig.timeout = row.step().isFile() ? HASTY_FILE : HASTY;
    rig.restart();

    var failures = new ArrayList<PollResult.Failed>();
    for (int i = 0; i < POLLS_WITH_FAULT; i++) {
      PollResult result = pollAndJudge();
      gcoreGoesOn();
      assertThat(firing()).isEqualTo(2);
      if (result instanceof PollResult.Failed failed) {
        failures.add(failed);
        assertThat(failed.detail()).doesNotContain(GithubRig.TOKEN).doesNotContain("sig=");
        assertThat(view("github-product").assessment().dataState()).isEqualTo(DataState.ERROR);
      }
      rig.forward(Duration.ofSeconds(30));
    }
    assertThat(failures.isEmpty()).as("the fault was met: %s", failures).isEqualTo(row.isWait());

    rig.sandbox.faults().clear();
    rig.timeout = Duration.ofSeconds(20);
    rig.restart();
    finishRound();
    assertThat(firing()).isEqualTo(2);
    assertThat(view("github-product").assessment().dataState()).isEqualTo(DataState.FRESH);
    assertThat(view("github-product").assessment().spent().orElseThrow())
        .isEqualByComparingTo(rig.twin().booked(FIRST, TODAY).get("actions"));
    assertThat(rig.sandbox.requests().counts("github").maxInFlight()).isEqualTo(1);
  }

  /// Brings the next round to the step and plans the fault for it.
  private void reach(Step step, Fault fault) {
    var faults = rig.sandbox.faults();
    int times = POLLS_WITH_FAULT;
    switch (step) {
      case ASK -> faults.add("github", fault, times);
      case LIST -> {
        faults.add("github", new Fault.Close(true), 1);
        assertThat(pollAndJudge()).isInstanceOf(PollResult.Failed.class);
        faults.add("github", fault, times);
      }
      case LOOK -> {
        assertThat(pollAndJudge()).isInstanceOf(PollResult.Waiting.class);
        rig.forward(Duration.ofSeconds(30));
        faults.add("github", fault, times);
      }
      case FIRST_PART -> {
        assertThat(pollAndJudge()).isInstanceOf(PollResult.Waiting.class);
        rig.forward(Duration.ofSeconds(30));
        // An address that is refused is asked for anew at once, and its file with it.
        faults.add("github-download", fault, 2 * times);
      }
      case SECOND_PART -> {
        assertThat(pollAndJudge()).isInstanceOf(PollResult.Waiting.class);
        rig.forward(Duration.ofSeconds(30));
        for (int i = 0; i < 2 * times; i++) {
          faults.add("github-download", new Fault.Slow(Duration.ofMillis(1)), 1);
          faults.add("github-download", fault, 1);
        }
      }
    }
  }

  private void fireAll() {
    rig.twin().rowsPerPart(1);
    // The later round reads the last days alone, and still in two parts.
    rig.twin()
        .spends(linux(FIRST, "212"))
        .spends(linux(DAY, "1834.5"))
        .spends(linux(DAY.plusDays(1), "96.72"));
    rig.sandbox.gcore().spends(20044, DAY, "CDN", "EUR", new BigDecimal("150"));
    rig.restart();
    int told = 0;
    for (int polls = 0; told == 0 && polls < MAX_POLLS; polls++) {
      told += transitions(judge(rig.poll()));
      rig.forward(Duration.ofSeconds(30));
    }
    assertThat(told).isEqualTo(1);
    assertThat(transitions(judge(pollGcore()))).isEqualTo(1);
  }

  private void finishRound() {
    for (int polls = 0; polls < MAX_POLLS; polls++) {
      PollResult result = pollAndJudge();
      if (result instanceof PollResult.Complete(var _, var again) && again.isEmpty()) {
        return;
      }
      rig.forward(Duration.ofSeconds(30));
    }
    throw new AssertionError("no end after " + MAX_POLLS + " polls: " + rig.results.getLast());
  }

  private void gcoreGoesOn() {
    assertThat(transitions(judge(pollGcore()))).isZero();
    assertThat(view("gcore-client").assessment().dataState()).isEqualTo(DataState.FRESH);
  }

  private PollResult pollAndJudge() {
    PollResult result = rig.poll();
    assertThat(transitions(judge(result))).as("after %s", result).isZero();
    return result;
  }

  private PollResult pollGcore() {
    return gcore.poll(new PollContext(rig.now(), rig.earliestNeeded));
  }

  /// As the daemon hands it on.
  private List<Outcome> judge(PollResult result) {
    return switch (result) {
      case PollResult.Complete(var reading, var _) ->
          List.of(evaluation.accept(reading, rig.now()));
      case PollResult.Waiting(var _, var reports) ->
          List.of(evaluation.reported("github-corvid", reports, rig.now()));
      case PollResult.Failed(var reason, var _, var _, var reports) ->
          List.of(
              evaluation.reported("github-corvid", reports, rig.now()),
              evaluation.failed("github-corvid", reason.word(), rig.now()));
    };
  }

  private static int transitions(List<Outcome> outcomes) {
    return outcomes.stream().mapToInt(outcome -> outcome.transitions().size()).sum();
  }

  private long firing() {
    return evaluation.snapshot(rig.now()).budgets().values().stream()
        .flatMap(view -> view.alert().stream())
        .filter(alert -> alert.state() == Alert.State.FIRING)
        .count();
  }

  private BudgetView view(String policy) {
    return evaluation.snapshot(rig.now()).budgets().values().stream()
        .filter(view -> view.assessment().budget().policy().equals(policy))
        .findFirst()
        .orElseThrow();
  }

  private static UsageRow linux(LocalDate day, String minutes) {
    return UsageRow.actions(day, "actions_linux", "0.006", minutes, "corvid-labs", "widget");
  }
}
