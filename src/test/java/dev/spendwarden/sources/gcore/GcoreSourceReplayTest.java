package dev.spendwarden.sources.gcore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.spendwarden.charge.Charge;
import dev.spendwarden.charge.ChargePeriod;
import dev.spendwarden.charge.Dimension;
import dev.spendwarden.charge.Dimensions;
import dev.spendwarden.charge.Reading;
import dev.spendwarden.charge.ReportStatus;
import dev.spendwarden.charge.ReportStatus.State;
import dev.spendwarden.charge.Unit;
import dev.spendwarden.sources.FailureReason;
import dev.spendwarden.sources.PollResult;
import dev.spendwarden.sources.Source.PollContext;
import dev.spendwarden.sources.http.Egress;
import dev.spendwarden.sources.http.GuardedClient;
import dev.spendwarden.sources.http.RawServer;
import io.vertx.core.Vertx;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Goal: expenses arrive exact under their keys, tasks with their health, and a list that was not
/// read whole yields nothing. Method: payloads written from the published description, with the
/// rows it does not own up to, over real HTTP.
@Timeout(60)
class GcoreSourceReplayTest {

  private static final Instant NOW = Instant.parse("2027-01-20T09:00:00Z");
  private static final Instant JANUARY = Instant.parse("2027-01-01T00:00:00Z");
  private static final String EMPTY = "{\"count\": 0, \"next\": null, \"results\": []}";

  private static Vertx vertx;
  private static GuardedClient client;

  @BeforeAll
  static void open() {
    vertx = Vertx.vertx();
    client = new GuardedClient(vertx, Egress.parse(List.of("127.0.0.0/8")));
  }

  @AfterAll
  static void close() {
    client.close();
    vertx.close().await();
  }

  @Test
  void expensesAreSummedByDayKeysAndCurrencyToTheLastDigit() {
    Reading reading = reading(expenses());

    assertThat(reading.charges())
        .containsExactlyInAnyOrder(
            charge(
                "2027-01-16",
                "EUR",
                "1118.204400000010",
                Map.of(
                    Dimension.ACCOUNT, "20001",
                    Dimension.CLIENT, "20044",
                    Dimension.PRODUCT, "CDN",
                    Dimension.SKU, "cdn_http_traffic",
                    Dimension.REGION, "Europe")),
            charge(
                "2027-01-16",
                "USD",
                "64.5",
                Map.of(
                    Dimension.ACCOUNT, "20001",
                    Dimension.CLIENT, "20044",
                    Dimension.PRODUCT, "CDN",
                    Dimension.SKU, "cdn_http_traffic",
                    Dimension.REGION, "Europe")),
            // A correction.
            charge("2027-01-16", "EUR", "-18.300000000000", cloud("20044")),
            // Neither product nor region nor metric.
            charge(
                "2027-01-17",
                "EUR",
                "12.25",
                Map.of(Dimension.ACCOUNT, "20001", Dimension.CLIENT, "20045")),
            // A client only as a nested object, and no payer.
            charge(
                "2027-01-17",
                "EUR",
                "3",
                Map.of(Dimension.CLIENT, "20046", Dimension.PRODUCT, "Cloud")),
            // An overcommit over December, booked on the day it is for; its superseded and an older
            // row are left out.
            charge("2027-01-02", "USD", "640.000000000000", cloud("20044")));
    assertThat(reading.coverage())
        .containsExactly(new ChargePeriod(JANUARY, Instant.parse("2027-02-01T00:00:00Z")));
    assertThat(reading.vanished()).isEqualTo(Reading.Vanished.WITHDRAWN);
    assertThat(reading.quotas()).isEmpty();
  }

  @Test
  void noChargeIsLongerThanADaySoThatNoneIsTakenForARunningTotal() {
    assertThat(reading(expenses()).charges())
        .allMatch(charge -> charge.period().length().equals(Duration.ofDays(1)));
  }

