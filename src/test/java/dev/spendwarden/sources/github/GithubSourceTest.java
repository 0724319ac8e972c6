package dev.spendwarden.sources.github;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Reading;
import dev.spendwarden.charge.ReportStatus;
import dev.spendwarden.sandbox.Fault;
import dev.spendwarden.sandbox.UsageRow;
import dev.spendwarden.sources.FailureReason;
import dev.spendwarden.sources.PollResult;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Goal: whatever goes wrong on the way, every figure that GitHub booked is in the ledger to the
/// last digit, once, and no export is asked for twice. Method: the source against GitHub's
/// stand-in, faults planned one by one, on one turned clock.
@Timeout(60)
class GithubSourceTest {

  private static final LocalDate DAY = LocalDate.parse("2027-01-19");
  private static final LocalDate FIRST = LocalDate.parse("2027-01-01");
  private static final LocalDate TODAY = LocalDate.parse("2027-01-20");

  private final GithubRig rig = new GithubRig();

  @BeforeEach
  void someUsage() {
    rig.twin()
        .spends(UsageRow.actions(DAY, "actions_linux", "0.006", "1834.5", "corvid-labs", "widget"))
        .spends(UsageRow.actions(FIRST, "actions_macos", "0.062", "212", "corvid-labs", "ios, app"))
        .spends(UsageRow.actions(TODAY, "actions_storage", "0.00033602", "96.72", "owl", "w\"x"))
        .spends(row("copilot", "copilot_for_business", "user-months", "19", "0.0333333", "0.01"))
        .spends(UsageRow.credits(DAY, "ada", "claude-sonnet-5", "412.75", "corvid-labs"))
        .spends(UsageRow.credits(TODAY, "tomo", "gpt-5.4", "88.2", "corvid-labs"))
        .spends(row("copilot", "copilot_premium_request", "requests", "0.04", "14", "14"));
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private static UsageRow row(
      String product, String sku, String unit, String price, String quantity, String discount) {
    return new UsageRow(
        DAY,
        product,
        sku,
        unit,
        new BigDecimal(price),
        new BigDecimal(quantity),
        new BigDecimal(discount),
        "ines",
        "corvid-labs",
        "",
        "",
        "Research",
        "GPT-5");
  }

  /// Every product's dollars are those of the books, and the quantities too.
  private void everyFigureIsInTheLedgerOnce() {
    Map<String, BigDecimal> booked = rig.twin().booked(FIRST, TODAY);
    assertThat(booked).hasSize(2);
    assertThat(rig.dollars().keySet()).isEqualTo(booked.keySet());
    booked.forEach((product, net) ->
        assertThat(rig.dollars().get(product)).as(product).isEqualByComparingTo(net));
    assertThat(rig.quantity("ai_credits")).isEqualByComparingTo("500.95");
    assertThat(rig.quantity("premium_requests")).isEqualByComparingTo("14");
    assertThat(rig.quantity("minutes")).isEqualByComparingTo("2143.22");
    assertThat(rig.quantity("user_months")).isEqualByComparingTo("0.0333333");
  }

  // Reading.

  @Test
  void everyFigureArrivesToTheLastDigit() {
    assertThat(rig.round()).isEmpty();
    everyFigureIsInTheLedgerOnce();
    assertThat(rig.asks())
        .singleElement()
        .asString()
        .contains("\"start_date\": \"2027-01-01\"", "\"end_date\": \"2027-01-20\"");
    Reading reading = rig.readings.getFirst();
    assertThat(reading.asOf()).isEqualTo(GithubRig.NOON);
    assertThat(reading.vanished()).isEqualTo(Reading.Vanished.WITHDRAWN);
    assertThat(reading.coverage()).containsExactly(new DateRange(FIRST, TODAY).span());
  }

  @Test
  void grossAndNetAreBothKept() {
    rig.round();
    Charge seats =
        rig.charges().stream()
            .filter(charge -> charge.unit().isCurrency())
            .filter(charge ->
                charge.dimensions().get(Dimension.SKU).equals(Optional.of("copilot_for_business")))
            .findFirst()
            .orElseThrow();
    assertThat(seats.gross()).contains(new BigDecimal("0.6333327"));
    assertThat(seats.net()).isEqualByComparingTo("0.4433327");
  }

  @Test
  void overlappingReportsCountNothingTwice() {
    rig.reports = List.of(ReportType.values());
    rig.restart();
    rig.round();
    everyFigureIsInTheLedgerOnce();
    assertThat(rig.asks()).hasSize(4);
    assertThat(rig.sandbox.requests().counts("github").maxInFlight()).isEqualTo(1);
  }

  @Test
  void aReportOfCreditsAloneBooksTheCreditsAlone() {
    rig.reports = List.of(ReportType.AI_CREDIT);
    rig.keep = List.of(Dimension.USER, Dimension.MODEL);
    rig.restart();
    rig.round();
    assertThat(rig.quantity("ai_credits")).isEqualByComparingTo("500.95");
    assertThat(rig.charges()).hasSize(4);
    assertThat(rig.charges().getFirst().dimensions().asMap())
        .containsOnlyKeys(Dimension.USER, Dimension.MODEL);
  }

  @Test
  void partsWithMarksAndHeadersOfTheirOwnAreAdded() {
    rig.twin().rowsPerPart(1).byteOrderMark(true).gzip(false);
    rig.round();
    everyFigureIsInTheLedgerOnce();
    assertThat(rig.sandbox.requests().counts("github-download").requests()).isEqualTo(7);
  }

  @Test
  void whatGithubTakesBackLeavesTheLedger() {
    rig.round();
    rig.twin()
        .spends(row("copilot", "copilot_for_business", "user-months", "19", "-0.0333333", "-0.01"));
    rig.nextRound();
    assertThat(rig.twin().booked(FIRST, TODAY).get("copilot"))
        .isEqualByComparingTo(rig.dollars().get("copilot"));
  }

  // Which days.

  @Test
  void laterRoundsReadTheDaysThatMayStillChange() {
    rig.round();
    rig.nextRound();
    assertThat(rig.asks().getLast()).contains("2027-01-16", "2027-01-20");
    rig.forward(Duration.ofDays(1));
    rig.round();
    assertThat(rig.asks().getLast()).contains("2027-01-16", "2027-01-21");
  }

  @Test
  void aLongHistoryIsReadInPiecesNewestFirst() {
    rig.earliestNeeded = Instant.parse("2026-11-01T00:00:00Z");
    rig.round();
    assertThat(rig.asks())
        .extracting(body -> body.replaceAll(".*\"start_date\": \"(.*?)\".*", "$1"))
        .containsExactly("2026-12-21", "2026-11-20", "2026-11-01");
    assertThat(rig.readings).hasSize(3);
    assertThat(rig.readings).allMatch(reading -> reading.asOf().equals(GithubRig.NOON));
    everyFigureIsInTheLedgerOnce();
  }

  @Test
  void daysOfAReadingThatWasNotStoredAreReadAgain() {
    rig.earliestNeeded = Instant.parse("2026-12-01T00:00:00Z");
    while (!(rig.pollUnstored() instanceof PollResult.Complete)) {
      rig.forward(Duration.ofSeconds(10));
    }
    rig.restart();
    rig.round();
    everyFigureIsInTheLedgerOnce();
    assertThat(rig.readings).hasSize(2);
  }

  @Test
  void otherDimensionsMeanReadingAllAgain() {
    rig.round();
    rig.keep = List.of(Dimension.PRODUCT);
    rig.restart();
    rig.nextRound();
    assertThat(rig.asks().getLast()).contains("2027-01-01");
    everyFigureIsInTheLedgerOnce();
  }

  // Asking once.

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anExportWhoseAnswerWasLostIsAdopted(boolean hangs) {
    rig.timeout = Duration.ofMillis(hangs ? 300 : 20_000);
    rig.restart();
    rig.sandbox.faults().add("github", hangs ? new Fault.Hang(true) : new Fault.Close(true), 1);
    assertThat(rig.round())
        .singleElement()
        .extracting(PollResult.Failed::reason)
        .isEqualTo(hangs ? FailureReason.TIMEOUT : FailureReason.SERVER);
    assertThat(rig.asks()).hasSize(1);
    everyFigureIsInTheLedgerOnce();
  }

  @Test
  void anExportThatNeverReachedGithubIsAskedForAgain() {
    rig.sandbox.faults().add("github", new Fault.Close(false), 1);
    assertThat(rig.round()).hasSize(1);
    assertThat(rig.asks()).hasSize(2);
    everyFigureIsInTheLedgerOnce();
  }

  @Test
  void aRestartAnywhereAsksForNothingTwice() {
    rig.reports = List.of(ReportType.DETAILED, ReportType.AI_CREDIT);
    rig.restart();
    boolean complete = false;
    while (!complete) {
      PollResult result = rig.poll();
      complete = result instanceof PollResult.Complete;
      rig.restart();
      rig.forward(Duration.ofSeconds(7));
    }
    assertThat(rig.asks()).hasSize(2);
    everyFigureIsInTheLedgerOnce();
  }

  @Test
  void theSameExportSomebodyElseHasMadeIsAdoptedAfterAConflict() {
    askedByHand("2027-01-01", "2027-01-20");
    assertThat(rig.round()).isEmpty();
    assertThat(rig.statuses()).hasSize(1);
    everyFigureIsInTheLedgerOnce();
  }

  @Test
  void anotherExportInTheMakingIsWaitedFor() {
    rig.twin().buildTime(Duration.ofMinutes(3));
    askedByHand("2027-01-02", "2027-01-03");
    rig.twin().buildTime(Duration.ofSeconds(20));
    assertThat(rig.round()).isEmpty();
    assertThat(rig.now()).isAfter(GithubRig.NOON.plus(Duration.ofMinutes(3)));
    assertThat(rig.statuses()).hasSize(1);
    everyFigureIsInTheLedgerOnce();
  }

  private void askedByHand(String start, String end) {
    var range = new DateRange(LocalDate.parse(start), LocalDate.parse(end));
    var settings =
        new GithubSettings(
            "by-hand",
            java.net.URI.create(rig.sandbox.url("/github")),
            () -> GithubRig.TOKEN,
            "corvid",
            List.of(ReportType.DETAILED),
            Duration.ofSeconds(5),
            List.of(),
            List.of(),
            Duration.ofSeconds(20));
    assertThat(
            new ExportClient(settings, rig.client)
                .create(ReportType.DETAILED, range, GithubRig.TOKEN, rig.now()))
        .isInstanceOf(ExportClient.Result.Known.class);
  }

  // Waiting.

  @Test
  void aProcessingExportIsLookedAtEverMoreSlowly() {
    rig.twin().buildTime(Duration.ofMinutes(4));
    rig.round();
    List<Duration> waits =
        rig.results.stream()
            .filter(PollResult.Waiting.class::isInstance)
            .map(result -> ((PollResult.Waiting) result).again())
            .toList();
    assertThat(waits).isSorted().startsWith(Duration.ofSeconds(5)).endsWith(Duration.ofSeconds(30));
  }

  @Test
  void anExportThatTakesTooLongIsGivenUpAndSaidToHaveFailed() {
    rig.twin().buildTime(Duration.ofMinutes(45));
    PollResult result = rig.poll();
    while (result instanceof PollResult.Waiting(Duration again, var ignored)) {
      rig.forward(again);
      result = rig.poll();
    }
    assertThat(((PollResult.Failed) result).reason()).isEqualTo(FailureReason.TIMEOUT);
    assertThat(rig.now()).isBefore(GithubRig.NOON.plus(Duration.ofMinutes(31)));
    assertThat(rig.statuses().values())
        .extracting(ReportStatus::state)
        .containsExactly(ReportStatus.State.FAILED);
  }

  @Test
  void statusesOfExportsAreToldFromTheStartAndAsTheyChange() {
    rig.poll();
    assertThat(rig.statuses().values())
        .extracting(ReportStatus::type, ReportStatus::state, ReportStatus::covers)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(
                "detailed", ReportStatus.State.PENDING, "2027-01-01 to 2027-01-20"));
    ReportStatus first = rig.statuses().values().iterator().next();
    rig.forward(Duration.ofSeconds(5));
    rig.poll();
    assertThat(rig.statuses().values()).containsExactly(first);
    rig.round();
    assertThat(rig.statuses().values())
        .extracting(ReportStatus::state)
        .containsExactly(ReportStatus.State.COMPLETED);
  }