  @Test
  void asksForThisMonthWithoutTheWithdrawnAndWithAllDecimals() {
    try (var server = serving(target -> EMPTY)) {
      poll(source(server, true), NOW, JANUARY);

      assertThat(server.requests().get(0))
          .startsWith(
              "GET /billing/org/v1/reports?ordering=created_at&created_after=2026-12-16T09:00:00Z"
                  + "&limit=100&offset=0 HTTP/1.1\r\n")
          .containsIgnoringCase("authorization: apikey 1234$abcdef\r\n");
      assertThat(server.requests().get(1))
          .startsWith(
              "GET /billing/org/v1/expenses?for_date_after=2027-01-01&for_date_before=2027-01-31"
                  + "&deleted=false&money_decimals=max&limit=100&offset=0 HTTP/1.1\r\n")
          .containsIgnoringCase("authorization: apikey 1234$abcdef\r\n");
      assertThat(server.requests()).hasSize(2);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "2027-01-20T09:00:00Z, 2027-01-18T00:00:00Z, 2027-01-01, a week's budget",
    "2027-01-20T09:00:00Z, 2026-10-01T00:00:00Z, 2026-10-01, a budget since October",
    "2027-01-20T09:00:00Z, 2026-12-14T23:00:00Z, 2026-12-14, a period that starts in another zone",
    "2027-01-05T23:59:59Z, 2027-01-01T00:00:00Z, 2026-12-01, the month before until the 5th",
    "2027-01-06T00:00:00Z, 2027-01-01T00:00:00Z, 2027-01-01, and no longer",
  })
  void readsFromTheEarliestOpenPeriod(Instant now, Instant needed, LocalDate from, String note) {
    try (var server = serving(target -> EMPTY)) {
      poll(source(server, true), now, needed);
      assertThat(server.requests().get(1)).as(note).contains("for_date_after=" + from + "&");
    }
  }

  @Test
  void theMonthBeforeIsReadOnceADay() {
    try (var server = serving(target -> EMPTY)) {
      GcoreSource source = source(server, true);
      for (String now :
          List.of("2027-01-03T08:00:00Z", "2027-01-03T09:00:00Z", "2027-01-04T00:10:00Z")) {
        poll(source, Instant.parse(now), JANUARY);
      }
      assertThat(server.requests().stream().filter(r -> r.contains("/expenses")).toList())
          .satisfiesExactly(
              first -> assertThat(first).contains("for_date_after=2026-12-01"),
              second -> assertThat(second).contains("for_date_after=2027-01-01"),
              nextDay -> assertThat(nextDay).contains("for_date_after=2026-12-01"));
    }
  }

  @Test
  void aFailedReadingOfTheMonthBeforeIsMadeUpFor() {
    var fails = new boolean[] {true};
    try (var server =
        serving(target -> target.contains("/expenses") && fails[0] ? "oops" : EMPTY)) {
      GcoreSource source = source(server, true);
      poll(source, Instant.parse("2027-01-03T08:00:00Z"), JANUARY);
      fails[0] = false;
      poll(source, Instant.parse("2027-01-03T08:10:00Z"), JANUARY);
      assertThat(server.requests().getLast()).contains("for_date_after=2026-12-01");
    }
  }

  @Test
  void withoutExpensesOnlyTasksAreReadAndNoChargeIsTouched() {
    try (var server = serving(target -> EMPTY)) {
      Reading reading = complete(poll(source(server, false), NOW, JANUARY));
      assertThat(server.requests()).hasSize(1);
      assertThat(reading.charges()).isEmpty();
      assertThat(reading.coverage()).isEmpty();
    }
  }

  @Test
  void reportTasksHaveTheirHealth() {
    try (var server = serving(reports("finished-reports.json"))) {
      Reading reading = complete(poll(source(server, true), NOW, JANUARY));

      assertThat(reading.reports())
          .containsExactlyInAnyOrder(
              task(4, "ResellerCredits", State.FAILED, false, "2027-01-01T02:00:00Z")
                  .until("2027-01-01T02:00:31.250Z", "2026-12-01 to 2027-01-01"),
              task(2, "ResellerStatisticsV2", State.COMPLETED, true, "2027-01-17T02:00:02Z")
                  .until("2027-01-17T02:09:00Z", "2027-01-01 to 2027-01-17, client 20044"),
              task(1, "ResellerExpenses", State.COMPLETED, false, "2027-01-18T02:00:03Z")
                  .until("2027-01-18T02:07:41Z", "2027-01-01 to 2027-01-18"),
              task(5, "unknown", State.CANCELLED, false, "2027-01-19T02:00:03Z")
                  .until("2027-01-19T02:07:41Z", ""));
    }
  }

  @ParameterizedTest
  @CsvSource({"ResellerExpenses, 1", "ClosingPeriod, 1", "Reseller, 0", "StopSubscriptions, 0"})
  void templatesAreWholeNamesAndMayNameOtherTasks(String template, int watched) {
    try (var server = serving(reports("finished-reports.json"))) {
      var source =
          new GcoreSource(
              new GcoreSettings(
                  "gcore-edge",
                  server.uri("/"),
                  () -> "1234$abcdef",
                  false,
                  Set.of(template),
                  Duration.ofSeconds(20)),
              client);
      assertThat(complete(poll(source, NOW, JANUARY)).reports())
          .hasSize(watched)
          .allMatch(task -> task.type().equals(template));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "`id`: 1 | `id`: null | results[0].id: expected an id, found nothing",
        "`2027-01-16` | `soon` | results[0].for_date: expected a date",
        "`2027-01-16` | null | results[0].for_date: expected a string, found null",
        "`12.50` | `12,50` | results[0].money_value: expected a decimal",
        "`12.50` | `1e9` | results[0].money_value: expected a decimal",
        "`12.50` | `` | results[0].money_value: expected a decimal",
        "`12.50` | null | results[0].money_value: expected a decimal",
        "`EUR` | `EURO` | results[0].currency.char_code: not a currency of three letters",
        "{`char_code`: `EUR`} | null | results[0].currency: expected an object",
        "`deleted`: false | `deleted`: `no` | results[0].deleted: expected a boolean, found a"
            + " string",
        "`count`: 1 | `count`: -1 | count: not a count",
        "`count`: 1 | `count`: 1.5 | count: not a count",
        "`count`: 1 | `next`: null | count: expected a number, found nothing",
        "`results` | `items` | results: expected an array, found nothing",
      })
  void anExpenseThatIsNotAsDescribedYieldsNothing(String what, String instead, String detail) {
    String good =
        ("{`count`: 1, `results`: [{`id`: 1, `for_date`: `2027-01-16`, `currency`: {`char_code`:"
                + " `EUR`}, `money_value`: `12.50`, `deleted`: false}]}")
            .replace('`', '"');
    String bad = good.replace(what.replace('`', '"'), instead.replace('`', '"'));
    assertThat(bad).isNotEqualTo(good);
    try (var server = serving(target -> target.contains("/expenses") ? bad : EMPTY);
        var fine = serving(target -> target.contains("/expenses") ? good : EMPTY)) {
      var failed = (PollResult.Failed) poll(source(server, true), NOW, JANUARY);
      assertThat(failed.reason()).isEqualTo(FailureReason.MALFORMED);
      assertThat(failed.detail()).startsWith(detail);
      assertThat(complete(poll(source(fine, true), NOW, JANUARY)).charges()).hasSize(1);
    }
  }

  @Test
  void anotherStatusIsATaskThatHasNotEnded() {
    String page =
        new String(Payloads.bytes("finished-reports.json"), StandardCharsets.UTF_8)
            .replace("\"Failed\"", "\"Queued\"");
    try (var server = serving(target -> target.contains("/reports") ? page : EMPTY)) {
      assertThat(complete(poll(source(server, true), NOW, JANUARY)).reports())
          .anyMatch(task -> task.type().equals("ResellerCredits") && task.state() == State.PENDING);
    }
  }

  @Test
  void rowsThatGoMissingWithoutHavingBeenWithdrawnAreDoubtedOnce() {
    var listed = new String[] {two()};
    try (var server =
        serving(target ->
            target.contains("/expenses") && target.contains("deleted=false") ? listed[0] : EMPTY)) {
      GcoreSource source = source(server, true);
      assertThat(complete(poll(source, NOW, JANUARY)).charges()).hasSize(2);
      listed[0] = EMPTY;
      var doubted = (PollResult.Failed) poll(source, NOW, JANUARY);
      assertThat(doubted.reason()).isEqualTo(FailureReason.PARTIAL);
      assertThat(doubted.detail()).startsWith("2 expenses are no longer listed");

      listed[0] = two();
      assertThat(complete(poll(source, NOW, JANUARY)).charges()).hasSize(2);
      listed[0] = EMPTY;
      assertThat(poll(source, NOW, JANUARY)).isInstanceOf(PollResult.Failed.class);
      assertThat(complete(poll(source, NOW, JANUARY)).charges()).isEmpty();
    }
  }