  @Test
  void anExportThatFailsIsToldAndAskedForAnew() {
    rig.twin().failNext();
    List<PollResult.Failed> failures = rig.round();
    assertThat(failures)
        .singleElement()
        .satisfies(failed -> {
          assertThat(failed.reason()).isEqualTo(FailureReason.SERVER);
          assertThat(failed.reports())
              .extracting(ReportStatus::state)
              .containsExactly(ReportStatus.State.FAILED);
        });
    assertThat(rig.statuses().values())
        .extracting(ReportStatus::state)
        .containsExactly(ReportStatus.State.FAILED, ReportStatus.State.COMPLETED);
    everyFigureIsInTheLedgerOnce();
  }

  // Downloading.

  @Test
  void theTokenNeverReachesTheDownloadHost() {
    rig.round();
    assertThat(rig.sandbox.requests().requests("github-download"))
        .isNotEmpty()
        .allSatisfy(request -> assertThat(request.headers()).doesNotContainKey("authorization"));
    assertThat(rig.sandbox.requests().requests("github"))
        .allSatisfy(request -> assertThat(request.headers()).containsKey("authorization"));
  }

  @ParameterizedTest
  @ValueSource(ints = {403, 404, 410})
  void anExpiredAddressIsReplacedByAFreshOne(int status) {
    rig.twin().rowsPerPart(2);
    rig.sandbox.faults().add("github-download", new Fault.Slow(Duration.ofMillis(1)), 1);
    rig.sandbox.faults().add("github-download", new Fault.Status(status, Optional.empty()), 1);
    assertThat(rig.round()).isEmpty();
    assertThat(rig.asks()).hasSize(1);
    everyFigureIsInTheLedgerOnce();
  }