  @Test
  void withdrawnRowsAreTakenBackAtOnce() {
    var withdrawn = new boolean[1];
    try (var server =
        serving(target ->
            target.contains("/expenses") && target.contains("deleted=" + withdrawn[0])
                ? two()
                : EMPTY)) {
      GcoreSource source = source(server, true);
      assertThat(complete(poll(source, NOW, JANUARY)).charges()).hasSize(2);
      assertThat(server.requests()).noneMatch(request -> request.contains("deleted=true"));
      withdrawn[0] = true;
      assertThat(complete(poll(source, NOW, JANUARY)).charges()).isEmpty();
    }
  }

  @Test
  void rowsOfAMonthThatIsNoLongerReadAreNotMissed() {
    try (var server =
        serving(target ->
            target.contains("/expenses") && target.contains("for_date_after=2027-01-01")
                ? two()
                : EMPTY)) {
      GcoreSource source = source(server, true);
      assertThat(complete(poll(source, NOW, JANUARY)).charges()).hasSize(2);
      Instant march = Instant.parse("2027-03-20T00:00:00Z");
      assertThat(complete(poll(source, march, march)).charges()).isEmpty();
    }
  }

  private static String two() {
    return """
    {"count": 2, "results": [
      {"id": 1, "for_date": "2027-01-16", "currency": {"char_code": "EUR"}, "money_value": "1"},
      {"id": 2, "for_date": "2027-01-17", "currency": {"char_code": "EUR"}, "money_value": "2"}]}
    """;
  }

  private static Function<String, String> expenses() {
    String page = new String(Payloads.bytes("expenses.json"), StandardCharsets.UTF_8);
    return target -> target.contains("/expenses") ? page : EMPTY;
  }

  private static Function<String, String> reports(String payload) {
    String page = new String(Payloads.bytes(payload), StandardCharsets.UTF_8);
    return target -> target.contains("/reports") ? page : EMPTY;
  }

  private static Reading reading(Function<String, String> answers) {
    try (var server = serving(answers)) {
      return complete(poll(source(server, true), NOW, JANUARY));
    }
  }

  /// @param answers by the request's head
  private static RawServer serving(Function<String, String> answers) {
    return RawServer.start((out, server) -> {
      String body = answers.apply(server.requests().getLast());
      out.write(RawServer.whole(200, "", body.getBytes(StandardCharsets.UTF_8)));
      return true;
    });
  }

  private static GcoreSource source(RawServer server, boolean expenses) {
    return new GcoreSource(
        new GcoreSettings(
            "gcore-edge",
            server.uri("/"),
            () -> "1234$abcdef",
            expenses,
            Set.of(),
            Duration.ofSeconds(20)),
        client);
  }

  private static PollResult poll(GcoreSource source, Instant now, Instant earliestNeeded) {
    return source.poll(new PollContext(now, earliestNeeded));
  }

  private static Reading complete(PollResult result) {
    assertThat(result).isInstanceOf(PollResult.Complete.class);
    return ((PollResult.Complete) result).reading();
  }

  private static Map<Dimension, String> cloud(String client) {
    var values = new EnumMap<Dimension, String>(Dimension.class);
    values.put(Dimension.ACCOUNT, "20001");
    values.put(Dimension.CLIENT, client);
    values.put(Dimension.PRODUCT, "Cloud");
    values.put(Dimension.SKU, "cloud_vm_min");
    return values;
  }

  private static Charge charge(
      String day, String currency, String money, Map<Dimension, String> dimensions) {
    return new Charge(
        "gcore-edge",
        ChargePeriod.ofUtcDay(LocalDate.parse(day)),
        Dimensions.of(dimensions),
        Unit.of(currency),
        new BigDecimal(money),
        Optional.empty());
  }

  private record Begun(int number, String type, State state, boolean degraded, String createdAt) {
    ReportStatus until(String updatedAt, String covers) {
      return new ReportStatus(
          "gcore-edge",
          "5f0a6f0e-2b3a-4c6d-8e1f-00000000000" + number,
          type,
          state,
          degraded,
          Instant.parse(createdAt),
          Instant.parse(updatedAt),
          covers);
    }
  }

  private static Begun task(
      int number, String type, State state, boolean degraded, String createdAt) {
    return new Begun(number, type, state, degraded, createdAt);
  }
}