  @Test
  void addressesThatGoOnBeingRefusedAreAFailure() {
    rig.sandbox.faults().add("github-download", new Fault.Status(403, Optional.empty()), 2);
    assertThat(rig.round())
        .singleElement()
        .extracting(PollResult.Failed::detail)
        .isEqualTo("detailed report, part 1 of 1: 127.0.0.1 answers with status 403");
  }

  @Test
  void onePartThatFailsLeavesNothingBehind() {
    rig.twin().rowsPerPart(2);
    rig.sandbox.faults().add("github-download", new Fault.Slow(Duration.ofMillis(1)), 2);
    rig.sandbox.faults().add("github-download", new Fault.Status(500, Optional.empty()), 1);
    assertThat(rig.round())
        .singleElement()
        .satisfies(failed -> {
          assertThat(failed.reason()).isEqualTo(FailureReason.SERVER);
          assertThat(failed.detail()).contains("part 3 of 4");
        });
    assertThat(rig.asks()).hasSize(1);
    everyFigureIsInTheLedgerOnce();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aFileCutOffIsNoReading(boolean gzip) {
    rig.twin().gzip(gzip);
    rig.sandbox.faults().add("github-download", new Fault.Truncate(), 1);
    assertThat(rig.round())
        .singleElement()
        .extracting(PollResult.Failed::reason)
        .isEqualTo(FailureReason.PARTIAL);
    assertThat(rig.readings).hasSize(1);
    everyFigureIsInTheLedgerOnce();
  }

  @Test
  void aFileThatIsSomethingElseIsMalformedWithItsPlace() {
    rig.sandbox
        .faults()
        .add("github-download", new Fault.Body("text/html", "<html>\n<p>sign in"), 1);
    PollResult.Failed failed = rig.round().getFirst();
    assertThat(failed.reason()).isEqualTo(FailureReason.MALFORMED);
    assertThat(failed.detail())
        .isEqualTo("detailed report, part 1 of 1: line 1: the header lacks the column date");
  }

  @Test
  void aBombIsTooLarge() {
    rig.sandbox.faults().add("github-download", new Fault.GzipBomb(64), 1);
    assertThat(rig.round().getFirst().reason())
        .isIn(FailureReason.TOO_LARGE, FailureReason.MALFORMED);
  }

  @Test
  void aHostThatIsNotNamedIsNotAsked() {
    rig.downloadHosts = List.of("objects.githubusercontent.com");
    rig.restart();
    rig.poll();
    rig.forward(Duration.ofSeconds(30));
    var failed = (PollResult.Failed) rig.poll();
    assertThat(failed.reason()).isEqualTo(FailureReason.REFUSED);
    assertThat(failed.detail())
        .contains("it lies on 127.0.0.1, which download_hosts does not name")
        .doesNotContain("?");
    assertThat(rig.sandbox.requests().counts("github-download").requests()).isZero();
  }

  @Test
  void aRedirectOfAFileIsFollowedToAHostThatIsAllowedOnly() {
    rig.sandbox
        .faults()
        .add("github-download", new Fault.Redirect(302, "https://files.example.org/x?sig=1"), 1);
    PollResult.Failed failed = rig.round().getFirst();
    assertThat(failed.reason()).isEqualTo(FailureReason.REFUSED);
    assertThat(failed.detail()).contains("files.example.org").doesNotContain("sig");
  }
}
